"""Schedules: something to be done on a day, or again and again by an expression."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from kalit.kit.clock import wire
from kalit.kit.errors import NotFound
from kalit.kit.fields import Input, Instant, Moment, Output, said
from kalit.kit.pages import PageQuery
from kalit.kit.words import Text
from kalit.kit.zones import TASHKENT, ZoneName

from . import timing
from .timing import Missed

ALWAYS = "0"  # due whatever the time: before every time as text
LEASE = timedelta(minutes=30)  # until a run that nobody heard of again is made once more
LONGEST_DESCRIPTION = 2_000  # characters
NAMES = {None: "new", False: "rerun", True: "processed"}  # what a status is called in counts and keys


BAD_DAY = Text(
    "Date has wrong format. Use this format instead: YYYY-MM-DD.",
    ru="Неправильный формат даты. Используйте: YYYY-MM-DD.",
    uz="Sana shakli notoʻgʻri. Namuna: YYYY-MM-DD.",
)
A_DAY = datetime(2026, 1, 1, tzinfo=UTC)  # any, to see whether an expression ever comes


class ScheduleNotFound(NotFound):
    """Schedule not found."""

    ru = "Расписание не найдено."
    uz = "Jadval topilmadi."


class NewSchedule(Input):
    """A schedule as it is asked for. Without an expression it runs once, on its date's day (UTC)."""

    date: Instant | None = Field(
        None, description="Left out, the time of asking.", examples=["2026-12-01T09:00:00Z", "2026-12-01T09:00:00Z"]
    )
    status: bool | None = Field(
        None, description="null: new; false: to be run again, whatever the date; true: processed.", examples=[None]
    )
    description: Annotated[str, Field(max_length=LONGEST_DESCRIPTION)] | None = Field(
        None, examples=["Ask the couriers", "Every working day at nine"]
    )
    zone: ZoneName = Field(TASHKENT, description="The IANA zone of a cron expression.", examples=[TASHKENT])
    expression: Annotated[str, Field(max_length=timing.LONGEST)] | None = Field(
        None, description="cron or rate; the schedule then runs again and again.", examples=[None, "0 9 * * MON-FRI"]
    )
    missed: Missed = Field(
        Missed.ONCE, description="What becomes of runs that were missed: skip, or once for all.", examples=["once"]
    )

    @field_validator("expression")
    @classmethod
    def _comes(cls, expression: str | None, told: ValidationInfo) -> str | None:
        if expression:
            timing.next_run(expression, told.data.get("zone", TASHKENT), A_DAY, A_DAY)
        return expression or None


class ScheduleChange(NewSchedule):
    """What is to be different; what is left out stays."""


class Schedule(Output):
    """A schedule as its staff see it."""

    id: int
    guid: UUID
    created_time: Moment
    updated_time: Moment
    date: Moment
    status: bool | None
    description: str | None
    expression: str | None
    zone: str
    missed: Missed
    next_run: Moment | None = Field(description="Of one with an expression.")


def _day(text: str) -> str:
    if text:
        try:
            return f"{datetime.strptime(text, '%Y-%m-%d').replace(tzinfo=UTC):%Y-%m-%d}"
        except ValueError:
            raise said(BAD_DAY) from None
    return text


class ListSchedules(PageQuery):
    status: Literal["null", "false", "true", ""] = Field("", examples=["null"])
    date: Annotated[str, AfterValidator(_day)] = Field("", description="A day in UTC.", examples=["2026-12-01"])
    search: str = Field("", max_length=200, description="An id, or a part of the description.", examples=["couriers"])


def made(new: NewSchedule, id: int, guid: UUID, at: datetime) -> Schedule:
    """A new schedule."""
    told = new.model_dump() | {"date": new.date or at}
    return _timed(Schedule(id=id, guid=guid, created_time=at, updated_time=at, next_run=None, **told), at)


def changed(schedule: Schedule, change: ScheduleChange, at: datetime) -> Schedule:
    """The schedule with what a change says; its next run is reckoned anew where the change concerns it."""
    told = change.model_dump(exclude_unset=True)
    if told.get("date", at) is None:
        told["date"] = at
    new = schedule.model_copy(update={**told, "updated_time": at})
    return _timed(new, at) if told.keys() & {"expression", "zone", "date"} else new


def run(schedule: Schedule, at: datetime) -> Schedule:
    """A schedule with an expression after its run that is due at `at`: those missed before are made up for by it."""
    return _timed(schedule, at)


def is_made(schedule: Schedule, at: datetime) -> bool:
    """Whether the run that was due, or one that came after it, is made at `at`; or they are all missed for good."""
    if schedule.next_run is None or schedule.missed is Missed.ONCE:
        return schedule.next_run is not None
    in_time = max(schedule.next_run, at - timing.GRACE) - timedelta(microseconds=1)
    return timing.next_run(schedule.expression or "", schedule.zone, schedule.date, in_time) <= at


def _timed(schedule: Schedule, at: datetime) -> Schedule:
    coming = None
    if schedule.expression:
        # A date to come is the beginning; an expression's runs before it are not wanted.
        after = max(at, schedule.date - timedelta(microseconds=1))
        coming = timing.next_run(schedule.expression, schedule.zone, schedule.date, after)
    return schedule.model_copy(update={"next_run": coming})


def processed(schedule: Schedule, at: datetime) -> Schedule:
    """A schedule that was run. One that runs again and again keeps the description by which its staff know it."""
    told = {} if schedule.expression else {"description": f"This is a description: {schedule.id}"}
    return schedule.model_copy(update={"status": True, "updated_time": at, **told})


def due_at(schedule: Schedule) -> tuple[str, str] | None:
    """In which of the runner's lists a schedule waits, and until when; None where nothing is to be run."""
    if schedule.status is False:
        return "DATED", ALWAYS
    if schedule.next_run:
        return "RECURRING", wire(schedule.next_run)
    if schedule.status is None:
        return "DATED", wire(schedule.date.replace(hour=0, minute=0, second=0, microsecond=0))
    return None
