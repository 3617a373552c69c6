"""A yard with one lock: its owner, those it is shared with, strangers and staff; and what the lock says."""

import hmac
import json
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from kalit.kit.resources import Mac, Queue, Table
from tests.cloud import Answer, Cloud, change

from ..forged import parts, signed
from ..world import BEGINNING, Clock

LOCK = "LOCK-001"
# Who is there -> as what the lock is shared with him, and until when.
SHARES = {
    "admin": {"role": "ADMIN"},
    "member": {"role": "MEMBER"},
    "viewer": {"role": "VIEWER"},
    "former": {"role": "ADMIN", "expires_at": "2026-01-05T11:59:59Z"},
}
PEOPLE = ("owner", *SHARES, "stranger", "manager", "boss")

NOT_FOUND = {"success": False, "error": {"message": "Device not found.", "code": 404}}
NOT_YOURS = {
    "success": False,
    "error": {"message": "You do not have permission to do this with this device.", "code": 403},
}
OWNER_ONLY = {"success": False, "message": "Only owner can share device"}
OFFLINE = {"success": False, "message": "Device is offline"}


def invalid(**fields: str) -> dict[str, Any]:
    """How the lock service refuses fields, each with one message."""
    told = {name: [message] for name, message in fields.items()}
    message = "The request has fields that cannot be accepted."
    return {"success": False, "error": {"message": message, "code": 400, "fields": told}}


def hmac_of(secret: str, text: str) -> str:
    """A signature, as firmware makes it."""
    return hmac.new(secret.encode(), text.encode(), "sha256").hexdigest()


