from typing import Any

import pytest

from kalit.kit.resources import Queue, Table
from tests.cloud import Cloud

from ..rows import unchanged
from ..world import at_once, meanwhile, refused, upset
from .office import Office


def test_what_is_left_out_stays(office: Office) -> None:
    id = office.schedule(description="Ask the couriers", expression="0 9 * * *", missed="skip")
    before = office.shown(id)
    office.clock.move(minutes=1)
    answer = office.ask("update_schedule", {"status": True}, id=id)
    assert answer.status == 200
    assert answer.json == {**before, "status": True, "updated_time": "2026-01-05T12:01:00.000Z"}
    assert office.shown(id) == answer.json


@pytest.mark.parametrize("status", [None, False, True])
def test_a_status_can_be_anything_again(office: Office, status: bool | None) -> None:
    id = office.schedule(status=True if status is not True else None)
    office.ask("update_schedule", {"status": status}, id=id)
    name = {None: "null", False: "false", True: "true"}[status]
    assert office.shown(id)["status"] is status
    assert {name: office.get("list_schedules", status=name)["count"] for name in ("null", "false", "true")} == {
        "null": 0,
        "false": 0,
        "true": 0,
        name: 1,
    }


@pytest.mark.parametrize(
    ("body", "next_run"),
    [
        ({"expression": "0 10 * * *"}, "2026-01-06T05:00:00.000Z"),
        ({"zone": "UTC"}, "2026-01-06T09:00:00.000Z"),
        ({"date": "2026-02-01T00:00:00Z"}, "2026-02-01T04:00:00.000Z"),
        ({"expression": None}, None),
        ({"description": "other"}, "2026-01-06T04:00:00.000Z"),
    ],
)
def test_the_next_run_is_reckoned_anew_where_it_concerns_it(
    office: Office, body: dict[str, Any], next_run: str | None
) -> None:
    id = office.schedule(expression="0 9 * * *")
    assert office.ask("update_schedule", body, id=id).json["next_run"] == next_run


def test_a_schedule_that_lost_its_expression_is_due_by_its_date(office: Office) -> None:
    id = office.schedule(expression="0 9 * * *")
    office.ask("update_schedule", {"expression": None}, id=id)
    office.tick("auto_task_runner")
    office.settle()
    assert office.shown(id)["status"] is True


@pytest.mark.parametrize(
    ("body", "field"),
    [({"expression": "every day"}, "expression"), ({"zone": "X/Y"}, "zone"), ({"date": 1e30}, "date")],
)
def test_what_is_no_schedule_is_refused(aws: Cloud, office: Office, body: dict[str, Any], field: str) -> None:
    id = office.schedule()
    with unchanged(aws):
        answer = office.ask("update_schedule", body, id=id)
    assert (answer.status, list(answer.json)) == (400, [field])


def test_one_that_is_not_there_is_not_found(aws: Cloud, office: Office) -> None:
    with unchanged(aws):
        assert office.ask("update_schedule", {"status": True}, id=1).status == 404


def test_changes_at_once_are_all_made(office: Office) -> None:
    id = office.schedule()
    fields = [{"status": False}, {"description": "together"}, {"missed": "skip"}]
    changes = [lambda field=field: office.ask("update_schedule", field, id=id).status for field in fields]
    assert at_once(changes) == [200, 200, 200]
    told = office.shown(id)
    assert (told["status"], told["description"], told["missed"]) == (False, "together", "skip")
    assert office.get("list_schedules", status="false")["count"] == 1


def test_one_that_others_change_without_end_is_put_off(office: Office) -> None:
    id = office.schedule()
    busy = refused("TransactionCanceledException", CancellationReasons=[{"Code": "ConditionalCheckFailed"}])
    with upset("TransactWriteItems", busy, first=5):
        answer = office.ask("update_schedule", {"status": True}, id=id)
    assert answer.status == 503
    assert office.shown(id)["status"] is None


@pytest.mark.parametrize("body", [{"description": "new"}, {"missed": "skip"}, {"status": None}])
def test_a_schedule_whose_run_is_under_way_is_not_run_twice_for_a_change(office: Office, body: dict[str, Any]) -> None:
    id = office.schedule()
    office.tick("auto_task_runner")
    assert office.ask("update_schedule", body, id=id).status == 200
    office.tick("auto_task_runner")
    office.follow()
    assert len(office.waiting(Queue.DEFAULT)) == 1


def test_a_run_under_way_and_a_change_are_both_kept(office: Office) -> None:
    id = office.schedule()
    office.tick("auto_task_runner")
    office.follow()
    change = meanwhile(lambda: office.ask("update_schedule", {"missed": "skip"}, id=id))
    with upset("TransactWriteItems", change, after=1):
        office.drain()
    told = office.shown(id)
    assert (told["status"], told["missed"], told["description"]) == (True, "skip", f"This is a description: {id}")


def test_the_audit_log_tells_what_was_different(aws: Cloud, office: Office) -> None:
    id = office.schedule(description="before")
    office.ask("update_schedule", {"description": "after"}, id=id)
    [entry] = [row["entry"] for row in aws.rows(Table.JOBS, "AUDIT#") if "schedule.update" in row["entry"]]
    assert '"before":{"description":"before"},"after":{"description":"after"}' in entry
