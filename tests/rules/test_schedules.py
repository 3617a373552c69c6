"""Schedules: how one is made and changed, when it runs, and in which of the runner's lists it waits."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from kalit.jobs.schedules import ALWAYS, NewSchedule, Schedule, ScheduleChange, changed, due_at, is_made, made, run
from kalit.jobs.timing import GRACE
from kalit.kit.fields import read

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
GUID = UUID("3f0f4f9e-6a35-4cb5-9b66-0a54cf0d1a11")


def a_schedule(**told: Any) -> Schedule:
    return made(read(NewSchedule, told), 7, GUID, NOON)


def change(schedule: Schedule, **told: Any) -> Schedule:
    return changed(schedule, read(ScheduleChange, told), LATER)


def test_without_a_date_it_is_for_now() -> None:
    schedule = a_schedule()
    assert (schedule.id, schedule.guid, schedule.date, schedule.status) == (7, GUID, NOON, None)
    assert (schedule.created_time, schedule.updated_time, schedule.next_run) == (NOON, NOON, None)


def test_a_date_without_a_zone_is_utc() -> None:
    assert a_schedule(date="2026-12-01T09:00:00").date == datetime(2026, 12, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize("date", [None, "2026-03-01T00:00:00Z", "2026-03-02T12:00:00Z"])
def test_with_an_expression_it_runs_next_after_now(date: str | None) -> None:
    assert a_schedule(date=date, expression="0 12 * * *", zone="UTC").next_run == NOON + timedelta(days=1)


def test_a_date_to_come_is_the_beginning() -> None:
    begin = datetime(2026, 4, 1, 6, tzinfo=UTC)
    for expression in ("rate(5 days)", "0 6 * * *"):
        assert a_schedule(date=begin, expression=expression, zone="UTC").next_run == begin
    assert a_schedule(date=begin, expression="0 5 * * *", zone="UTC").next_run == begin + timedelta(hours=23)


def test_a_change_leaves_what_it_does_not_name() -> None:
    schedule = a_schedule(description="before", expression="rate(1 day)", missed="skip")
    new = change(schedule, status=True)
    assert new == schedule.model_copy(update={"status": True, "updated_time": LATER})


@pytest.mark.parametrize(
    ("told", "next_run"),
    [
        ({"expression": "0 18 * * *"}, datetime(2026, 3, 2, 18, tzinfo=UTC)),
        ({"zone": "Asia/Tashkent"}, datetime(2026, 3, 3, 4, tzinfo=UTC)),
        ({"date": "2026-04-01T00:00:00Z"}, datetime(2026, 4, 1, 9, tzinfo=UTC)),
        ({"expression": ""}, None),
        ({"expression": None}, None),
        ({"missed": "skip"}, datetime(2026, 3, 3, 9, tzinfo=UTC)),
    ],
)
def test_a_change_moves_the_next_run_where_it_concerns_it(told: dict[str, Any], next_run: datetime | None) -> None:
    assert change(a_schedule(expression="0 9 * * *", zone="UTC"), **told).next_run == next_run


def test_a_date_that_is_taken_away_is_now() -> None:
    assert change(a_schedule(date="2026-04-01T00:00:00Z"), date=None).date == LATER


def test_a_run_makes_up_for_those_before() -> None:
    schedule = a_schedule(expression="rate(1 minute)")
    assert schedule.next_run == NOON + timedelta(minutes=1)
    late = NOON + timedelta(minutes=10, seconds=30)
    assert run(schedule, late).next_run == NOON + timedelta(minutes=11)
    assert run(schedule, late).status == schedule.status


@pytest.mark.parametrize(
    ("told", "due"),
    [
        ({}, ("DATED", "2026-03-02T00:00:00.000Z")),
        ({"date": "2026-12-01T23:59:59.999Z"}, ("DATED", "2026-12-01T00:00:00.000Z")),
        ({"date": "2026-12-02T01:00:00+05:00"}, ("DATED", "2026-12-01T00:00:00.000Z")),
        ({"status": False, "date": "2026-12-01T00:00:00Z"}, ("DATED", ALWAYS)),
        ({"status": True}, None),
        ({"expression": "rate(1 hour)"}, ("RECURRING", "2026-03-02T13:00:00.000Z")),
        ({"expression": "rate(1 hour)", "status": True}, ("RECURRING", "2026-03-02T13:00:00.000Z")),
    ],
)
def test_a_schedule_waits_where_the_runner_looks(told: dict[str, Any], due: tuple[str, str] | None) -> None:
    assert due_at(a_schedule(**told)) == due


def test_what_is_always_due_is_due_before_every_time() -> None:
    assert ALWAYS < "0002-01-01T00:00:00.000Z"


@pytest.mark.parametrize(
    ("late", "missed", "made"),
    [
        (timedelta(0), "skip", True),
        (GRACE, "skip", True),
        (GRACE + timedelta(seconds=1), "skip", False),
        (GRACE + timedelta(seconds=1), "once", True),
        (timedelta(days=400, hours=12), "once", True),
        (timedelta(days=400, hours=12), "skip", False),
    ],
)
def test_a_run_that_is_late_is_made_or_not_by_the_schedule_s_rule(late: timedelta, missed: str, made: bool) -> None:
    daily = a_schedule(expression="0 13 * * *", zone="UTC", missed=missed)
    assert daily.next_run == LATER
    assert is_made(daily, LATER + late) is made


def test_of_many_that_were_missed_one_that_is_in_time_is_made() -> None:
    often = a_schedule(expression="rate(1 minute)", missed="skip")
    assert is_made(often, NOON + timedelta(minutes=10, seconds=30))


def test_one_without_an_expression_has_no_run_to_make() -> None:
    assert not is_made(a_schedule(), LATER)
