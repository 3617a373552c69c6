"""When a message may be sent: the examples as agreed, all zones, and the days on which clocks change."""

from datetime import UTC, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kalit.campaigns.planning import Window, open_at, planned

ZONES = sorted(available_timezones())
MINUTE, SECOND, DAY = timedelta(minutes=1), timedelta(seconds=1), timedelta(days=1)
DAY_SHIFT = Window(time(9), time(17))
OFFICE = Window(time(9), time(18))
NIGHT = Window(time(22), time(2))
NEWSLETTER = Window(time(0), time(23, 59, 59))


def moment(text: str) -> datetime:
    """`01-31 09:00` or with a year before it, in UTC; 2026 otherwise."""
    return datetime.fromisoformat(text if len(text) > 14 else f"2026-{text}").replace(tzinfo=UTC)


def found(window: Window, zone: str, start: str, end: str, at: str) -> str | None:
    """The planned time as a whole, or None."""
    when = planned(window, ZoneInfo(zone), moment(start), moment(end), moment(at))
    return f"{when:%m-%d %H:%M}" if when else None


@pytest.mark.parametrize(
    ("at", "start", "end", "window", "zone", "expected"),
    [
        ("01-01 00:00", "01-01 05:00", "01-01 23:00", DAY_SHIFT, "Europe/Moscow", "01-01 06:00"),
        ("01-01 07:30", "01-01 05:00", "01-01 23:00", DAY_SHIFT, "Europe/Moscow", "01-01 07:30"),
        ("01-01 00:00", "01-01 18:00", "01-02 18:00", DAY_SHIFT, "Europe/Moscow", "01-02 06:00"),
        ("01-01 00:00", "01-01 18:00", "01-01 20:00", DAY_SHIFT, "Europe/Moscow", None),
        ("01-01 00:00", "01-01 10:00", "01-01 12:00", OFFICE, "UTC", "01-01 10:00"),
        ("01-01 00:00", "01-01 10:00", "01-01 12:00", OFFICE, "Asia/Tashkent", "01-01 10:00"),
        ("01-01 00:00", "01-01 10:00", "01-01 12:00", OFFICE, "America/New_York", None),
        ("01-01 00:00", "01-01 10:00", "01-01 20:00", OFFICE, "America/New_York", "01-01 14:00"),
        ("01-01 12:00:00", "01-01 10:00", "01-01 12:00", OFFICE, "UTC", "01-01 12:00"),
        ("01-01 12:00:01", "01-01 10:00", "01-01 12:00", OFFICE, "UTC", None),
        ("01-01 23:30", "01-01 10:00", "01-03 00:00", NIGHT, "UTC", "01-01 23:30"),
        ("01-02 00:30", "01-01 10:00", "01-03 00:00", NIGHT, "UTC", "01-02 00:30"),
        ("01-02 02:00", "01-01 10:00", "01-03 00:00", NIGHT, "UTC", "01-02 02:00"),
        ("01-02 02:00:01", "01-01 10:00", "01-03 00:00", NIGHT, "UTC", "01-02 22:00"),
        ("01-01 17:00:00", "01-01 10:00", "01-03 00:00", DAY_SHIFT, "UTC", "01-01 17:00"),
        ("01-01 17:00:01", "01-01 10:00", "01-03 00:00", DAY_SHIFT, "UTC", "01-02 09:00"),
        ("01-01 17:00:01", "01-01 10:00", "01-02 09:00", DAY_SHIFT, "UTC", "01-02 09:00"),
        ("01-01 17:00:01", "01-01 10:00", "01-02 08:59:59", DAY_SHIFT, "UTC", None),
        ("01-01 10:00", "01-01 10:00", "01-09 00:00", Window(time(9), time(9)), "UTC", "01-02 09:00"),
    ],
)
def test_a_message_is_planned_for_the_first_moment_that_is_allowed(
    at: str, start: str, end: str, window: Window, zone: str, expected: str | None
) -> None:
    assert found(window, zone, start, end, at) == expected


@pytest.mark.parametrize(
    ("at", "window", "expected"),
    [
        # The clock goes from 02:00 to 03:00 at 01:00 UTC.
        ("2030-03-30 12:00", Window(time(2, 30), time(5)), "03-31 01:30"),
        ("2030-03-31 01:10", Window(time(2, 30), time(5)), "03-31 01:30"),
        ("2030-03-31 01:10", Window(time(1), time(2, 30)), "03-31 23:00"),
        ("2030-03-31 00:59:59", Window(time(1), time(2, 30)), "03-31 00:59"),
        ("2030-03-31 00:30", Window(time(2, 10), time(2, 50)), "04-01 00:10"),
        ("2030-03-31 00:30", Window(time(22), time(2, 30)), "03-31 00:30"),
        ("2030-03-31 01:00", Window(time(22), time(2, 30)), "03-31 20:00"),
        # The clock goes from 03:00 back to 02:00 at 01:00 UTC.
        ("2030-10-26 12:00", Window(time(2, 30), time(5)), "10-27 00:30"),
        ("2030-10-27 01:10", Window(time(2, 30), time(5)), "10-27 01:30"),
        ("2030-10-27 00:45", Window(time(1), time(2, 30)), "10-27 01:00"),
        ("2030-10-27 01:30", Window(time(1), time(2, 30)), "10-27 01:30"),
        ("2030-10-27 01:30:01", Window(time(1), time(2, 30)), "10-28 00:00"),
        ("2030-10-27 00:21", Window(time(2, 10), time(2, 20)), "10-27 01:10"),
        ("2030-10-27 00:35", Window(time(2, 40), time(2, 30)), "10-27 00:40"),
    ],
)
def test_where_clocks_change_the_wall_decides(at: str, window: Window, expected: str) -> None:
    when = planned(window, ZoneInfo("Europe/Berlin"), moment(at), moment("2030-12-31 00:00"), moment(at))
    assert f"{when:%m-%d %H:%M}" == expected


