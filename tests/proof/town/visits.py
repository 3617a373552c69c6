"""What a visit is: one call of a door that succeeds, told beside the door's domain, from which the proofs are derived.

    @visit("locks.unlock", may={"owner", "admin", "member"}, refused=403)
    def unlock(town: Town) -> Asked:
        return {"id": town.lock, "body": {}}

A visit of an HTTP door gives what is asked: `body`, `query`, `headers`, `raw`, and the parts of the path by name.
A visit of another door gives its event. It may first make what it needs; what it makes is new each time.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zlib import crc32

from kalit.kit.api import Endpoint
from tests.cloud import DOORS

from ..goals import FULL, SHORT

if TYPE_CHECKING:
    from .town import Town

Asked = dict[str, Any]
STRANGERS = ("anonymous", "guest", "disabled", "expired")  # who are nobody to a door, for one reason or another


@dataclass(frozen=True)
class Visit:
    """A successful call of a door."""

    door: str
    tell: Callable[["Town"], Asked]
    by: str = "owner"  # who calls
    may: frozenset[str] | None = None  # who may besides, where that is not everybody whose role the door lets in
    refused: int = 404  # what those hear who have the role and not the right
    hears: dict[str, int] | None = None  # somebody -> another status than the rest tells
    again: frozenset[int] = frozenset()  # what else is told to who repeats what has been done
    anew: bool = False  # whether who repeats it does it anew
    swept: bool = False  # whether a tick or another door ends what somebody began who died: see the domain's proof
    leaves: bool = False  # whether the visitor's token holds no more: where nothing is brought back, it comes last

    @property
    def http(self) -> bool:
        return isinstance(DOORS[self.door], Endpoint)

    @property
    def status(self) -> int:
        """What a visit is answered."""
        door = DOORS[self.door]
        assert isinstance(door, Endpoint)
        return (self.hears or {}).get(self.by, door.status)

    def expected(self, person: str) -> int:
        """What this person is to be answered."""
        door = DOORS[self.door]
        assert isinstance(door, Endpoint)
        if person in (self.hears or {}):
            return (self.hears or {})[person]
        if door.open_to_all and person in ("anonymous", "guest"):
            return door.status
        if person in STRANGERS and door.caller_kind:
            return 401
        role = {"manager": "manager", "boss": "admin"}.get(person, "user")
        if door.caller_kind and role not in door.caller_kind.roles:
            return 403
        return door.status if self.may is None or person in self.may else self.refused


VISITS: dict[str, Visit] = {}
FOUNDERS: list[Callable[["Town"], dict[str, Any]]] = []


def founder(found: Callable[["Town"], dict[str, Any]]) -> Callable[["Town"], dict[str, Any]]:
    """Declare what a town is founded with: what it gives goes into `town.things`, and visits may use but not end it."""
    FOUNDERS.append(found)
    return found


def visit(
    door: str,
    *,
    by: str = "owner",
    may: Iterable[str] | None = None,
    refused: int = 404,
    hears: dict[str, int] | None = None,
    again: Iterable[int] = (),
    anew: bool = False,
    swept: bool = False,
    leaves: bool = False,
) -> Callable[[Callable[["Town"], Asked]], Callable[["Town"], Asked]]:
    """Declare the visit of a door; each has one. `may` names whom the door serves when not all of their role."""

    def declare(tell: Callable[["Town"], Asked]) -> Callable[["Town"], Asked]:
        assert door in DOORS, f"there is no door {door}"
        assert door not in VISITS, f"{door} is visited twice"
        rights = None if may is None else frozenset(may)
        VISITS[door] = Visit(door, tell, by, rights, refused, hears, frozenset(again), anew, swept, leaves)
        return tell

    return declare


def some(visits: Iterable[Visit], share: int) -> dict[str, Visit]:
    """All of them in `make proof`; in `make test` about one in `share`, by the sum of its name: always the same."""
    chosen = (visit for visit in visits if SHORT or FULL or crc32(visit.door.encode()) % share == 0)
    return {visit.door: visit for visit in chosen}
