"""`make invoke F=tasks/create`: run one door of the running local system with its sample event."""

import json
import os
import secrets
import sys
from typing import Any

from infra.installation import call, share_edge_secret
from infra.stages import STAGES

from .assembly import ROOT
from .deployer import Aws
from .up import Settings

STAGE = STAGES["local"]
NO_TOKEN = "Bearer <access token>"


def main(arguments: list[str]) -> int:
    settings = Settings.from_environment(os.environ)
    file = ROOT / "events" / f"{arguments[0] if arguments else ''}.json"
    if not file.is_file():
        known = sorted(str(path.relative_to(ROOT / "events").with_suffix("")) for path in ROOT.glob("events/*/*.json"))
        print(f"Say which door: make invoke F=tasks/create. There are: {', '.join(known)}", file=sys.stderr)
        return 2
    running = settings.state / "engine.json"
    if not running.exists():
        print("The local system is not running. Start it in another terminal: make up", file=sys.stderr)
        return 1
    aws = Aws(json.loads(running.read_text())["endpoint"])
    event = json.loads(file.read_text())
    if "headers" in event:
        event["headers"]["x-kalit-edge"] = share_edge_secret(aws.client, STAGE)
        if event["headers"].get("authorization") == NO_TOKEN:
            event["headers"]["authorization"] = f"Bearer {_token(aws, event['headers']['x-kalit-edge'])}"
    print(json.dumps(_call(aws, arguments[0], event), ensure_ascii=False, indent=2))
    return 0


def _call(aws: Aws, door: str, event: dict[str, Any]) -> Any:
    answer = call(aws.client, STAGE, door.replace("/", "."), event)
    if isinstance(answer, dict) and "body" in answer:
        answer["body"] = json.loads(answer["body"]) if answer["body"][:1] in "{[" else answer["body"]
    return answer


def _token(aws: Aws, edge: str) -> str:
    """An access token of an account made for this call."""
    given = {"username": f"invoke-{secrets.token_hex(4)}", "password": secrets.token_urlsafe(12)}
    for door in ("accounts/register", "accounts/token"):
        event = json.loads((ROOT / "events" / f"{door}.json").read_text())
        event["headers"]["x-kalit-edge"] = edge
        answer = _call(aws, door, {**event, "body": json.dumps(given)})
    token: str = answer["body"]["access"]
    return token


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
