"""The audit log as a chain of hashes: how an entry is joined to it, and what is wrong with one that was touched."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any, Literal, NamedTuple
from uuid import UUID

from pydantic import Field

from kalit.kit.audit import Entry
from kalit.kit.fields import Input, Output

GENESIS = "0" * 64  # what the first entry follows
DIGITS = 12  # of a place, so that places sort as numbers
PART = 2_000  # entries that one answer checks
MOST_PROBLEMS = 100  # in one answer; a part ends when there are so many


class Numbered(Entry):
    """An entry with its place; in its canonical JSON it is what the chain hashes."""

    number: int

    @property
    def text(self) -> str:
        """One text for one entry: keys sorted, no spaces."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class Link(NamedTuple):
    """A row of the chain, as it was found."""

    place: str
    text: str
    previous: str
    hash: str


class Head(NamedTuple):
    """How many entries there are, and the hash of the newest."""

    number: int
    hash: str


class End(NamedTuple):
    """What is known of a chain beside its entries: its head, whether that is sealed, and places behind it with rows."""

    head: Head
    sealed: bool = True
    beyond: Sequence[str] = ()


BEGINNING = Head(0, GENESIS)


class Logged(Output):
    """An entry of the audit log."""

    id: UUID = Field(examples=["01a1fc4a-5701-7a4e-93fe-5bb48994bc32"])
    number: int = Field(description="Its place, from 1 without gaps.", examples=[7])
    user: UUID = Field(description="Who did it.", examples=["087e3556-b7e5-44b3-8009-3bff7a47340b"])
    user_email: str = Field(examples=["admin@example.com"])
    action: str = Field(examples=["user.update"])
    resource_type: str = Field(examples=["user"])
    resource_id: str = Field(examples=["3f0f4f9e-6a35-4cb5-9b66-0a54cf0d1a11"])
    ip_address: str = Field(examples=["203.0.113.7"])
    details: dict[str, Any] = Field(
        description="What was different, before and after.",
        examples=[{"before": {"role": "user"}, "after": {"role": "manager"}}],
    )
    success: Literal[True] = Field(
        True, description="Only what was done has an entry: both are kept in one transaction.", examples=[True]
    )
    error_message: Literal[""] = Field("", examples=[""])
    request_id: str = Field(examples=["055d57e0-5a4f-4d5b-a7a1-6b8c8f5f7f0e"])
    created_at: str = Field(examples=["2026-11-21T00:09:51.973Z"])
    hash: str = Field(description="SHA-256 over the hash before and the entry.", examples=["5f1d7c" + "0" * 58])


class Kind(StrEnum):
    """What was done to a chain."""

    CHANGED = "changed"  # its text is not what its hash was made of
    MISSING = "missing"
    SWAPPED = "swapped"  # two that stand in each other's place
    MISPLACED = "misplaced"  # it belongs elsewhere
    ADDED = "added"  # where the chain has no place
    UNLINKED = "unlinked"  # whole in itself, but it does not follow the one before, or the head does not follow it
    UNSEALED = "unsealed"  # the head was not written by whoever has the key


class Flaw(Output):
    """One thing that is wrong, and at which entry."""

    number: int
    problem: Kind
    detail: str


class Report(Output):
    """How a part of the chain was found; `next` is where to go on, null at its end."""

    intact: bool
    checked: int
    problems: list[Flaw]
    next: int | None


class Verification(Input):
    """Which part of the chain is to be checked."""

    after: int = Field(
        0,
        ge=0,
        lt=10**DIGITS,
        description="The entry before the part: 0, or `next` of the part before.",
        examples=[0],
    )


def place(number: int) -> str:
    """The sort key of an entry's number."""
    return f"{number:0{DIGITS}d}"


def number_of(place: str) -> int | None:
    """The number that a sort key stands for, None when it is no place of a chain."""
    return int(place) or None if re.fullmatch(rf"[0-9]{{{DIGITS}}}", place) else None


