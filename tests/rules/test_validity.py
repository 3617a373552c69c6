"""When a code opens: its window, its count, and the days and hours of where the lock is."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kalit.locks.access.validity import MOST_USAGE, WEEK, Day, Hours, Refusal, Terms, Window

from .refusals import refusal

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)  # a Monday
SECOND = timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)
TASHKENT, BERLIN = "Asia/Tashkent", "Europe/Berlin"
NO_HOURS = "The hours must have a start and an end that differ."
ENDS_BEFORE = "valid_until must be after valid_from."
BAD_TIME = "Time has wrong format. Use one of these formats instead: hh:mm[:ss]."


def hours(start: str, end: str) -> Hours:
    return Hours.model_validate({"start": start, "end": end})


def window(**told: Any) -> Window:
    return Window(**{"valid_from": NOON - timedelta(days=9000), **told})


def at(text: str, place: str = "UTC", fold: int = 0) -> datetime:
    """A moment by the clock on the wall of a place."""
    local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(place), fold=fold)
    return local.astimezone(UTC)


def opens(told: Window, moment: datetime, place: str = "UTC") -> bool:
    return told.refusal(moment, place) is None


# From when until when, and how often


@pytest.mark.parametrize(
    ("off", "refused"),
    [
        (-MICROSECOND, Refusal.NOT_YET),
        (timedelta(0), None),
        (timedelta(hours=1) - MICROSECOND, None),
        (timedelta(hours=1), Refusal.EXPIRED),
        (timedelta(days=1), Refusal.EXPIRED),
    ],
)
def test_it_opens_from_its_first_moment_until_just_before_its_last(off: timedelta, refused: Refusal | None) -> None:
    assert Window(NOON, NOON + timedelta(hours=1)).refusal(NOON + off, TASHKENT) is refused


def test_without_an_end_it_opens_for_good() -> None:
    told = Window(NOON)
    assert opens(told, datetime(8999, 1, 1, tzinfo=UTC))
    assert not told.is_over(datetime(8999, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(("used", "most", "opened"), [(0, 1, True), (1, 1, False), (4, 5, True), (5, 5, False)])
def test_it_opens_as_often_as_it_may(used: int, most: int, opened: bool) -> None:
    told = window(usage_count=used, max_usage=most)
    assert told.refusal(NOON, TASHKENT) is (None if opened else Refusal.USED_UP)


def test_it_opens_as_often_as_one_likes_where_nothing_is_said() -> None:
    assert opens(window(usage_count=MOST_USAGE), NOON)


def test_of_several_reasons_the_first_is_told() -> None:
    """Time, then use, then days and hours."""
    told = {"usage_count": 1, "max_usage": 1, "days": [Day.TUE]}
    assert Window(NOON + SECOND, **told).refusal(NOON, "UTC") is Refusal.NOT_YET
    assert Window(NOON - SECOND, NOON, **told).refusal(NOON, "UTC") is Refusal.EXPIRED
    assert Window(NOON, **told).refusal(NOON, "UTC") is Refusal.USED_UP
    assert Window(NOON, **told | {"max_usage": 2}).refusal(NOON, "UTC") is Refusal.WRONG_TIME


# Days and hours


@pytest.mark.parametrize("number", range(7))
def test_each_day_is_its_own(number: int) -> None:
    moment = NOON + timedelta(days=number)
    assert [day for day in Day if opens(window(days=[day]), moment)] == [WEEK[number]]


def test_every_day_is_as_good_as_none() -> None:
    assert all(opens(window(days=days), NOON + timedelta(days=n)) for days in ((), WEEK) for n in range(7))


@pytest.mark.parametrize(
    ("moment", "opened"),
    [
        ("2026-01-05T08:59:59.999999", False),
        ("2026-01-05T09:00:00", True),
        ("2026-01-05T17:59:59.999999", True),
        ("2026-01-05T18:00:00", False),
        ("2026-01-05T00:00:00", False),
        ("2026-01-05T23:59:59", False),
    ],
)
def test_hours_begin_with_their_start_and_end_before_their_end(moment: str, opened: bool) -> None:
    assert opens(window(hours=hours("09:00", "18:00")), at(moment)) is opened


@pytest.mark.parametrize(
    ("moment", "opened"),
    [
        ("2026-01-05T21:59:59", False),
        ("2026-01-05T22:00:00", True),
        ("2026-01-06T00:00:00", True),
        ("2026-01-06T05:59:59", True),
        ("2026-01-06T06:00:00", False),
        ("2026-01-06T22:00:00", False),  # Tuesday is not allowed
        ("2026-01-05T03:00:00", False),  # the end of Sunday's night
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_begins(moment: str, opened: bool) -> None:
    assert opens(window(hours=hours("22:00", "06:00"), days=[Day.MON]), at(moment)) is opened


def test_the_night_of_sunday_reaches_into_monday() -> None:
    told = window(hours=hours("22:00", "06:00"), days=[Day.SUN])
    assert [opens(told, at(moment)) for moment in ("2026-01-05T03:00", "2026-01-04T23:00", "2026-01-04T03:00")] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(("moment", "opened"), [("2026-01-05T23:59:59", True), ("2026-01-06T00:00:00", False)])
def test_hours_may_last_until_midnight(moment: str, opened: bool) -> None:
    assert opens(window(hours=hours("09:00", "00:00"), days=[Day.MON]), at(moment)) is opened


def test_hours_may_begin_at_midnight() -> None:
    told = window(hours=hours("00:00", "06:00"), days=[Day.MON])
    assert [opens(told, at(moment)) for moment in ("2026-01-05T00:00", "2026-01-06T00:00", "2026-01-04T23:59")] == [
        True,
        False,
        False,
    ]


# Where the lock is


@pytest.mark.parametrize(("place", "opened"), [("UTC", False), (TASHKENT, True), ("America/New_York", False)])
def test_hours_are_those_of_the_place(place: str, opened: bool) -> None:
    assert opens(window(hours=hours("16:30", "17:30")), NOON, place) is opened


def test_days_are_those_of_the_place() -> None:
    late = at("2026-01-05T20:00")  # one in the night of Tuesday in Tashkent
    assert opens(window(days=[Day.TUE]), late, TASHKENT)
    assert opens(window(days=[Day.MON]), late)
    assert not opens(window(days=[Day.MON]), late, TASHKENT)


@pytest.mark.parametrize(("place", "off"), [("Asia/Kathmandu", "17:45"), ("Pacific/Kiritimati", "02:00")])
def test_zones_may_be_odd(place: str, off: str) -> None:
    minute = (datetime.combine(NOON, time.fromisoformat(off)) + timedelta(minutes=1)).time()
    assert opens(window(hours=Hours(start=time.fromisoformat(off), end=minute)), NOON, place)


def test_window_and_count_know_no_zone() -> None:
    told = Window(NOON, NOON + SECOND)
    assert all(opens(told, NOON, place) for place in ("UTC", TASHKENT, "Pacific/Kiritimati", "Etc/GMT+12"))


def test_an_hour_that_the_clock_leaves_out_opens_nothing_and_breaks_nothing() -> None:
    """In Berlin on 29 March 2026 it is two o'clock and three o'clock at once."""
    told = window(hours=hours("02:00", "03:00"))
    before = at("2026-03-29T00:00")
    assert not any(opens(told, before + timedelta(minutes=n), BERLIN) for n in range(180))
    across = window(hours=hours("01:30", "03:30"), days=[Day.SUN])
    minutes = [n for n in range(180) if opens(across, before + timedelta(minutes=n), BERLIN)]
    assert minutes == list(range(30, 90)), "an hour by the clock's two"


def test_an_hour_that_the_clock_has_twice_opens_twice() -> None:
    """In Berlin on 25 October 2026 it is two o'clock twice."""
    told = window(hours=hours("02:00", "03:00"))
    first, second = at("2026-10-25T02:30", BERLIN, fold=0), at("2026-10-25T02:30", BERLIN, fold=1)
    assert second - first == timedelta(hours=1)
    assert opens(told, first, BERLIN)
    assert opens(told, second, BERLIN)
    assert not opens(told, second + timedelta(minutes=30), BERLIN)


