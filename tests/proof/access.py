"""The codes of one lock as one piece: who made them, how they are shown, and what must be true of all that is kept."""

import hmac
import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from kalit.kit.resources import Table
from tests.cloud import Answer

from .locks import LOCK, Locks, Scene
from .system import System

FIELDS = {"pin": "pin_code", "nfc": "nfc_uid", "qr": "qr_code"}
HOME, ELSEWHERE = "192.0.2.9", "203.0.113.9"


@dataclass(frozen=True)
class Code:
    id: str
    value: str


class Access:
    """The owner's lock, shared with a guest as its administrator, who made all codes: they hang on his share.

    Each may open twice, but for the QR code, which may once.
    """

    def __init__(self, system: System) -> None:
        self.locks, self.system = Locks(system), system
        self.locks.begin(self.locks.owned)
        self.locks.hear("status", status="online", counter=1)
        share = self.locks.share("ADMIN")
        assert share.status == 201, share.text
        self.locks.settle()
        registered = self.locks.owned.registered
        self.locks.scene = Scene(self.locks.owned.begin, registered, share.json["data"]["id"])
        twice = {"name": "Cleaner", "max_usage": 2}
        self.codes = {
            "pin": Code(self.made("create_pin", {"pin_code": "482913", **twice})["id"], "482913"),
            "nfc": Code(self.made("create_card", {"uid": "04:A3:5B:1C", **twice})["id"], "04:A3:5B:1C"),
        }
        qr = self.made("create_qr", {"device": registered["id"]})
        self.codes["qr"] = Code(qr["id"], qr["code"])
        self.locks.changes()
        self.scene = self.locks._scene(registered, share.json["data"]["id"])

    def made(self, door: str, body: Any) -> dict[str, Any]:
        answer = self.ask(door, body, by="guest")
        assert answer.status == 201, answer.text
        made: dict[str, Any] = answer.json["data"]
        return made

    def begin(self) -> None:
        self.locks.begin(self.scene)

    # What people do

    def ask(self, door: str, body: Any = None, by: str = "owner", **path: str) -> Answer:
        id = {"id": str(self.locks.scene.registered["id"])}
        return self.system.cloud.http(f"access.{door}", body, token=self.locks.tokens[by], **{**id, **path})

    def show(self, kind: str, value: str = "", *, off: int = 0, address: str = HOME) -> Answer:
        """Show a code to the lock, the right one where no other is named; `off`: seconds of the lock's clock."""
        value = value or self.codes[kind].value
        at = str(int(self.system.now.timestamp()) + off)
        secret = str(self.locks.scene.registered["device_secret"]).encode()
        body = {"device_id": LOCK, FIELDS[kind]: value, "timestamp": at}
        body["signature"] = hmac.new(secret, f"{LOCK}:{at}:{value}".encode(), "sha256").hexdigest()
        return self.system.cloud.http(f"access.verify_{kind}", body, headers={"x-kalit-address": address})

    def scan(self, by: str = "stranger") -> Answer:
        code = self.codes["qr"]
        return self.ask("scan_qr", {"code": code.value}, by, id=code.id)

    def delete_code(self, kind: str) -> Answer:
        door = {"pin": "delete_pin", "nfc": "delete_card", "qr": "delete_qr"}[kind]
        return self.ask(door, None, "owner", id=self.codes[kind].id)

    def put_out_of_use(self) -> Answer:
        return self.ask("update_card", {"is_active": False}, "owner", id=self.codes["nfc"].id)

    # What is kept

    def used(self, kind: str) -> int | None:
        """How often a code was used; None of one that is deleted."""
        rows = [row for row in self.locks.rows() if row.get("id") == self.codes[kind].id and "usage_count" in row]
        return int(rows[0]["usage_count"]) if rows else None

    def tries(self, method: str = "") -> list[dict[str, Any]]:
        return [row for row in self.locks.rows() if row["sk"].startswith("TRY#") and method in ("", row["method"])]

    def wrong(self) -> list[str]:
        """Every invariant that is broken, in words: use, record, log and events tell the same story."""
        said = self.locks.wrong()
        events = Counter(
            (told["event_type"], told["metadata"].get("method"))
            for row in self.locks.rows()
            if row["sk"] == "SECURITY-EVENT"
            for told in [json.loads(row["event"])]
        )
        for kind, name in (("pin", "UNLOCK_PIN"), ("nfc", "UNLOCK_NFC"), ("qr", "UNLOCK_QR")):
            opened = sum(row["success"] for row in self.tries(kind))
            used, told = self.used(kind), events["UNLOCK_SUCCESS", kind]
            log = [row for row in self.locks.rows() if row["sk"].startswith("LOG#") and row["event_type"] == name]
            logged = sum(row["success"] for row in log)
            scanned = len(self.locks.commands) if kind == "qr" else 0
            if used not in (None, opened) or told != opened:
                said.append(f"{kind}: used {used} times, on record {opened}, told of {told}")
            # Of what was scanned the log tells when the lock has answered.
            if logged != opened and not (kind == "qr" and logged < opened):
                said.append(f"{kind}: on record {opened} times, in the log {logged}")
            if scanned > opened:
                said.append(f"{scanned} commands for {opened} openings")
        return said

    def order(self) -> list[str]:
        """What the table went through: IN where somebody was let in, END where what let him in ended."""
        return [told for record in self.system.stream(Table.LOCKS) if (told := _told(record))]


def _told(record: dict[str, Any]) -> str:
    name, sk = record["eventName"], record["dynamodb"]["Keys"]["sk"]["S"]
    new = record["dynamodb"].get("NewImage", {})
    if name == "INSERT" and sk.startswith("TRY#"):
        return "IN" if new["success"]["BOOL"] else ""
    if name == "REMOVE":
        return "END" if sk.startswith(("SHARE#", "PIN#", "NFC#", "QR#")) else ""
    off = "is_active" in new and not new["is_active"]["BOOL"]
    return "END" if off or (sk == "DEVICE" and "deleted_at" in new) else ""
