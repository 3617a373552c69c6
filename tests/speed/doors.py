"""CPU time of doors: cold (a fresh process, import and first request) and warm (per request after that).

    .venv/bin/python -m tests.speed.doors [runs]

The doors run as on Lambda, from their zip and the two layers on a bare interpreter; only the wire is a stub, below
botocore, so that everything of ours and the SDK's is counted. Medians with the smallest and largest of all runs;
runs of different doors take turns, so that the machine's noise meets all alike.
"""

import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from infra.catalog import catalog
from infra.events import sample
from infra.packages import door_zip, kalit_zip, vendor_zip
from infra.stages import STAGES

DOORS = ("edge.health", "tasks.show", "tasks.create")
CHILD = Path(__file__).with_name("child.py")


def unpack(folder: Path) -> None:
    for package in (vendor_zip(STAGES["local"].architecture, native=True), kalit_zip(native=True)):
        with zipfile.ZipFile(package) as inside:
            inside.extractall(folder)
    for door in catalog():
        with zipfile.ZipFile(door_zip(door)) as inside:
            inside.extractall(folder / "python")


def request(name: str) -> dict[str, Any]:
    """The door's sample event with a real token in it, and the rows that it will find."""
    door = next(door for door in catalog() if door.name == name)
    key = ec.generate_private_key(ec.SECP256R1())
    public = jwt.algorithms.ECAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": "k", "alg": "ES256"}
    now, uuid = int(time.time()), "3f0f4f9e-6a35-4cb5-9b66-0a54cf0d1a11"
    holder = {"iss": "kalit", "sub": uuid, "sid": uuid, "ver": 1}
    claims = {**holder, "token_type": "access", "iat": now, "exp": now + 3600, "jti": "j"}
    token = jwt.encode(claims, key, "ES256", {"kid": "k"})
    event = sample(door)  # type: ignore[arg-type]
    if "authorization" in event["headers"]:
        event["headers"]["authorization"] = f"Bearer {token}"
    task = {"task_type": "sum", "input": '{"numbers": [1, 2, 3]}', "status": "pending", "listing": "pending#1"}
    times = {"created_at": "2026-11-20T10:00:00.000Z", "due_at": "2026-11-20T10:01:30.000Z"}
    rows = {
        "KEYS": {"jwks": {"S": json.dumps({"keys": [public]})}},
        "ACCOUNT": {"number": {"N": "1"}, "username": {"S": "ali"}, "role": {"S": "user"}, "is_active": {"BOOL": True},
                    "session_version": {"N": "1"}},
        "OWNER": {"pk": {"S": "OWNER#1"}, "sk": {"S": "TASK#1"}, **{k: {"S": v} for k, v in (task | times).items()}},
    }  # fmt: skip
    variables = {grant.resource.variable: grant.resource.value for grant in door.grants}
    return {"module": f"functions.{name}", "event": event, "rows": rows, "variables": variables}


def measure(folder: Path, asked: dict[str, Any]) -> dict[str, float]:
    environment = {"PATH": os.environ["PATH"], "AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "test"}
    edge = hashlib.sha256(asked["event"]["headers"].get("x-kalit-edge", "").encode()).hexdigest()
    environment |= {"AWS_SECRET_ACCESS_KEY": "test", "STAGE": "local", "EDGE_SECRET_SHA256": edge, **asked["variables"]}
    done = subprocess.run(
        [sys._base_executable, "-S", str(CHILD), str(folder / "python")],  # type: ignore[attr-defined]
        input=json.dumps(asked),
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def main(runs: int = 17) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        unpack(folder)
        asked = {door: request(door) for door in DOORS}
        told: dict[str, list[dict[str, float]]] = {door: [] for door in DOORS}
        for _ in range(runs):
            for door in DOORS:
                told[door].append(measure(folder, asked[door]))
    print(f"{'door':<14}{'cold CPU ms':>24}{'warm CPU µs':>24}{'RSS MB':>8}{'modules':>9}")
    for door, seen in told.items():
        columns = []
        for field in ("cold_ms", "warm_us"):
            values = [run[field] for run in seen]
            columns.append(f"{statistics.median(values):.0f} ({min(values):.0f}-{max(values):.0f})")
        print(f"{door:<14}{columns[0]:>24}{columns[1]:>24}{seen[0]['rss_mb']:>8.0f}{seen[0]['modules']:>9.0f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