def test_a_night_across_the_change_is_still_that_of_its_day() -> None:
    told = window(hours=hours("22:00", "06:00"), days=[Day.SAT])
    begin = at("2026-03-28T22:00", BERLIN)
    assert opens(told, begin, BERLIN)
    assert opens(told, begin + timedelta(hours=7) - SECOND, BERLIN)
    assert not opens(told, begin + timedelta(hours=7), BERLIN), "a night of seven hours"


times = st.times().map(lambda told: told.replace(microsecond=0))
moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)).map(lambda told: told.replace(tzinfo=UTC))
places = st.sampled_from(("UTC", TASHKENT, BERLIN, "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati"))
days = st.sets(st.sampled_from(WEEK))


@given(start=times, end=times, days=days, moment=moments, place=places)
@example(start=time(22), end=time(6), days={Day.SUN}, moment=datetime(2026, 1, 5, 3, tzinfo=UTC), place="UTC")
def test_two_hours_that_complete_each_other_leave_no_gap(
    start: time, end: time, days: set[Day], moment: datetime, place: str
) -> None:
    """On any day at all: within one pair of hours, or within the other, never in both."""
    if start == end:
        return
    told = [Window(moment, hours=Hours(start=first, end=last)) for first, last in ((start, end), (end, start))]
    assert sum(opens(one, moment, place) for one in told) == 1


