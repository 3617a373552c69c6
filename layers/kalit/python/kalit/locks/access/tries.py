"""The record of every try at a door, good or bad, as it is kept and listed."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, Field

from kalit.kit import clock
from kalit.kit.fields import Instant, Moment, Output
from kalit.kit.v1 import PagedQuery

from ..devices import EXAMPLE_ID
from ..history import LogEvent
from .validity import Refusal

RECENT = timedelta(days=1)
LISTED = timedelta(days=30)  # where no beginning is asked for


UNKNOWN = "unknown"
LOOKED_AT = (UNKNOWN, *Refusal)  # the reasons of codes that were looked at, and did not open


@dataclass(frozen=True)
class Try:
    """What somebody tried. `attempted` is masked; `code` and what follows are known where it was one of ours."""

    method: str
    event_type: LogEvent
    attempted: str
    success: bool
    reason: str = ""
    ip_address: str = ""
    code: UUID | None = None
    name: str = ""
    user: UUID | None = None


def _day(value: Any) -> Any:
    """A bare date as the moment at which it begins, in UTC."""
    if isinstance(value, str) and len(value) == len("2026-11-21"):
        try:
            return datetime.combine(date.fromisoformat(value), time(), UTC)
        except ValueError:
            return value
    return value


def _end_of_day(value: Any) -> Any:
    begin = _day(value)
    try:
        return begin if begin is value else begin + timedelta(days=1) - timedelta(milliseconds=1)
    except OverflowError:  # the last day that there is
        return value


class ListRecent(PagedQuery):
    device: UUID | None = Field(None, description="Tries at this lock only.", examples=[EXAMPLE_ID])

    def span(self, at: datetime) -> tuple[str, str]:
        """From when until when, as keys have it."""
        return clock.wire(at - RECENT), clock.wire(at)


class ListTries(PagedQuery):
    device: UUID | None = Field(None, description="Tries at this lock only.", examples=[EXAMPLE_ID])
    start_date: Annotated[Instant, BeforeValidator(_day)] | None = Field(
        None, description="A day (UTC) or a moment; thirty days back when left out.", examples=["2026-11-01"]
    )
    end_date: Annotated[Instant, BeforeValidator(_end_of_day)] | None = Field(
        None, description="A day (UTC), that one with it, or a moment.", examples=["2026-11-21"]
    )

    def span(self, at: datetime) -> tuple[str, str]:
        """From when until when, as keys have it."""
        end = self.end_date or at
        begin = self.start_date or end - LISTED
        return clock.wire(begin), clock.wire(end)


class Tried(Output):
    """A try at a door."""

    id: UUID = Field(examples=[EXAMPLE_ID])
    device: UUID = Field(examples=[EXAMPLE_ID])
    device_name: str = Field(examples=["Front door"])
    method: str = Field(examples=["pin"])
    event_type: LogEvent = Field(examples=[LogEvent.UNLOCK_PIN])
    attempted: str = Field(description="Masked.", examples=["****"])
    success: bool = Field(examples=[True])
    reason: str = Field(description="Why it stayed shut.", examples=[""])
    code: UUID | None = Field(description="The PIN, card or QR code, where it was one.", examples=[EXAMPLE_ID])
    name: str = Field(examples=["Cleaner"])
    user: UUID | None = Field(description="Whose it is.", examples=[EXAMPLE_ID])
    ip_address: str = Field(examples=["203.0.113.7"])
    created_at: Moment = Field(examples=["2026-11-21T08:59:00.000Z"])
