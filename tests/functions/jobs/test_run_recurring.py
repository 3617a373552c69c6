import json
from datetime import UTC, datetime

import pytest
from pynamodb.exceptions import TransactWriteError

from kalit.jobs import schedule_store
from kalit.kit.resources import Table

from ..world import Killed, at_once, killed_after, upset
from .office import Office, stuck


def runs(office: Office) -> list[int]:
    """The schedules whose runs were begun, each as often as it was."""
    return sorted(int(row["schedule"]) for row in office.aws.rows(Table.JOBS, "RUN#"))


def next_run(office: Office, id: int) -> str:
    """When a schedule runs next, read after any time."""
    [row] = office.aws.rows(Table.JOBS, f"SCHEDULES SCHEDULE#{id:019d}")
    told: str = json.loads(row["told"])["next_run"]
    return told


def at(office: Office, time: str) -> None:
    """Let it be that time."""
    office.clock.move(seconds=(datetime.fromisoformat(time).replace(tzinfo=UTC) - office.clock.now).total_seconds())


def test_a_schedule_is_run_when_its_time_has_come_and_has_another_then(office: Office) -> None:
    id = office.schedule(expression="rate(5 minutes)")
    for time, made in (("12:04:59", 0), ("12:05:00", 1), ("12:05:30", 1), ("12:09:59", 1), ("12:10:01", 2)):
        at(office, f"2026-01-05T{time}")
        office.tick("run_recurring")
        assert runs(office) == [id] * made, time
    assert next_run(office, id) == "2026-01-05T12:15:00.000Z"


def test_its_runs_go_to_the_worker(office: Office) -> None:
    id = office.schedule(expression="rate(1 minute)")
    for minute in (1, 2):
        office.clock.move(minutes=1)
        office.tick("run_recurring")
        office.settle()
        told = office.shown(id)
        assert (told["status"], told["next_run"]) == (True, f"2026-01-05T12:0{minute + 1}:00.000Z")
    assert office.get("list", queue="default", state="completed")["count"] == 2


def test_one_run_makes_up_for_all_that_were_missed(office: Office) -> None:
    id = office.schedule(expression="rate(1 minute)")
    at(office, "2026-01-05T18:00:30")
    for _ in range(2):
        office.tick("run_recurring")
    assert runs(office) == [id]
    assert next_run(office, id) == "2026-01-05T18:01:00.000Z"


@pytest.mark.parametrize(("late", "made"), [("13:05:00", 1), ("13:05:01", 0)])
def test_runs_that_come_too_late_may_be_left_out(office: Office, late: str, made: int) -> None:
    id = office.schedule(expression="rate(1 hour)", missed="skip")
    at(office, f"2026-01-05T{late}")
    office.tick("run_recurring")
    assert runs(office) == [id] * made
    assert next_run(office, id) == "2026-01-05T14:00:00.000Z"


def test_a_date_to_come_is_the_beginning(office: Office) -> None:
    id = office.schedule(expression="rate(1 day)", date="2026-01-10T06:00:00Z")
    at(office, "2026-01-10T05:59:59")
    office.tick("run_recurring")
    assert runs(office) == []
    at(office, "2026-01-10T06:00:00")
    office.tick("run_recurring")
    assert runs(office) == [id]
    assert next_run(office, id) == "2026-01-11T06:00:00.000Z"


def test_one_that_runs_again_and_again_is_not_run_by_its_date_too(office: Office) -> None:
    for status in (None, True):
        office.schedule(expression="0 9 * * *", status=status)
    office.tick("auto_task_runner")
    assert runs(office) == []


def test_one_that_is_to_be_run_again_is_run_at_once_and_then_by_its_expression(office: Office) -> None:
    id = office.schedule(expression="0 9 * * *", status=False, description="Every day")
    office.tick("auto_task_runner")
    office.settle()
    told = office.shown(id)
    assert (told["status"], told["description"]) == (True, "Every day")
    at(office, told["next_run"].removesuffix("Z"))
    office.tick("run_recurring")
    assert runs(office) == [id, id]


@pytest.mark.parametrize("day", ["2026-03-28", "2026-10-24"], ids=["forward", "back"])
def test_where_clocks_change_a_daily_run_is_made_once_a_day(office: Office, day: str) -> None:
    id = office.schedule(expression="30 2 * * *", zone="Europe/Berlin", date=f"{day}T12:00:00Z")
    at(office, f"{day}T23:30:00")
    for _ in range(8):
        office.clock.move(minutes=30)
        office.tick("run_recurring")
    assert runs(office) == [id]
    office.clock.move(days=1)
    office.tick("run_recurring")
    assert runs(office) == [id, id]


def test_a_late_tick_within_the_hour_that_comes_twice_makes_one_run(office: Office) -> None:
    id = office.schedule(expression="30 2 * * *", zone="Europe/Berlin", date="2026-10-24T12:00:00Z")
    at(office, "2026-10-25T01:10:00")
    for _ in range(3):
        office.tick("run_recurring")
    assert runs(office) == [id]


def test_two_ticks_at_once_begin_each_run_once(office: Office) -> None:
    ids = [office.schedule(expression="rate(1 minute)") for _ in range(20)]
    office.clock.move(minutes=1)
    at_once([lambda: office.tick("run_recurring") for _ in range(2)])
    assert runs(office) == ids


def test_one_that_fails_does_not_hold_up_the_others(office: Office) -> None:
    ids = [office.schedule(expression="rate(1 minute)") for _ in range(3)]
    office.clock.move(minutes=1)
    with stuck(ids[0]), pytest.raises(TransactWriteError):
        office.tick("run_recurring")
    assert runs(office) == ids[1:]
    office.tick("run_recurring")
    assert runs(office) == ids


def test_a_tick_that_died_is_taken_up_by_the_next(office: Office) -> None:
    ids = [office.schedule(expression="rate(1 minute)") for _ in range(3)]
    office.clock.move(minutes=1)
    with upset("TransactWriteItems", killed_after, after=1), pytest.raises(Killed):
        office.tick("run_recurring")
    office.tick("run_recurring")
    assert runs(office) == ids


def test_more_than_are_begun_at_once_are_left_to_the_next_tick(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule_store, "MOST_RUNS", 2)
    ids = [office.schedule(expression="rate(1 hour)") for _ in range(3)]
    office.clock.move(hours=1)
    office.tick("run_recurring")
    assert len(runs(office)) == 2
    office.tick("run_recurring")
    assert runs(office) == ids