@given(start=times, end=times, days=days, moment=moments, place=places)
def test_hours_are_what_a_walk_through_the_wall_clock_says(
    start: time, end: time, days: set[Day], moment: datetime, place: str
) -> None:
    """Whether any allowed day's hours, written out with their dates, hold what the clock on the wall shows."""
    if start == end:
        return
    wall = moment.astimezone(ZoneInfo(place)).replace(tzinfo=None)
    shifts = []
    for back in (0, 1):
        day = wall.date() - timedelta(days=back)
        begin = datetime.combine(day, start)
        over = datetime.combine(day + timedelta(days=end < start), end)
        shifts.append((not days or WEEK[day.weekday()] in days) and begin <= wall < over)
    told = Window(moment, hours=Hours(start=start, end=end), days=days)
    assert opens(told, moment, place) is any(shifts)


# As they are asked for


def test_terms_are_all_optional() -> None:
    told = Terms()
    assert (told.valid_from, told.valid_until, told.max_usage, told.allowed_days, told.allowed_hours) == (
        None,
        None,
        None,
        [],
        None,
    )


@pytest.mark.parametrize("value", [None, {}, ""])
def test_no_hours_may_be_said_in_several_ways(value: object) -> None:
    assert Terms.model_validate({"allowed_hours": value}).allowed_hours is None


