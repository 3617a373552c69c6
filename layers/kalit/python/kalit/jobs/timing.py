"""When a schedule runs: cron and rate expressions in a zone, and what becomes of a run that was missed.

    */15 9-17 * * MON-FRI    cron as crontab(5) has it: minute, hour, day of month, month, day of week
    cron(0/15 9 ? * 2-6 *)   cron as EventBridge has it: `?` for any day, weekdays from 1 (Sunday), the year last
    rate(5 minutes)          so long after the schedule's date, and again and again

Where clocks go forward, a run of the hour that is left out comes right after it; where they go back, a run of the hour
that comes twice is made once. Runs of every minute or every hour follow real time (as Debian's cron, which cronsim
mimics).
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import count

from kalit.kit.fields import said
from kalit.kit.words import Text
from kalit.kit.zones import zone

LONGEST = 100  # characters of an expression
GRACE = timedelta(minutes=5)  # how late a run may begin and still be in time

BAD_EXPRESSION = Text(
    "Neither cron nor rate: {why}. Such as: 0 9 * * MON-FRI, cron(0 9 ? * MON-FRI *), rate(5 minutes).",
    ru="Это не cron и не rate: {why}. Например: 0 9 * * MON-FRI, cron(0 9 ? * MON-FRI *), rate(5 minutes).",
    uz="Bu cron ham, rate ham emas: {why}. Masalan: 0 9 * * MON-FRI, cron(0 9 ? * MON-FRI *), rate(5 minutes).",
)
UNITS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}


class Missed(StrEnum):
    """What becomes of runs whose time went by unnoticed."""

    SKIP = "skip"
    ONCE = "once"  # one run makes up for all of them


def runs(expression: str, name: str, begun: datetime, after: datetime) -> Iterator[datetime]:
    """The times of an expression's runs later than `after`, in UTC; those of a rate are counted from `begun`.

    `name` is a zone's. Raises pydantic's error of `BAD_EXPRESSION` or `BAD_ZONE`; ends after fifty years without a run.
    """
    from cronsim import CronSim, CronSimError  # most doors of jobs only tell what runs, or never ask

    place = zone(name)
    if rate := re.fullmatch(r"rate\((\d{1,5}) (minute|hour|day)s?\)", expression.strip()):
        every = int(rate[1]) * UNITS[rate[2]]
        if not every:
            raise said(BAD_EXPRESSION, why="a rate of nothing")
        first = max(0, (after - begun) // every + 1)
        return _while_days_last(begun + number * every for number in count(first))
    try:
        cron = CronSim(_crontab(expression.strip()), after.astimezone(place))
    except CronSimError as error:
        raise said(BAD_EXPRESSION, why=str(error)) from None
    # Within an hour that comes twice, the simulation begins with the runs of the first.
    return _while_days_last(at.astimezone(UTC) for at in cron if at.astimezone(UTC) > after)


def next_run(expression: str, zone: str, begun: datetime, after: datetime) -> datetime:
    """The first run later than `after`. Raises as `runs`, also where there is none."""
    try:
        return next(runs(expression, zone, begun, after))
    except StopIteration:
        raise said(BAD_EXPRESSION, why="it never comes") from None


def _while_days_last(times: Iterator[datetime]) -> Iterator[datetime]:
    """These times, up to the end of the calendar in the year 9999."""
    with suppress(OverflowError):
        yield from times


def _crontab(expression: str) -> str:
    """An expression of either kind as crontab(5) writes it."""
    theirs = re.fullmatch(r"cron\((.*)\)", expression)
    fields = (theirs[1] if theirs else expression).split()
    if theirs and len(fields) == 6:
        *fields, year = fields
        if year != "*":
            raise said(BAD_EXPRESSION, why="the year must be *")
        # `?` says that the other of the two days decides, which a star says in crontab.
        fields = [field.replace("?", "*") for field in fields]
        # A step from a day on ends with the week, on Saturday.
        fields[4] = re.sub(r"(?<![\w-])(\w+)/", r"\1-SAT/", fields[4])
        fields[4] = re.sub(r"(?<![#/\d])[1-7](?!\d)", lambda day: str(int(day[0]) - 1), fields[4])
    if len(fields) != 5:
        raise said(BAD_EXPRESSION, why="it takes five fields, and six in cron(…)")
    return " ".join(fields)
