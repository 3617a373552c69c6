"""When a schedule runs: both ways of cron, rates, what is refused and why, and the days on which clocks change."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from kalit.jobs.timing import next_run, runs

BEGUN = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
ANY_TIME = st.one_of(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
    st.datetimes(datetime(2026, 10, 24, 22), datetime(2026, 10, 25, 4), timezones=st.just(UTC)),  # clocks go back
    st.datetimes(datetime(2026, 3, 28, 22), datetime(2026, 3, 29, 4), timezones=st.just(UTC)),  # and forward
)
ZONES = ["Asia/Tashkent", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
EXPRESSIONS = [
    "30 2 * * *",
    "0,30 1-3 * * *",
    "0 0/2 * * *",
    "*/15 * * * *",
    "15 * * * *",
    "0 0 L * *",
    "59 23 * * SUN",
    "cron(0 9 ? * MON-FRI *)",
    "rate(1 minute)",
    "rate(7 hours)",
    "rate(30 days)",
]


def coming(expression: str, after: str, zone: str = "UTC", most: int = 3, begun: datetime = BEGUN) -> list[str]:
    """The next runs, each as day and time in UTC."""
    found = runs(expression, zone, begun, datetime.fromisoformat(after).replace(tzinfo=UTC))
    return [f"{at:%m-%d %H:%M}" for at in islice(found, most)]


def why(expression: str, zone: str = "UTC") -> str:
    """What an expression is refused for."""
    with pytest.raises(PydanticCustomError) as refused:
        next_run(expression, zone, BEGUN, BEGUN)
    context = dict(refused.value.context or {})
    text: str = context.pop("text").say("en", **context)
    return text.removeprefix("Neither cron nor rate: ").partition(". Such as")[0]


@pytest.mark.parametrize(
    ("expression", "times"),
    [
        ("0 9 * * *", ["03-03 09:00", "03-04 09:00", "03-05 09:00"]),
        ("*/20 9 * * *", ["03-02 09:20", "03-02 09:40", "03-03 09:00"]),
        ("5/25 10 * * *", ["03-02 10:05", "03-02 10:30", "03-02 10:55"]),
        ("0 8,20 * * *", ["03-02 20:00", "03-03 08:00", "03-03 20:00"]),
        ("0 9-17/4 * * *", ["03-02 13:00", "03-02 17:00", "03-03 09:00"]),
        ("0 0 1 * *", ["04-01 00:00", "05-01 00:00", "06-01 00:00"]),
        ("0 0 1 jan,Jul *", ["07-01 00:00", "01-01 00:00", "07-01 00:00"]),
        ("0 0 L * *", ["03-31 00:00", "04-30 00:00", "05-31 00:00"]),
        ("0 0 LW * *", ["03-31 00:00", "04-30 00:00", "05-29 00:00"]),
        ("0 9 * * 1-5", ["03-03 09:00", "03-04 09:00", "03-05 09:00"]),
        ("0 9 * * MON,fri", ["03-06 09:00", "03-09 09:00", "03-13 09:00"]),
        ("0 9 * * 0", ["03-08 09:00", "03-15 09:00", "03-22 09:00"]),
        ("0 9 * * 7", ["03-08 09:00", "03-15 09:00", "03-22 09:00"]),
        ("0 9 * * 1#2", ["03-09 09:00", "04-13 09:00", "05-11 09:00"]),
        ("0 9 * * 5L", ["03-27 09:00", "04-24 09:00", "05-29 09:00"]),
        ("0 9 13 * FRI", ["03-06 09:00", "03-13 09:00", "03-20 09:00"]),
        ("  0   9 *  * * ", ["03-03 09:00", "03-04 09:00", "03-05 09:00"]),
    ],
)
def test_cron_is_read_as_crontab_writes_it(expression: str, times: list[str]) -> None:
    assert coming(expression, "2026-03-02T09:00") == times


@pytest.mark.parametrize(
    ("expression", "times"),
    [
        ("cron(0 9 * * ? *)", ["03-03 09:00", "03-04 09:00", "03-05 09:00"]),
        ("cron(0/20 9 ? * * *)", ["03-02 09:20", "03-02 09:40", "03-03 09:00"]),
        ("cron(0 0/12 * * ? *)", ["03-02 12:00", "03-03 00:00", "03-03 12:00"]),
        ("cron(0 9 ? * 2-6 *)", ["03-03 09:00", "03-04 09:00", "03-05 09:00"]),
        ("cron(0 9 ? * 1 *)", ["03-08 09:00", "03-15 09:00", "03-22 09:00"]),
        ("cron(0 9 ? * 7 *)", ["03-07 09:00", "03-14 09:00", "03-21 09:00"]),
        ("cron(0 9 ? * SUN,2 *)", ["03-08 09:00", "03-09 09:00", "03-15 09:00"]),
        ("cron(0 9 ? * 2#1 *)", ["04-06 09:00", "05-04 09:00", "06-01 09:00"]),
        ("cron(0 9 ? * 6L *)", ["03-27 09:00", "04-24 09:00", "05-29 09:00"]),
        ("cron(0 9 ? * 2/2 *)", ["03-04 09:00", "03-06 09:00", "03-09 09:00"]),
        ("cron(0 9 ? * TUE/2,1 *)", ["03-03 09:00", "03-05 09:00", "03-07 09:00"]),
        ("cron(0 9 L * ? *)", ["03-31 09:00", "04-30 09:00", "05-31 09:00"]),
        ("cron(0 9 15 1,12 ? *)", ["12-15 09:00", "01-15 09:00", "12-15 09:00"]),
        ("cron(0 9 * * 1)", ["03-09 09:00", "03-16 09:00", "03-23 09:00"]),
    ],
)
def test_cron_is_read_as_eventbridge_writes_it(expression: str, times: list[str]) -> None:
    assert coming(expression, "2026-03-02T09:00") == times


@pytest.mark.parametrize(
    ("expression", "times"),
    [
        ("rate(1 minute)", ["03-02 10:01", "03-02 10:02", "03-02 10:03"]),
        ("rate(5 minutes)", ["03-02 10:05", "03-02 10:10", "03-02 10:15"]),
        ("rate(7 hours)", ["03-02 16:00", "03-02 23:00", "03-03 06:00"]),
        ("rate(2 days)", ["03-04 09:00", "03-06 09:00", "03-08 09:00"]),
    ],
)
def test_a_rate_is_counted_from_its_beginning(expression: str, times: list[str]) -> None:
    assert coming(expression, "2026-03-02T10:00") == times


def test_a_rate_that_is_to_begin_later_begins_then() -> None:
    assert coming("rate(1 hour)", "2026-03-01T23:59") == ["03-02 09:00", "03-02 10:00", "03-02 11:00"]


def test_a_run_is_later_than_the_moment_it_is_asked_for() -> None:
    assert coming("rate(1 hour)", "2026-03-02T09:00") == ["03-02 10:00", "03-02 11:00", "03-02 12:00"]
    assert coming("0 9 * * *", "2026-03-02T08:59:59.999", most=1) == ["03-02 09:00"]


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("", "it takes five fields, and six in cron(…)"),
        ("0 9 * *", "it takes five fields, and six in cron(…)"),
        ("0 0 9 * * *", "it takes five fields, and six in cron(…)"),
        ("cron(0 9 * *)", "it takes five fields, and six in cron(…)"),
        ("cron(0 9 * * ? 2027)", "the year must be *"),
        ("daily", "it takes five fields, and six in cron(…)"),
        ("@daily", "it takes five fields, and six in cron(…)"),
        ("60 9 * * *", "Bad minute"),
        ("*/0 9 * * *", "Bad minute"),
        ("0 24 * * *", "Bad hour"),
        ("0 9 0 * *", "Bad day-of-month"),
        ("0 9 ? * *", "Bad day-of-month"),
        ("0 9 15W * *", "Bad day-of-month"),
        ("0 9 * 13 *", "Bad month"),
        ("0 9 * DEZ *", "Bad month"),
        ("0 9 * * 8", "Bad day-of-week"),
        ("0 9 * * 5-1", "Bad day-of-week"),
        ("0 9 * * MON#6", "Bad day-of-week"),
        ("cron(0 9 ? * L *)", "Bad day-of-week"),
        ("0 0 31 2 *", "Bad day-of-month"),
        ("rate(0 minutes)", "a rate of nothing"),
        ("rate(5 seconds)", "it takes five fields, and six in cron(…)"),
        ("rate(-5 minutes)", "it takes five fields, and six in cron(…)"),
        ("rate(1.5 hours)", "it takes five fields, and six in cron(…)"),
        ("rate(100000 minutes)", "it takes five fields, and six in cron(…)"),
    ],
)
def test_what_says_nothing_is_refused_with_its_reason(expression: str, reason: str) -> None:
    assert why(expression) == reason


@pytest.mark.parametrize("name", ["", "Europe", "Europe/Bonn", "../etc/passwd", "/etc/localtime", "x\0y", "Z" * 300])
def test_a_zone_that_is_none_is_refused(name: str) -> None:
    assert why("0 9 * * *", name) == "No such time zone"


@pytest.mark.parametrize(
    ("zone", "spring", "time"),
    [
        ("Europe/Berlin", "2026-03-28T12:00", "03-29 01:00"),
        ("America/New_York", "2026-03-07T12:00", "03-08 07:00"),
        ("Australia/Lord_Howe", "2026-10-03T00:00", "10-03 15:30"),
    ],
)
def test_a_run_of_the_hour_that_is_left_out_comes_once_right_after_it(zone: str, spring: str, time: str) -> None:
    expression = "15 2 * * *" if "Lord" in zone else "30 2 * * *"
    times = coming(expression, spring, zone, 2)
    assert times[0] == time
    assert times[1][:5] != time[:5]


@pytest.mark.parametrize(
    ("expression", "zone", "autumn", "times"),
    [
        ("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00", ["10-25 00:30", "10-26 01:30"]),
        ("30 1 * * *", "America/New_York", "2026-10-31T12:00", ["11-01 05:30", "11-02 06:30"]),
        ("45 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00", ["04-04 14:45", "04-05 15:15"]),
    ],
)
def test_a_run_of_the_hour_that_comes_twice_is_made_once(
    expression: str, zone: str, autumn: str, times: list[str]
) -> None:
    assert coming(expression, autumn, zone, 2) == times


@pytest.mark.parametrize("minute", [0, 10, 29, 30, 59])
def test_within_the_hour_that_comes_twice_the_run_of_the_first_is_over(minute: int) -> None:
    assert coming("30 2 * * *", f"2026-10-25T01:{minute:02}", "Europe/Berlin", 1) == ["10-26 01:30"]


def test_runs_of_every_hour_follow_real_time() -> None:
    assert coming("0 * * * *", "2026-10-24T23:30", "Europe/Berlin", 4) == [
        "10-25 00:00",
        "10-25 01:00",
        "10-25 02:00",
        "10-25 03:00",
    ]


def test_tashkent_is_five_hours_ahead_in_summer_and_in_winter() -> None:
    assert coming("0 9 * * *", "2026-01-05T12:00", "Asia/Tashkent", 1) == ["01-06 04:00"]
    assert coming("0 9 * * *", "2026-07-05T12:00", "Asia/Tashkent", 1) == ["07-06 04:00"]


def test_a_leap_day_is_waited_for() -> None:
    assert next_run("0 0 29 2 *", "UTC", BEGUN, BEGUN) == datetime(2028, 2, 29, tzinfo=UTC)


@pytest.mark.parametrize("expression", ["0 0 1 1 *", "rate(30 days)"])
def test_where_the_calendar_ends_there_is_no_run_any_more(expression: str) -> None:
    end = datetime(9999, 12, 31, 12, tzinfo=UTC)
    assert list(islice(runs(expression, "Asia/Tashkent", end, end), 5)) == []
    with pytest.raises(PydanticCustomError):
        next_run(expression, "Asia/Tashkent", end, end)


@given(st.sampled_from(EXPRESSIONS), st.sampled_from(ZONES), ANY_TIME)
def test_every_run_is_later_than_the_one_before(expression: str, zone: str, after: datetime) -> None:
    times = [after, *islice(runs(expression, zone, BEGUN, after), 5)]
    assert times == sorted(set(times))
    assert len(times) == 6


@given(st.sampled_from(EXPRESSIONS), st.sampled_from(ZONES), ANY_TIME)
def test_asked_again_at_any_time_before_it_the_next_run_is_the_same(
    expression: str, zone: str, after: datetime
) -> None:
    first = next_run(expression, zone, BEGUN, after)
    assert next_run(expression, zone, BEGUN, after + (first - after) / 2) == first


@given(st.integers(1, 999), st.sampled_from(["minute", "hour", "day"]), ANY_TIME, ANY_TIME)
def test_runs_of_a_rate_are_equally_far_apart(number: int, unit: str, begun: datetime, after: datetime) -> None:
    times = list(islice(runs(f"rate({number} {unit}s)", "UTC", begun, after), 4))
    every = times[1] - times[0]
    assert (
        every == number * {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}[unit]
    )
    assert [later - earlier for earlier, later in pairwise(times)] == [every] * 3
    assert (times[0] - begun) % every == timedelta(0)
    assert times[0] > after or times[0] == begun