def test_days_are_read_kindly_and_kept_in_their_order() -> None:
    told = Terms.model_validate({"allowed_days": ["SUN", " mon ", "mon"]})
    assert told.allowed_days == [Day.MON, Day.SUN]


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({"allowed_days": ["monday"]}, {"allowed_days": ['"monday" is not a valid choice.']}),
        ({"allowed_days": [1]}, {"allowed_days": ['"1" is not a valid choice.']}),
        ({"allowed_days": ["mon"] * 51}, None),
        ({"allowed_hours": {"start": "09:00"}}, {"allowed_hours": ["This field is required."]}),
        ({"allowed_hours": {"start": "09:00", "end": "09:00"}}, {"allowed_hours": [NO_HOURS]}),
        ({"allowed_hours": {"start": "9:00", "end": "18:00"}}, {"allowed_hours": [BAD_TIME]}),
        ({"allowed_hours": "09:00-18:00"}, None),
        ({"allowed_hours": ["09:00", "18:00"]}, None),
        ({"max_usage": 0}, None),
        ({"max_usage": -1}, None),
        ({"max_usage": True}, {"max_usage": ["A valid integer is required."]}),
        ({"max_usage": "often"}, {"max_usage": ["A valid integer is required."]}),
        ({"max_usage": MOST_USAGE + 1}, None),
        ({"valid_from": "tomorrow"}, None),
        ({"valid_until": "9999-01-01T00:00:00Z"}, None),
        ({"valid_until": "0001-01-01T00:00:00Z"}, None),
    ],
    ids=str,
)
def test_terms_that_will_not_do_are_refused_by_their_field(told: Any, fields: Any) -> None:
    refused = refusal(Terms, told)
    assert refused == fields if fields else list(refused) == list(told)


@pytest.mark.parametrize("end", ["2026-01-05T12:00:00Z", "2026-01-05T11:59:59Z", "2026-01-05T13:00:00+01:00"])
def test_the_end_must_come_after_the_beginning(end: str) -> None:
    told = {"valid_from": "2026-01-05T12:00:00Z", "valid_until": end}
    assert refusal(Terms, told) == {"non_field_errors": [ENDS_BEFORE]}


@pytest.mark.parametrize("language", ["ru", "uz"])
def test_refusals_speak_the_language_asked_for(language: str) -> None:
    bad: list[dict[str, Any]] = [
        {"allowed_hours": {"start": "x", "end": "09:00"}},
        {"allowed_hours": {"start": "09:00", "end": "09:00"}},
        {"valid_from": "2026-01-05T12:00:00Z", "valid_until": "2026-01-05T12:00:00Z"},
    ]
    assert all(refusal(Terms, told, language) != refusal(Terms, told) for told in bad)


@pytest.mark.parametrize("text", ["09:00", "09:00:30", " 23:59 ", "00:00"])
def test_a_time_of_day_is_hours_minutes_and_perhaps_seconds(text: str) -> None:
    told = hours(text, "05:00").model_dump(mode="json")["start"]
    assert told == (text.strip() if text.count(":") == 2 else f"{text.strip()}:00")


@pytest.mark.parametrize(
    "value",
    [
        "9:00",
        "24:00",
        "25:00",
        "09:60",
        "09:00:60",
        "09.00",
        "0900",
        "T0900",
        "0900Z",
        "09:00Z",
        "090000.5",
        "09:00:00.5",
        "09:00+05:00",
        "٠٩:٠٠",
        "09:0\n",
        "",
        None,
        900,
        9.5,
        True,
        ["09:00"],
        {},
    ],
    ids=repr,
)
def test_what_is_no_time_of_day_is_refused(value: object) -> None:
    assert list(refusal(Hours, {"start": value, "end": "18:00"})) == ["start"]


@pytest.mark.parametrize(
    ("days", "read"), [("mon,Tue", ["mon", "tue"]), ('["sun"]', ["sun"]), ("", []), (None, []), ("mon", ["mon"])]
)
def test_a_form_says_days_as_text(days: str | None, read: list[str]) -> None:
    assert Terms.model_validate({"allowed_days": days}).allowed_days == read


def test_a_form_leaves_empty_what_it_leaves_out_and_says_hours_as_json() -> None:
    terms = Terms.model_validate(
        {"valid_until": "", "max_usage": " ", "allowed_hours": '{"start": "09:00", "end": "18:00"}'}
    )
    assert (terms.valid_until, terms.max_usage) == (None, None)
    assert terms.allowed_hours is not None
    assert f"{terms.allowed_hours.start:%H:%M}" == "09:00"
