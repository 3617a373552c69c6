"""When a code opens: from when until when, how often, and on which days and hours where the lock is."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, PlainSerializer, model_validator

from kalit.kit.errors import ParseError
from kalit.kit.fields import Input, Instant, Whole, said
from kalit.kit.request import read_json
from kalit.kit.words import Text
from kalit.kit.zones import zone

MOST_USAGE = 1_000_000_000

BAD_TIME = Text(
    "Time has wrong format. Use one of these formats instead: hh:mm[:ss].",
    ru="Неправильный формат времени. Используйте: hh:mm[:ss].",
    uz="Vaqt shakli notoʻgʻri. Namuna: hh:mm[:ss].",
)
NO_HOURS = Text(
    "The hours must have a start and an end that differ.",
    ru="Начало и конец часов доступа должны различаться.",
    uz="Ruxsat soatlarining boshi va oxiri har xil boʻlishi kerak.",
)
ENDS_BEFORE = Text(
    "valid_until must be after valid_from.",
    ru="valid_until должно быть позже valid_from.",
    uz="valid_until valid_from dan keyin boʻlishi kerak.",
)


class Day(StrEnum):
    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


WEEK = tuple(Day)


class Refusal(StrEnum):
    """Why a code that there is does not open now."""

    NOT_YET = "not yet valid"
    EXPIRED = "expired"
    USED_UP = "max usage reached"
    WRONG_TIME = "not allowed at this time"


def _time(value: Any) -> time:
    try:
        if not isinstance(value, str):
            return time.fromisoformat(value.isoformat())
        text = value.strip()
        if not re.fullmatch(r"\d\d:\d\d(:\d\d)?", text, re.ASCII):
            raise ValueError  # ISO 8601 has more shapes, by which 18.30 is six o'clock
        return time.fromisoformat(text)
    except (ValueError, AttributeError):
        raise said(BAD_TIME) from None


TimeOfDay = Annotated[time, BeforeValidator(_time), PlainSerializer(lambda at: f"{at:%H:%M:%S}", return_type=str)]


class Hours(BaseModel):
    """From a time of day to another, which is the next day's where it is the earlier one."""

    start: TimeOfDay = Field(examples=["09:00"])
    end: TimeOfDay = Field(examples=["18:00"])

    @model_validator(mode="after")
    def _some(self) -> Self:
        if self.start == self.end:
            raise said(NO_HOURS)
        return self


def _listed(value: Any) -> Any:
    """A form says days as JSON, or with commas between; null is none."""
    if isinstance(value, str):
        return _json(value) if value.strip().startswith("[") else [day for day in value.split(",") if day.strip()]
    return value or []


def _object(value: Any) -> Any:
    """A form says hours as JSON; what is empty is none."""
    return (_json(value) if isinstance(value, str) and value.strip() else value) or None


def _json(text: str) -> Any:
    try:
        return read_json(text)
    except ParseError:
        return text


def _day(value: Any) -> Any:
    return value.strip().lower() if isinstance(value, str) else value


def _given(value: Any) -> Any:
    """What is left empty is left out."""
    return None if isinstance(value, str) and not value.strip() else value


Days = Annotated[
    list[Annotated[Day, BeforeValidator(_day)]],
    Field(max_length=50),
    BeforeValidator(_listed),
    AfterValidator(lambda days: [day for day in WEEK if day in days]),
]
AnyHours = Annotated[Hours | None, BeforeValidator(_object)]
Usage = Annotated[Whole, Field(ge=1, le=MOST_USAGE)]


class Terms(Input):
    """When a code is to open."""

    valid_from: Annotated[Instant | None, BeforeValidator(_given)] = Field(
        None, description="From now on, when left out.", examples=["2026-11-21T09:00:00Z"]
    )
    valid_until: Annotated[Instant | None, BeforeValidator(_given)] = Field(
        None, description="For good, when left out.", examples=["2027-01-01T00:00:00Z"]
    )
    max_usage: Annotated[Usage | None, BeforeValidator(_given)] = Field(
        None, description="How often it opens.", examples=[5]
    )
    allowed_days: Days = Field(
        [], description="Where the lock is; every day when left out.", examples=[["mon", "tue", "wed"]]
    )
    allowed_hours: AnyHours = Field(
        None,
        description="Where the lock is. An end before the start is the next day's.",
        examples=[{"start": "09:00", "end": "18:00"}],
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        check_order(self.valid_from, self.valid_until)
        return self


@dataclass(frozen=True)
class Window:
    """What decides whether a code opens."""

    valid_from: datetime
    valid_until: datetime | None = None
    usage_count: int = 0
    max_usage: int | None = None
    days: Collection[Day] = ()
    hours: Hours | None = None

    def is_over(self, at: datetime) -> bool:
        return self.valid_until is not None and at >= self.valid_until

    def is_spent(self, at: datetime) -> bool:
        """Whether it opens never more."""
        return self.is_over(at) or (self.max_usage is not None and self.usage_count >= self.max_usage)

    def refusal(self, at: datetime, place: str) -> Refusal | None:
        """Why it does not open at this time in the zone `place`; None when it does."""
        if at < self.valid_from:
            return Refusal.NOT_YET
        if self.is_over(at):
            return Refusal.EXPIRED
        if self.max_usage is not None and self.usage_count >= self.max_usage:
            return Refusal.USED_UP
        return None if self._allows(at.astimezone(zone(place))) else Refusal.WRONG_TIME

    def _allows(self, local: datetime) -> bool:
        today, yesterday = WEEK[local.weekday()], WEEK[(local - timedelta(days=1)).weekday()]
        on = set(self.days or WEEK)
        if self.hours is None:
            return today in on
        start, end, now = self.hours.start, self.hours.end, local.time()
        if start < end:
            return today in on and start <= now < end
        # A night belongs to the day on which it begins.
        return (today in on and now >= start) or (yesterday in on and now < end)


def check_order(begin: datetime | None, end: datetime | None) -> None:
    """Raises pydantic's error of `ENDS_BEFORE`."""
    if begin and end and end <= begin:
        raise said(ENDS_BEFORE)
