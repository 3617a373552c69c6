"""The lock's keypad, card reader and camera: codes as the lock asks about them, signed, and as owners make them."""

from dataclasses import dataclass
from typing import Any

from tests.cloud import Answer

from ..locks.yard import LOCK, Yard, hmac_of

HOME = "192.0.2.9"
FIELDS = {"pin": "pin_code", "nfc": "nfc_uid", "qr": "qr_code"}
DENIED = {"success": False, "access_granted": False, "command": "DENY"}


def denied(message: str) -> dict[str, Any]:
    """How a lock is told to stay shut."""
    return DENIED | {"message": message}


@dataclass
class Keypad:
    """The outside of the yard's lock."""

    yard: Yard

    def show(self, kind: str, value: str, *, name: str = LOCK, address: str = HOME, **told: Any) -> Answer:
        """A code, signed well where nothing else is said; `name` is what the lock calls itself."""
        at = told.pop("timestamp", str(int(self.yard.clock.now.timestamp())))
        body = {"device_id": name, FIELDS[kind]: value, "timestamp": at}
        body["signature"] = hmac_of(self.yard.secret, f"{name}:{at}:{value}")
        body = {key: value for key, value in (body | told).items() if value is not None}
        return self.yard.aws.http(f"access.verify_{kind}", body, headers={"x-kalit-address": address})

    def again(self, kind: str, value: str, **told: Any) -> Answer:
        """The same a second later, so that it is another request."""
        self.yard.clock.move(seconds=1)
        return self.show(kind, value, **told)

    def opens(self, kind: str, value: str) -> bool:
        """Whether a code opens the lock, a second later."""
        answer = self.again(kind, value)
        assert answer.json["access_granted"] is (answer.status == 200)
        assert answer.json["command"] == ("UNLOCK" if answer.status == 200 else "DENY")
        return answer.status == 200

    def make(self, door: str, body: Any, *, by: str = "owner", **told: Any) -> Any:
        """What a door that makes a code answers, which must be passed."""
        answer = self.yard.ask(f"access.{door}", body, by=by, **told)
        assert answer.status == 201, answer.text
        return answer.json["data"]

    def pin(self, code: str = "482913", *, by: str = "owner", **told: Any) -> str:
        """The id of a new PIN."""
        return str(self.make("create_pin", {"pin_code": code, "name": "Cleaner", **told}, by=by)["id"])

    def card(self, uid: str = "04:A3:5B:1C", *, by: str = "owner", **told: Any) -> str:
        """The id of a new card."""
        return str(self.make("create_card", {"uid": uid, "name": "Office card", **told}, by=by)["id"])

    def guest(self, *, by: str = "owner", **told: Any) -> dict[str, Any]:
        """A new guest, as his door answers."""
        body = {"guest_name": "Aziza", "access_type": "PIN", **told}
        body = {"valid_from": "2026-01-05T12:00:00Z", "valid_until": "2026-01-06T12:00:00Z"} | body
        guest: dict[str, Any] = self.make("create_guest", body, by=by)
        return guest

    def qr(self, *, by: str = "owner", **told: Any) -> dict[str, Any]:
        """A new QR code, as its door answers."""
        code: dict[str, Any] = self.make("create_qr", {"device": self.yard.id, **told}, by=by)
        return code

    @property
    def tries(self) -> list[tuple[str, bool, str]]:
        """The record of tries, the oldest first: method, whether it opened, why not."""
        rows = sorted(self.yard.rows(f"DEVICE#{self.yard.id} TRY#"), key=lambda row: str(row["sk"]))
        return [(row["method"], row["success"], row["reason"]) for row in rows]
