from kalit.kit.resources import Table
from tests.cloud import Cloud

from ..rows import unchanged
from ..world import meanwhile, upset
from .office import Office


def test_a_schedule_that_is_deleted_is_gone_from_everywhere(office: Office) -> None:
    id, other = office.schedule(), office.schedule()
    answer = office.ask("delete_schedule", id=id)
    assert (answer.status, answer.text) == (204, "")
    assert office.ask("show_schedule", id=id).status == 404
    told = office.get("list_schedules", status="null")
    assert (told["count"], [schedule["id"] for schedule in told["results"]]) == (1, [other])


def test_deleting_twice_is_not_found(aws: Cloud, office: Office) -> None:
    id = office.schedule()
    office.ask("delete_schedule", id=id)
    with unchanged(aws):
        assert office.ask("delete_schedule", id=id).status == 404


def test_a_deleted_schedule_is_not_run_any_more(office: Office) -> None:
    once, often = office.schedule(), office.schedule(expression="rate(1 minute)")
    for id in (once, often):
        office.ask("delete_schedule", id=id)
    office.clock.move(minutes=2)
    for door in ("auto_task_runner", "run_recurring"):
        office.tick(door)
    office.settle()
    assert office.jobs(queue="default") == []


def test_a_run_that_has_begun_finds_nothing_and_ends(office: Office) -> None:
    id = office.schedule()
    run = office.ask("run_schedule", id=id).json["task_id"]
    office.ask("delete_schedule", id=id)
    office.settle()
    assert office.job(run)["state"] == "completed"
    assert office.get("list_schedules")["count"] == 0


def test_a_change_meanwhile_is_deleted_with_it(office: Office) -> None:
    id = office.schedule()
    change = meanwhile(lambda: office.ask("update_schedule", {"status": True}, id=id))
    with upset("TransactWriteItems", change):
        assert office.ask("delete_schedule", id=id).status == 204
    assert office.get("list_schedules")["count"] == 0
    assert office.get("list_schedules", status="true")["count"] == 0


def test_who_deleted_what_stands_in_the_audit_log(aws: Cloud, office: Office) -> None:
    office.ask("delete_schedule", id=office.schedule(description="Ask the couriers"))
    [entry] = [row["entry"] for row in aws.rows(Table.JOBS, "AUDIT#") if "schedule.delete" in row["entry"]]
    assert "Ask the couriers" in entry
