"""What a sender does with each message of a slot: send it now, move it to when it may be sent, or leave it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from .campaigns import Plan
from .messages import Reason, State
from .planning import Window, planned
from .runs import JITTER, RETRIES

HANDFUL = 99  # messages that one transaction settles, beside their counts
LEASE = timedelta(seconds=30)  # that a sender may hold a message
# Of it, in which the provider is called: who waits for the end of a sending waits no longer.
BEGUN = timedelta(seconds=10)
LINK = "{opt_out}"  # what a text has where the link goes by which one opts out


class Act(StrEnum):
    SEND = "send"
    MOVE = "move"
    SKIP = "skip"


@dataclass(frozen=True)
class Decision:
    act: Act
    at: datetime | None = None  # to when it is moved


class Verdict(StrEnum):
    """What the provider made of a message."""

    TAKEN = "taken"
    REFUSED = "refused"
    UNANSWERED = "unanswered"


@dataclass(frozen=True)
class Outcome:
    """What becomes of a claimed message. `again`: it is tried once more, later."""

    state: State
    reason: Reason | None = None
    again: bool = False


GIVEN_BACK = Outcome(State.PENDING)
OPTED_OUT = Outcome(State.SKIPPED, Reason.OPTED_OUT)
CLOSED = Outcome(State.SKIPPED, Reason.WINDOW_CLOSED)
CALLED_OFF = Outcome(State.CANCELLED)
LOST = Outcome(State.UNKNOWN)


def decide(plan: Plan, zone: str, at: datetime) -> Decision:
    """For a client in a zone at a time. Whoever comes late does not send at night, or after the campaign's end."""
    window = Window(plan.time_interval_start, plan.time_interval_end)
    when = planned(window, ZoneInfo(zone), plan.start_datetime, plan.end_datetime, at)
    if when is None:
        return Decision(Act.SKIP)
    return Decision(Act.SEND) if when <= at else Decision(Act.MOVE, when)


def outcome(verdict: Verdict, attempt: int) -> Outcome:
    """What a verdict at the n-th attempt comes to: what was refused is tried again, until it was refused too often."""
    if verdict is Verdict.TAKEN:
        return Outcome(State.SENT)
    if verdict is Verdict.UNANSWERED:
        return LOST
    return Outcome(State.FAILED) if attempt > len(RETRIES) else Outcome(State.PENDING, again=True)


def retry_at(attempt: int, at: datetime, jitter: float) -> datetime:
    """When a message is tried again whose n-th attempt was refused; `jitter` from 0 to 1 spreads them."""
    return at + RETRIES[attempt - 1] * (1 + JITTER * jitter)
