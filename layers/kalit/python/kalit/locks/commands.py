"""Commands to locks: which there are, how they are signed, and what an answer makes of one.

An unlock happens now or never: the lock refuses what it hears after `expires_at`, and so do we what it then answers.
What each party holds the other to is told in docs/locks.md, with test vectors.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from kalit.kit import clock
from kalit.kit.errors import NotFound, Refused
from kalit.kit.fields import Input, Moment, Output, Whole
from kalit.kit.limits import Limit
from kalit.kit.tunables import tunable

from .devices import EXAMPLE_ID
from .history import Entry, LogEvent
from .rights import Right
from .signatures import sign

MOST_LISTED = 100


@dataclass(frozen=True)
class Kind:
    """One command.

    `wire`: its name as the lock reads it. `event`: what the log calls it. `right`: what its sender needs. `lasts`: how
    long the lock may obey it. `tries`: how often it is sent, each time after the one before has run out, until the lock
    answers. `limited`: counted against the sender's limit. `logged_when_asked`: logged when it is asked for rather than
    when it is done.
    """

    name: str
    wire: str
    event: str
    right: Right
    lasts: timedelta = timedelta(seconds=15)
    tries: int = 1
    limited: bool = False
    logged_when_asked: bool = False


UNLOCK = Kind("unlock", "unlock", LogEvent.UNLOCK_APP, Right.UNLOCK, limited=True)
LOCK = Kind("lock", "lock", LogEvent.LOCK, Right.LOCK, limited=True)
REBOOT = Kind(
    "reboot", "REBOOT", LogEvent.REBOOT, Right.OWN, lasts=timedelta(seconds=60), tries=4, logged_when_asked=True
)
KINDS = {kind.name: kind for kind in (UNLOCK, LOCK, REBOOT)}


class State(StrEnum):
    ACCEPTED = "accepted"  # kept, and on its way to the broker
    PUBLISHED = "published"  # handed to the broker
    EXECUTED = "executed"  # the lock says so
    FAILED = "failed"  # the lock says why
    EXPIRED = "expired"  # the lock said nothing in time


OPEN = (State.ACCEPTED, State.PUBLISHED)


class DeviceOffline(Refused):
    """Device is offline"""

    ru = "Устройство не в сети"
    uz = "Qurilma oflayn"
    bare = True


class CommandNotFound(NotFound):
    """Command not found."""

    ru = "Команда не найдена."
    uz = "Buyruq topilmadi."


class Unlock(Input):
    duration: Whole = Field(5, ge=1, le=30, description="Seconds until it locks itself again.", examples=[10])


class Sent(Output):
    """A command on its way: accepted, not yet done. Ask for it by its id."""

    device_id: str = Field(examples=["LOCK-001"])
    command_id: UUID = Field(validation_alias="id", examples=[EXAMPLE_ID])


class UnlockSent(Sent):
    duration: int = Field(examples=[10])


class Command(Output):
    """A command and what has become of it."""

    id: UUID = Field(examples=[EXAMPLE_ID])
    command: str = Field(examples=["unlock"])
    state: State = Field(examples=[State.EXECUTED])
    duration: int | None = Field(examples=[10])
    sequence: int = Field(description="Rises with every sending to this lock.", examples=[7])
    attempts: int = Field(description="How often it was sent.", examples=[1])
    user: UUID = Field(description="Who asked for it.", examples=[EXAMPLE_ID])
    error: str = Field(description="What the lock said, where it failed.", examples=[""])
    created_at: Moment = Field(examples=["2026-11-21T08:59:00.000Z"])
    published_at: Moment | None = Field(examples=["2026-11-21T08:59:00.100Z"])
    answered_at: Moment | None = Field(examples=["2026-11-21T08:59:00.400Z"])
    expires_at: Moment = Field(description="When the lock obeys it no more.", examples=["2026-11-21T08:59:15.000Z"])


class Order(BaseModel):
    """What a command's execution is told: which one, and when it is to be looked at again."""

    device: UUID
    command: UUID
    next: "Next"


class Next(BaseModel):
    """When a command is to be looked at again, or that it is over."""

    at: datetime
    done: bool = False


def limit() -> Limit:
    """How often one account may unlock or lock one lock."""
    return Limit("unlock", most=tunable("UNLOCK_LIMIT", 20), window=timedelta(hours=1))


def signature(
    secret: str,
    device_id: str,
    command: str,
    duration: int | None,
    sequence: int,
    nonce: str,
    issued_at: int,
    expires_at: int,
) -> str:
    """What shows a lock that a command is ours, whole, and meant for it. Times in unix seconds."""
    told = "" if duration is None else duration
    return sign(secret, device_id, command, told, sequence, nonce, issued_at, expires_at)


def message(
    kind: Kind,
    *,
    device_id: str,
    id: UUID,
    user: UUID,
    sequence: int,
    nonce: str,
    duration: int | None,
    issued_at: int,
    expires_at: int,
    secret: str,
) -> str:
    """A command as it goes to the lock: JSON."""
    told: dict[str, Any] = {"command": kind.wire, "command_id": str(id)}
    if duration is not None:
        told["duration"] = duration
    told |= {
        "sequence": sequence,
        "nonce": nonce,
        "issued_at": issued_at,
        "expires_at": expires_at,
        "timestamp": clock.wire(datetime.fromtimestamp(issued_at, UTC)),
        "user_id": str(user),
        "signature": signature(secret, device_id, kind.wire, duration, sequence, nonce, issued_at, expires_at),
    }
    return json.dumps(told)


def shown(state: State, ends_at: datetime, at: datetime) -> State:
    """A command's state: what was never answered has expired, whether somebody has noted that or not."""
    return State.EXPIRED if state in OPEN and at > ends_at else state


class Verdict(StrEnum):
    """What an answer is worth."""

    TAKEN = "taken"
    REPEATED = "repeated"  # the command is over, by an answer
    LATE = "late"  # it came when the command was over
    FORGED = "forged"  # it was never sent like this


def judged(state: State, ends_at: datetime, sequences: set[int], told: int | None, at: datetime) -> Verdict:
    """Whether an answer that the broker received at `at` counts, whenever we get to it, and whatever was noted since.

    `told`: the sequence that it echoes; None from older firmware.
    """
    if told is not None and told not in sequences:
        return Verdict.FORGED
    if state in (State.EXECUTED, State.FAILED):
        return Verdict.REPEATED
    return Verdict.LATE if at > ends_at else Verdict.TAKEN


def asked(kind: Kind, user: UUID, address: str) -> Entry:
    """What the log says when a command is asked for."""
    return Entry(kind.event, f"{kind.name.capitalize()} asked for", user=user, ip_address=address)


def ended(kind: Kind, user: UUID, address: str, duration: int | None, error: str | None) -> Entry:
    """What the log says when a command is over; `address`: where it was asked for, `error`: why it was not done."""
    how = f"{kind.name.capitalize()} by the app"
    if error is None:
        span = f" for {duration} s" if duration else ""
        return Entry(kind.event, f"{how}{span}: done", user=user, ip_address=address)
    return Entry(kind.event, f"{how}: not done", False, error, user, address)