def test_a_day_that_a_zone_leaves_out_has_no_window() -> None:
    at = moment("2011-12-30 08:00")  # the 29th in Samoa; the 31st comes next
    when = planned(DAY_SHIFT, ZoneInfo("Pacific/Apia"), at, at + 9 * DAY, at)
    assert when == moment("2011-12-30 19:00")


def test_a_whole_day_has_no_gap_before_midnight() -> None:
    at = moment("01-01 23:59:59") + timedelta(milliseconds=700)
    assert open_at(NEWSLETTER, ZoneInfo("UTC"), at)
    assert planned(NEWSLETTER, ZoneInfo("UTC"), at, at + DAY, at) == at


def test_what_is_planned_is_said_in_utc_to_the_microsecond() -> None:
    at = moment("01-01 10:00") + timedelta(microseconds=7)
    when = planned(OFFICE, ZoneInfo("UTC"), at.astimezone(ZoneInfo("Asia/Tokyo")), at + DAY, at - DAY)
    assert when == at
    assert when.tzinfo is UTC


# What follows compares with a slow way to say the same: minute by minute, and from the list of a zone's changes.


@cache
def changes(name: str) -> list[tuple[datetime, datetime, timedelta]]:
    """When a zone's clocks are changed in two years: the moment, what the wall shows then, how far it jumps."""
    zone, found, day = ZoneInfo(name), [], moment("2026-01-01 00:00")
    while day.year < 2028:
        before, after = (when.astimezone(zone).replace(tzinfo=None) for when in (day, day + DAY))
        if forward := after - before - DAY:
            minutes = (number * MINUTE for number in range(1, 1441))
            passed = next(at for at in minutes if wall(day + at, name) - before != at)
            found.append((day + passed, before + passed, forward))
        day += DAY
    return found


def wall(at: datetime, name: str) -> datetime:
    return at.astimezone(ZoneInfo(name)).replace(tzinfo=None)


def allowed(window: Window, name: str, at: datetime) -> bool:
    """Whether the window of the day, or of the day before, is open."""
    shown = wall(at, name)
    for day in (shown.date(), shown.date() - DAY):
        opens = datetime.combine(day, window.start)
        closes = datetime.combine(day + DAY * (window.end < window.start), window.end)
        late = next((by for _, last, by in changes(name) if last <= opens < last + by), timedelta(0))
        if opens + late <= shown <= closes:
            return True
    return False


def slowly(window: Window, name: str, begin: datetime, end: datetime, step: timedelta) -> datetime | None:
    while begin <= end:
        if allowed(window, name, begin):
            return begin
        begin += step
    return None


@pytest.mark.parametrize("window", [Window(time(2, 30), time(5)), Window(time(23), time(0, 30)), OFFICE], ids=str)
def test_the_first_moment_is_found_around_every_change_of_every_zone(window: Window) -> None:
    step = 5 * MINUTE
    for name in ZONES:
        for changed, _, _ in changes(name):
            for hours in (-3, 0):
                begin = changed + timedelta(hours=hours)
                when = planned(window, ZoneInfo(name), begin, begin + DAY, begin)
                assert when == slowly(window, name, begin, begin + DAY, step), (name, begin)


MINUTES = st.integers(0, 1439).map(lambda number: time(number // 60, number % 60))


@st.composite
def campaigns(draw: st.DrawFn) -> tuple[str, datetime, datetime]:
    """A zone, and a campaign's start and end in whole minutes: on any day, or when the zone's clocks are changed."""
    name = draw(st.sampled_from(ZONES))
    around = draw(st.sampled_from([moment("2026-05-05 00:00"), *(changed for changed, _, _ in changes(name))]))
    begin = around + draw(st.integers(-1500, 1500)) * MINUTE
    return name, begin, begin + draw(st.integers(0, 3000)) * MINUTE


@settings(max_examples=300)
@given(campaigns(), st.builds(Window, MINUTES, MINUTES))
def test_what_is_planned_is_the_first_moment_inside_the_window_and_the_campaign(
    campaign: tuple[str, datetime, datetime], window: Window
) -> None:
    name, begin, end = campaign
    assert planned(window, ZoneInfo(name), begin, end, begin) == slowly(window, name, begin, end, MINUTE)


@settings(max_examples=300)
@given(campaigns(), st.builds(Window, MINUTES, MINUTES), st.integers(0, 59), st.integers(-90, 90))
def test_what_is_planned_lies_inside_and_no_second_before_does(
    campaign: tuple[str, datetime, datetime], window: Window, seconds: int, waited: int
) -> None:
    name, start, end = campaign
    zone, begin = ZoneInfo(name), start + seconds * SECOND
    at = begin + waited * MINUTE
    when = planned(window, zone, begin, end, at)
    if when is None:
        assert begin > end or at > end or not open_at(window, zone, end)
    else:
        assert max(begin, at) <= when <= end
        assert open_at(window, zone, when)
        assert allowed(window, name, when)
        assert when == max(begin, at) or not open_at(window, zone, when - SECOND)