@dataclass
class Yard:
    """The lock `id`, which is online, as it was registered, and the people around it by their names."""

    aws: Cloud
    clock: Clock
    tokens: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)  # name -> the account's UUID
    registered: dict[str, Any] = field(default_factory=dict)  # `data` of the answer that made the lock
    shares: dict[str, str] = field(default_factory=dict)  # name -> the share's id
    counter: int = 0  # of the lock's last report
    followed: set[str] = field(default_factory=set)

    @property
    def id(self) -> str:
        return str(self.registered["id"])

    @property
    def secret(self) -> str:
        return str(self.registered["device_secret"])

    def token(self, by: str) -> str:
        """An access token that holds now, whatever the clock says."""
        if not by or self.clock.now == BEGINNING:
            return self.tokens.get(by, "")
        header, claims = parts(self.tokens[by])
        now = int(self.clock.now.timestamp())
        return signed(self.aws, header, claims | {"iat": now, "exp": now + 60})

    def ask(self, name: str, body: Any = None, *, by: str = "owner", key: str = "", **told: Any) -> Answer:
        """A door, of locks unless it says otherwise, about this lock unless `id` does."""
        headers = {"x-kalit-address": "198.51.100.7", **told.pop("headers", {})}
        headers |= {"idempotency-key": key} if key else {}
        path = {"id": self.id} if self.registered else {}
        name = name if "." in name else f"locks.{name}"
        return self.aws.http(name, body, token=self.token(by), headers=headers, **{**path, **told})

    def data(self, name: str, *, by: str = "owner", **told: Any) -> Any:
        """What a door answers that must be passed."""
        answer = self.ask(name, by=by, **told)
        assert answer.status == 200, answer.text
        return answer.json["data"]

    def register(self, device_id: str = LOCK, by: str = "owner", key: str = "", **told: Any) -> Answer:
        return self.ask("create", {"device_id": device_id, "name": "Front door", **told}, by=by, key=key)

    # Commands

    def unlock(self, by: str = "owner", key: str = "", **body: Any) -> str:
        """The id of an unlock that was accepted."""
        return self.command("unlock", by, key, **body)

    def command(self, name: str, by: str = "owner", key: str = "", **body: Any) -> str:
        answer = self.ask(name, body, by=by, key=key)
        assert answer.status == 200, answer.text
        return str(answer.json["data"]["command_id"])

    def state(self, command: str) -> str:
        """What a command has become, as its sender is told."""
        return str(self.data("show_command", command_id=command)["state"])

    @property
    def published(self) -> list[dict[str, Any]]:
        """What went to this lock."""
        return [told for topic, told in self.aws.things.published if topic == f"smartlock/{LOCK}/commands"]

    def answer(self, command: str, type: str = "unlock", **told: Any) -> dict[str, Any]:
        """What the lock answers to the last sending of a command."""
        sent = next(sent for sent in reversed(self.published) if sent["command_id"] == command)
        said = {"command_id": command, "sequence": sent["sequence"], **told}
        return self.hear("response", type=type, **{"success": True, "method": "app", **said})

    # Reports

    def hear(self, channel: str, device: str = LOCK, **payload: Any) -> dict[str, Any]:
        """Let the lock say something, counted where nothing else is said. Returns the event, which may come again."""
        if "counter" not in payload:
            self.counter += 1
            payload["counter"] = self.counter
        told = {name: value for name, value in payload.items() if value is not None}
        event = {"device": device, "payload": told, "at": int(self.clock.now.timestamp() * 1000)}
        self.aws.call(f"locks.hear_{channel}", event)
        return {"channel": channel, "event": event}

    def again(self, heard: dict[str, Any]) -> None:
        """The same message once more, received now."""
        event = {**heard["event"], "at": int(self.clock.now.timestamp() * 1000)}
        self.aws.call(f"locks.hear_{heard['channel']}", event)

    def tell(self, channel: str, payload: str, name: str = "", **told: str) -> Answer:
        """A report over HTTP, signed well where nothing else is said; `name` is what the lock calls itself."""
        name, at = name or LOCK, told.get("timestamp", str(int(self.clock.now.timestamp())))
        body = {"timestamp": at, "channel": channel, "payload": payload}
        body["signature"] = hmac_of(self.secret, f"{name}:{at}:{payload}")
        return self.aws.http("locks.telemetry", body | told, id=name, headers={"x-kalit-address": "192.0.2.9"})

    # What is kept

    def rows(self, prefix: str = "") -> list[dict[str, Any]]:
        return self.aws.rows(Table.LOCKS, prefix)

    @property
    def thing(self) -> dict[str, Any]:
        """What the lock has reported, as it is kept."""
        [row] = self.rows(f"THING#{LOCK} ")
        return row

    @property
    def device(self) -> dict[str, Any]:
        [row] = self.rows(f"DEVICE#{self.id} DEVICE")
        return row

    def kept(self, command: str) -> dict[str, Any]:
        [row] = self.rows(f"DEVICE#{self.id} COMMAND#{command}")
        return row

    @property
    def log(self) -> list[tuple[str, bool]]:
        """What the log tells, the oldest first, since the lock came online."""
        rows = sorted(self.rows(f"DEVICE#{self.id} LOG#"), key=lambda row: str(row["sk"]))
        return [(row["event_type"], row["success"]) for row in rows if row["event_type"] != "DEVICE_ONLINE"]

    @property
    def events(self) -> list[dict[str, Any]]:
        """The security events, the oldest first, since the lock was registered."""
        told = [json.loads(row["event"]) for row in self.rows("SECURITY-EVENT#")]
        since = [event for event in told if event["event_type"] != "DEVICE_ADDED"]
        return sorted(since, key=lambda event: (event["created_at"], event["event_type"]))

    @property
    def attacks(self) -> list[tuple[str, str]]:
        """Type and severity of the security events."""
        return [(event["event_type"], event["severity"]) for event in self.events]

    # Streams and ticks

    def follow(self, *names: str) -> int:
        """Let the stream bring what was written since the last time, of these outboxes or of all; how many rows."""
        rows = [row for row in self.rows() if "outbox" in row and (not names or row["outbox"] in names)]
        new = [row for row in rows if repr(sorted(row.items())) not in self.followed]
        self.followed |= {repr(sorted(row.items())) for row in new}
        self.aws.call("locks.dispatch", {"Records": [change(row) for row in new]})
        return len(new)

    def tick(self, door: str) -> None:
        name = door if "." in door else f"locks.{door}"
        self.aws.call(name, {"id": f"{door} {self.clock.now}"})

    @property
    def count(self) -> int:
        """How many locks there are, as it is kept."""
        return sum(int(row["devices"]) for row in self.rows("COUNTS#device"))

    def secret_of(self, id: str) -> str:
        """What a lock signs with, derived anew."""
        told = {"KeyId": self.aws.ids[Mac.DEVICES], "Message": f"device {id}".encode()}
        mac: bytes = self.aws.client("kms").generate_mac(**told, MacAlgorithm="HMAC_SHA_256")["Mac"]
        return mac.hex()

    def deliver(self) -> None:
        """Let the letters that wait be sent."""
        records = [{"messageId": str(uuid4()), "body": json.dumps(letter)} for letter in self.letters()]
        told = {"attributes": {"ApproximateReceiveCount": "1"}, "messageAttributes": {}, "eventSource": "aws:sqs"}
        answer = self.aws.call("notices.email", {"Records": [record | told for record in records]})
        assert answer == {"batchItemFailures": []}

    def letters(self) -> list[dict[str, Any]]:
        """The letters that wait for sending, taken out."""
        self.follow("notice")
        return self.aws.messages(Queue.EMAIL)
