"""A town with people, locks, tasks, a shop and a company in it, built by knocking at the doors alone.

So it stands in this process as well as on a running system.
"""

from collections.abc import Mapping
from datetime import datetime
from itertools import count
from typing import Any, Protocol

from tests.cloud import Answer

from .visits import FOUNDERS, Asked, Visit

PASSWORD = "a key for every door"
# Who lives there; what a lock is shared with them as, if it is.
SHARES = {"admin": "ADMIN", "member": "MEMBER", "viewer": "VIEWER", "former": "ADMIN"}
USERS = ("owner", *SHARES, "stranger", "disabled", "expired")
PEOPLE = ("anonymous", "guest", *USERS, "manager", "boss")
CART = "6f9619ff-8b86-4011-b42d-00c04fc964ff"  # the guest's


class Place(Protocol):
    """Where a town stands."""

    def http(
        self,
        name: str,
        body: Any = None,
        *,
        token: str = "",
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
        **path: object,
    ) -> Answer: ...

    def call(self, name: str, event: dict[str, Any]) -> Any: ...

    def now(self) -> datetime: ...

    def boss(self) -> str:
        """The first administrator's token."""

    def expire(self, token: str) -> str:
        """The same token, past its time."""

    def settle(self) -> None:
        """What waits in streams and queues is done."""


class Town:
    """Its people by their tokens, and what was made when it was founded."""

    def __init__(self, place: Place, founded: str) -> None:
        """`founded` is part of all its names: on a running system there may be another town."""
        self.place, self.founded = place, founded
        self.numbers = count(1)
        self.tokens = {"anonymous": "", "guest": "", "boss": place.boss()}
        self.uuids: dict[str, str] = {}
        for name in USERS:
            told = {"email": self.email(name), "password": PASSWORD, "password_confirm": PASSWORD}
            made = self.ask("accounts.sign_up", told, by="anonymous")
            self.tokens[name], self.uuids[name] = made["tokens"]["access"], made["user"]["id"]
        self.tokens["manager"] = self._manager()
        self.tokens["expired"] = place.expire(self.tokens["expired"])
        self.ask("accounts.change_user", {"is_active": False}, by="boss", id=self.number("disabled"))
        self.things: dict[str, Any] = {}
        for found in FOUNDERS:
            self.things |= found(self)

    def _manager(self) -> str:
        name = f"manager-{self.founded}"
        once = self.ask("accounts.create_manager", {"username": name}, by="boss")["one_time_password"]
        token = self.ask("accounts.token", {"username": name, "password": once}, by="anonymous")["access"]
        told = {"old_password": once, "new_password": PASSWORD, "new_password_confirm": PASSWORD}
        self.tokens["manager"] = token
        self.ask("accounts.change_password", told, by="manager")
        access: str = self.ask("accounts.token", {"username": name, "password": PASSWORD}, by="anonymous")["access"]
        return access

    def name(self, what: str) -> str:
        """A name that nothing else has."""
        return f"{what}-{self.founded}-{next(self.numbers)}"

    def email(self, person: str) -> str:
        return f"{person}-{self.founded}@example.com"

    def phone(self) -> str:
        """A phone number that nobody else has, and that the sandbox delivers to at once."""
        number = next(number for number in self.numbers if number % 10_000 > 2)
        return f"+99890{sum(map(ord, self.founded)) % 1000:03d}{number:04d}"

    def number(self, person: str) -> int:
        """An account's number, as administrators know it."""
        users = self.ask("accounts.list_users", by="boss", query={"search": self.email(person)})["results"]
        return next(int(user["id"]) for user in users if user["email"] == self.email(person))

    def ask(self, door: str, body: Any = None, by: str = "owner", **told: Any) -> Any:
        """The JSON of an answer that must be a good one."""
        answer = self.place.http(door, body, token=self.tokens[by], **self._from(by, told))
        assert answer.status < 300, f"{door} answered {answer.status}: {answer.text}"
        return answer.json if answer.text else None

    def visit(self, visit: Visit, by: str = "", asked: Asked | None = None) -> Answer:
        """The answer to a visit, of its own visitor or of somebody else."""
        told = dict(asked if asked is not None else visit.tell(self))
        return self.place.http(visit.door, token=self.tokens[by or visit.by], **self._from(by or visit.by, told))

    def _from(self, by: str, told: dict[str, Any]) -> dict[str, Any]:
        """Each person has an address, and a guest his cart."""
        headers = {"x-kalit-address": f"198.51.100.{PEOPLE.index(by)}"} | ({"x-cart-id": CART} if by == "guest" else {})
        return {**told, "headers": headers | told.get("headers", {})}
