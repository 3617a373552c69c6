"""A run of a campaign: begun at its time, planned page by page, sent slot by slot, and ended by what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, Field, RootModel

from .campaigns import UNDER_WAY, AlreadyOver, AlreadyStarted, Failure, Status

PATIENCE = timedelta(minutes=5)  # until somebody looks again at what was begun
RETRIES = (timedelta(seconds=10), timedelta(seconds=30), timedelta(seconds=60))  # after a refusal
JITTER = 0.2  # of a retry's pause, at most, on top of it
LOOK = timedelta(minutes=1)  # between looks at a run whose messages are all due


class State(StrEnum):
    SCHEDULED = "SCHEDULED"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    FINISHED = "FINISHED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    DELETED = "DELETED"


OVER = (State.FINISHED, State.FAILED, State.CANCELLED, State.DELETED)


class Earlier(BaseModel):
    """A run of the same campaign before. Runs of one generation send to nobody twice; `force` begins a new one."""

    number: int
    generation: int


class RunOrder(BaseModel):
    """What a run's machine carries."""

    run: int


class SlotOrder(RunOrder):
    """What a slot's machine carries: which slots of the run it hands over, and when. `after`: how far it has come."""

    at: datetime
    until: datetime
    after: str = ""


class Released(SlotOrder):
    more: bool


class Send(BaseModel):
    """A message of the queue `campaigns`: send what a slot holds."""

    do: Literal["send"] = "send"
    run: int
    slot: str


class Purge(BaseModel):
    """A message of the queue `campaigns`: delete what is left of a deleted campaign's run."""

    do: Literal["purge"] = "purge"
    run: int


class Order(RootModel[Annotated[Send | Purge, Field(discriminator="do")]]):
    """A message of the queue `campaigns`."""


class Do(StrEnum):
    """What a run's machine does next."""

    WAIT = "wait"
    PLAN = "plan"
    WATCH = "watch"
    END = "end"


class Next(BaseModel):
    do: Do
    at: datetime


class Start(StrEnum):
    """What asking for a start comes to."""

    ADOPT = "adopt"  # the run that the campaign began by itself is the one that was asked for
    BEGIN = "begin"


@dataclass(frozen=True)
class Asked:
    """What a start hangs on. `own`: nobody has asked before, and the only run is the campaign's own."""

    status: Status
    end: datetime
    own: bool
    force: bool


def starting(asked: Asked, at: datetime) -> Start:
    """Raises `AlreadyOver` or `AlreadyStarted`. Whether anybody matches is asked after this."""
    if asked.end < at:
        raise AlreadyOver
    if asked.own and not asked.force and asked.status in (*UNDER_WAY, Status.FINISHED):
        return Start.ADOPT
    if asked.status in (*UNDER_WAY, Status.FINISHED) and not asked.force:
        raise AlreadyStarted
    return Start.BEGIN


def failure(counts: Mapping[str, int]) -> Failure | None:
    """Why a run of which nothing is pending failed, if it did: what is skipped or unknown is no failure."""
    if not total(counts):
        return Failure.NOBODY
    return Failure.REFUSED if counts["failed"] else None


def total(counts: Mapping[str, int]) -> int:
    return sum(counts[name] for name in ("pending", "sent", "failed", "cancelled", "skipped", "unknown"))