def digest(previous: str, text: str) -> str:
    """An entry's hash. The line's end keeps the two apart: neither has one."""
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def joined(entry: Entry, head: Head) -> Link:
    """The entry as the next link behind a head."""
    numbered = Numbered(number=head.number + 1, **entry.model_dump())
    return Link(place(numbered.number), numbered.text, head.hash, digest(head.hash, numbered.text))


def check(links: Iterable[Link], end: End, after: int = 0, most: int = PART) -> Report:
    """What is wrong with a chain's entries behind number `after`, of which at most `most` are looked at.

    `links` come in the order of their places and begin with entry `after` itself, if there is one: its hash is what
    the next must follow, and was checked in the part before. They end at the head.
    """
    walk = _Walk(after)
    for link in links:
        number = number_of(link.place)
        if number is None:
            walk.stray(link.place)
        elif number == after:
            walk.previous = link.hash
        elif walk.full(most):
            return walk.report(next=walk.number)
        else:
            walk.step(number, link)
    walk.finish(end)
    return walk.report(next=None)


class _Walk:
    """Where a check has come to, and what it has met."""

    def __init__(self, after: int) -> None:
        self.after = self.number = after
        # The hash that the next entry must follow; None when the one before cannot say.
        self.previous: str | None = None if after else GENESIS
        self.checked = 0
        self.problems: list[Flaw] = []
        self.misplaced: dict[int, int] = {}  # place -> the number of the entry that stands there

    def full(self, most: int) -> bool:
        """Whether the part is large enough. It has an entry at least, so that the next part begins further on."""
        return self.number > self.after and (self.checked >= most or len(self.problems) >= MOST_PROBLEMS)

    def step(self, number: int, link: Link) -> None:
        """Look at the next entry."""
        if number > self.number + 1:
            self._missing(self.number + 1, number - 1)
        self.checked += 1
        self.number = number
        said = _said(link.text)
        whole = digest(link.previous, link.text) == link.hash
        follows = self.previous in (None, link.previous)
        self.previous = link.hash if whole and said == number else None
        if said not in (None, number):
            self.misplaced[number] = said or 0
            self._add(number, Kind.MISPLACED, f"Entry {said} stands in this place.")
        elif not whole or said is None:
            self._add(number, Kind.CHANGED, "Its text is not what its hash was made of.")
        elif not follows:
            self._add(number, Kind.UNLINKED, "It follows another entry than the one before it.")

    def stray(self, place: str) -> None:
        """Note a row that has no place in the chain."""
        if len(self.problems) < MOST_PROBLEMS:
            self._add(number_of(place) or self.number, Kind.ADDED, f"There is a row at {place!r}.")

    def finish(self, end: End) -> None:
        """Compare what was met last with the head."""
        if self.number < end.head.number:
            self._missing(self.number + 1, end.head.number)
        elif self.number == end.head.number and self.previous not in (None, end.head.hash):
            self._add(self.number, Kind.UNLINKED, "The head names another hash than the last entry's.")
        if not end.sealed:
            self._add(end.head.number, Kind.UNSEALED, "The head is not sealed by the key.")
        for place in end.beyond:
            self.stray(place)

    def report(self, next: int | None) -> Report:
        problems = [self._swapped(problem) for problem in self.problems]
        return Report(intact=not problems, checked=self.checked, problems=problems, next=next)

    def _swapped(self, problem: Flaw) -> Flaw:
        other = self.misplaced.get(problem.number)
        if problem.problem is not Kind.MISPLACED or other is None or self.misplaced.get(other) != problem.number:
            return problem
        return Flaw(number=problem.number, problem=Kind.SWAPPED, detail=f"It changed places with entry {other}.")

    def _missing(self, first: int, last: int) -> None:
        which = f"Entries {first} to {last} are" if last > first else "It is"
        self._add(first, Kind.MISSING, f"{which} not there.")
        self.previous = None

    def _add(self, number: int, kind: Kind, detail: str) -> None:
        self.problems.append(Flaw(number=number, problem=kind, detail=detail))


def _said(text: str) -> int | None:
    """The number that an entry gives itself, None when it gives none."""
    try:
        number = json.loads(text)["number"]
    except (ValueError, LookupError, TypeError):
        return None
    return number if type(number) is int else None
