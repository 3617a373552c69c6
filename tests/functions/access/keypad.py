"""The lock's keypad, card reader and camera: codes as the lock asks about them, signed, and as owners make them."""

from dataclasses import dataclass
from typing import Any

from kalit.kit.resources import Table
from tests.cloud import Answer

from ..locks.yard import LOCK, Yard, hmac_of

HOME = "192.0.2.9"
NOBODYS = "3f0f4f9e-6a35-4cb5-9b66-0a54cf0d1a11"  # an id that nothing has
CODE_NOT_FOUND = {"success": False, "error": {"message": "Code not found.", "code": 404}}
FIELDS = {"pin": "pin_code", "nfc": "nfc_uid", "qr": "qr_code"}
GUEST = {
    "guest_name": "Aziza",
    "access_type": "PIN",
    "valid_from": "2026-01-05T12:00:00Z",
    "valid_until": "2026-01-06T12:00:00Z",
}
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

    def pin(self, code: str = "482913", *, by: str = "owner", id: str = "", **told: Any) -> str:
        """The id of a new PIN, of this lock unless `id` says of which."""
        body = {"pin_code": code, "name": "Cleaner", **told}
        return str(self.make("create_pin", body, by=by, id=id or self.yard.id)["id"])

    def card(self, uid: str = "04:A3:5B:1C", *, by: str = "owner", id: str = "", **told: Any) -> str:
        """The id of a new card, likewise."""
        body = {"uid": uid, "name": "Office card", **told}
        return str(self.make("create_card", body, by=by, id=id or self.yard.id)["id"])

    def guest(self, *, by: str = "owner", **told: Any) -> dict[str, Any]:
        """A new guest, as his door answers."""
        guest: dict[str, Any] = self.make("create_guest", GUEST | told, by=by)
        return guest

    def qr(self, *, by: str = "owner", **told: Any) -> dict[str, Any]:
        """A new QR code, as its door answers."""
        code: dict[str, Any] = self.make("create_qr", {"device": self.yard.id, **told}, by=by)
        return code

    def mentions(self, *texts: str) -> list[str]:
        """Where any of these stand, in any row of any table, whatever the case."""
        sought = [text.lower() for text in texts]
        rows = ((f"{row['pk']} {row['sk']}", str(row).lower()) for table in Table for row in self.yard.aws.rows(table))
        return [place for place, told in rows if any(text in told for text in sought)]

    @property
    def tries(self) -> list[tuple[str, bool, str]]:
        """The record of tries, the oldest first: method, whether it opened, why not."""
        rows = sorted(self.yard.rows(f"DEVICE#{self.yard.id} TRY#"), key=lambda row: str(row["sk"]))
        return [(row["method"], row["success"], row["reason"]) for row in rows]
