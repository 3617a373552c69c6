import pytest
from pynamodb.exceptions import TransactWriteError

from kalit.jobs import schedule_store
from kalit.jobs.schedules import LEASE
from kalit.kit.resources import Queue, Table
from tests.cloud import Cloud

from ..rows import unchanged
from ..world import Killed, at_once, killed_after, refused, upset
from .office import Office, stuck


def runs(office: Office) -> list[int]:
    """The schedules whose runs were begun, each as often as it was."""
    return sorted(int(row["schedule"]) for row in office.aws.rows(Table.JOBS, "RUN#"))


@pytest.mark.parametrize(
    ("status", "date", "due"),
    [
        (None, "2026-01-05T23:59:59Z", True),
        (None, "2026-01-05T00:00:00Z", True),
        (None, "2025-01-05T00:00:00Z", True),
        (None, "2026-01-06T00:00:00Z", False),
        (None, "2026-01-06T01:00:00+05:00", True),
        (False, "2030-01-01T00:00:00Z", True),
        (False, "2020-01-01T00:00:00Z", True),
        (True, "2020-01-01T00:00:00Z", False),
    ],
)
def test_what_is_due_by_its_status_or_its_day_is_run(office: Office, status: bool | None, date: str, due: bool) -> None:
    id = office.schedule(status=status, date=date)
    office.tick("auto_task_runner")
    assert runs(office) == ([id] if due else [])
    office.settle()
    assert office.shown(id)["status"] is (True if due else status)


def test_what_is_not_due_today_is_tomorrow(office: Office) -> None:
    id = office.schedule(date="2026-01-06T18:00:00Z")
    office.tick("auto_task_runner")
    office.clock.move(hours=11, minutes=59)
    office.tick("auto_task_runner")
    assert runs(office) == []
    office.clock.move(minutes=1)
    office.tick("auto_task_runner")
    assert runs(office) == [id]


def test_a_run_that_was_begun_is_not_begun_again_within_its_lease(office: Office) -> None:
    id = office.schedule()
    office.tick("auto_task_runner")
    office.clock.move(seconds=LEASE.total_seconds() - 1)
    office.tick("auto_task_runner")
    assert runs(office) == [id]
    assert office.follow() > 0
    office.clock.move(seconds=1)
    office.tick("auto_task_runner")
    office.settle()
    assert [job["name"] for job in office.jobs(queue="default")] == ["process_schedule"], "the same job once more"


def test_what_was_processed_is_not_run_again(aws: Cloud, office: Office) -> None:
    office.schedule()
    office.tick("auto_task_runner")
    office.settle()
    office.clock.move(days=2)
    before = runs(office)
    office.tick("auto_task_runner")
    assert runs(office) == before


def test_a_status_set_back_is_run_once_more(office: Office) -> None:
    id = office.schedule()
    for _ in range(2):
        office.tick("auto_task_runner")
        office.settle()
        office.ask("update_schedule", {"status": False}, id=id)
    assert runs(office) == [id, id]


@pytest.mark.long
def test_two_ticks_at_once_over_a_hundred_begin_a_hundred_runs(office: Office) -> None:
    for _ in range(100):
        office.schedule()
    at_once([lambda: office.tick("auto_task_runner") for _ in range(2)])
    office.settle()
    assert runs(office) == list(range(1, 101))
    assert office.get("list_schedules", status="true")["count"] == 100
    done = [row["name"] for row in office.aws.rows(Table.OPS, "JOB#") if row["state"] == "completed"]
    assert done.count("process_schedule") == 100
    assert office.tally()["completed"] == len(done)


def test_one_that_fails_does_not_hold_up_the_others(office: Office) -> None:
    ids = [office.schedule() for _ in range(4)]
    with stuck(ids[0], ids[2]), pytest.raises(TransactWriteError):
        office.tick("auto_task_runner")
    assert runs(office) == [ids[1], ids[3]]
    office.tick("auto_task_runner")
    assert runs(office) == ids


def test_a_tick_that_failed_is_kept_as_one_that_comes_again(office: Office) -> None:
    with stuck(office.schedule()), pytest.raises(TransactWriteError):
        office.tick("auto_task_runner")
    [tick] = office.jobs(queue="schedules")
    assert (tick["name"], tick["state"]) == ("jobs.auto_task_runner", "retrying")
    assert tick["attempts"][0]["error"] == "TransactWriteError: InternalServerError"


def test_a_tick_that_comes_twice_works_once(aws: Cloud, office: Office) -> None:
    office.schedule(status=False)
    aws.call("jobs.auto_task_runner", {"id": "the same"})
    office.clock.move(days=1)
    with unchanged(aws):
        aws.call("jobs.auto_task_runner", {"id": "the same"})


def test_a_tick_that_died_is_taken_up_by_the_next(office: Office) -> None:
    ids = [office.schedule() for _ in range(3)]
    with upset("TransactWriteItems", killed_after, after=1), pytest.raises(Killed):
        office.tick("auto_task_runner")
    assert len(runs(office)) == 1
    office.tick("auto_task_runner")
    assert runs(office) == ids


def test_more_than_are_begun_at_once_are_continued_by_a_message(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule_store, "MOST_RUNS", 2)
    ids = [office.schedule() for _ in range(5)]
    office.tick("auto_task_runner")
    assert len(runs(office)) == 2
    office.settle()
    assert runs(office) == ids
    assert office.get("list_schedules", status="true")["count"] == 5


def test_where_queues_are_out_of_order_the_tick_is_called_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule_store, "MOST_RUNS", 1)
    office.schedule()
    with upset("SendMessage", refused("ServiceUnavailable"), first=1), pytest.raises(Exception, match="no"):
        office.tick("auto_task_runner")
    assert office.jobs(queue="schedules")[0]["state"] == "retrying"
    assert office.aws.messages(Queue.DEFAULT) == []
