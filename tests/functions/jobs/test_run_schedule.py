import pytest

from kalit.kit.resources import Queue, Table
from tests.cloud import Cloud

from ..rows import unchanged
from .office import Office


@pytest.mark.parametrize("told", [{"status": True}, {"date": "2030-01-01T00:00:00Z"}, {"status": False}, {}])
def test_a_schedule_is_run_whatever_its_date_and_status(office: Office, told: dict[str, object]) -> None:
    id = office.schedule(**told)
    answer = office.ask("run_schedule", id=id)
    assert answer.status == 202
    office.settle()
    schedule = office.shown(id)
    assert (schedule["status"], schedule["description"]) == (True, f"This is a description: {id}")
    job = office.job(answer.json["task_id"])
    assert (job["name"], job["queue"], job["state"]) == ("process_schedule", "default", "completed")
    assert job["arguments"]["id"] == id


def test_who_asked_is_known_of_the_run_behind_stream_and_queue(aws: Cloud, office: Office) -> None:
    id = office.schedule()
    headers = {"x-request-id": "mine-7"}
    run = aws.http("jobs.run_schedule", token=office.token, headers=headers, id=id).json["task_id"]
    office.follow()
    pending = office.job(run)
    assert (pending["state"], pending["asked_by"], pending["request_id"]) == ("pending", 1, "mine-7")
    [record] = office.waiting(Queue.DEFAULT)
    told = {name: value["stringValue"] for name, value in record["messageAttributes"].items()}
    assert told == {"job": run, "name": "process_schedule", "request_id": "mine-7", "caller_id": "1"}
    office.work(Queue.DEFAULT, record)
    done = office.job(run)
    assert (done["state"], done["asked_by"], done["request_id"]) == ("completed", 1, "mine-7")


def test_one_that_is_not_there_is_not_found(aws: Cloud, office: Office) -> None:
    with unchanged(aws):
        assert office.ask("run_schedule", id=1).status == 404


def test_asked_for_twice_it_runs_twice(office: Office) -> None:
    id = office.schedule()
    runs = {office.ask("run_schedule", id=id).json["task_id"] for _ in range(2)}
    office.settle()
    assert {job["id"] for job in office.jobs(queue="default")} == runs
    assert len(runs) == 2


def test_who_had_it_run_stands_in_the_audit_log(aws: Cloud, office: Office) -> None:
    id = office.schedule()
    office.ask("run_schedule", id=id)
    [entry] = [row["entry"] for row in aws.rows(Table.JOBS, "AUDIT#") if "schedule.run" in row["entry"]]
    assert f'"resource_id":"{id}"' in entry
