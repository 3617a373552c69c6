"""When a message may reach a client: the first moment of a campaign inside a daily window of the client's zone.

A window opens and closes by the clock on the client's wall, both ends included. Where clocks change:

* An opening that the clock skips comes as much later as the clock was put forward: 02:30 becomes 03:30.
* What the clock skips of a window is lost: it never stays open beyond the end that the wall shows.
* An hour that comes twice is open both times, as far as the window reaches.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
LAST_SECOND = time(23, 59, 59)


@dataclass(frozen=True)
class Window:
    """From a time of day to another, which is the next day's where it is the earlier one."""

    start: time
    end: time

    def on(self, day: date) -> tuple[datetime, datetime]:
        """When the window of that day opens and closes, as clocks on the wall show it."""
        last = day + DAY if self.end < self.start else day
        # 00:00:00-23:59:59 is meant to be the whole day, without a gap of a second before midnight.
        end = time.max if self.end == LAST_SECOND else self.end
        return datetime.combine(day, self.start), datetime.combine(last, end)


def planned(window: Window, zone: ZoneInfo, start: datetime, end: datetime, at: datetime) -> datetime | None:
    """The first moment from `at` on, in UTC, inside the window in that zone and inside the campaign, `end` included.

    None where there is none. All times are aware.
    """
    begin = max(start, at).astimezone(UTC)
    if begin > end:
        return None
    if open_at(window, zone, begin):
        return begin
    day = begin.astimezone(zone).date() - DAY
    while _utc(window.on(day)[0], zone) <= end:
        # Where an hour comes twice, a window may open again when the next day's has opened before.
        openings = (*_openings(window, zone, day), *_openings(window, zone, day + DAY))
        found = [moment for moment in openings if begin < moment <= end and open_at(window, zone, moment)]
        if found:
            return min(found)
        day += DAY
    return None


def open_at(window: Window, zone: ZoneInfo, at: datetime) -> bool:
    """Whether the window is open at that moment in that zone."""
    wall = at.astimezone(zone).replace(tzinfo=None)
    for day in (wall.date(), wall.date() - DAY):
        opens, closes = window.on(day)
        if opens <= wall <= closes and _utc(opens, zone) <= at:
            return True
    return False


def _openings(window: Window, zone: ZoneInfo, day: date) -> Iterator[datetime]:
    """The moments at which the window of that day may open, in UTC."""
    opens, closes = window.on(day)
    yield _utc(opens, zone)
    yield _utc(opens.replace(fold=1), zone)
    first, second = _utc(closes, zone), _utc(closes.replace(fold=1), zone)
    if first < second:  # the end comes twice: behind the first, the clock is put back into the window
        yield _put_back(zone, first, second)


def _put_back(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """When, between these moments, clocks were changed. Changes are at whole seconds."""
    old = before.astimezone(zone).utcoffset()
    low, high = 0, round((after - before) / SECOND)
    while high - low > 1:
        middle = (low + high) // 2
        if (before + middle * SECOND).astimezone(zone).utcoffset() == old:
            low = middle
        else:
            high = middle
    return (before + high * SECOND).replace(microsecond=0)


def _utc(wall: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which the wall shows this; what it skips, as if the clock had not been changed yet (PEP 495)."""
    return wall.replace(tzinfo=zone).astimezone(UTC)
