import json

import pytest
from botocore.exceptions import ClientError

from kalit.kit.resources import Queue, Table
from tests.cloud import Cloud

from ..rows import unchanged
from ..world import Killed, killed_after, refused, upset
from .office import Office


def test_a_run_goes_to_its_worker(aws: Cloud, office: Office) -> None:
    id = office.schedule()
    run = office.ask("run_schedule", id=id).json["task_id"]
    office.follow()
    assert aws.messages(Queue.DEFAULT) == [{"job": "process_schedule", "id": id}]
    assert office.job(run)["state"] == "pending"


def test_a_record_that_comes_twice_is_one_job(aws: Cloud, office: Office) -> None:
    run = office.ask("run_schedule", id=office.schedule()).json["task_id"]
    [row] = aws.rows(Table.JOBS, "RUN#")
    for _ in range(2):
        aws.stream("jobs.dispatch", row)
    assert office.drain() == 2
    assert [job["id"] for job in office.jobs(queue="default")] == [run]
    assert office.job(run)["tries"] == 1


def test_an_entry_goes_to_the_audit_log(aws: Cloud, office: Office) -> None:
    office.schedule(description="Ask the couriers")
    office.follow()
    [record] = office.waiting(Queue.AUDIT)
    entry = json.loads(record["body"])
    assert (entry["action"], entry["username"], entry["resource_type"]) == ("schedule.create", "ali", "schedule")
    assert record["attributes"]["MessageDeduplicationId"] == entry["id"]
    [job] = office.jobs(queue="audit.fifo")
    assert (job["id"], job["state"]) == (entry["id"], "pending")


@pytest.mark.parametrize("times", [1, 2])
def test_a_code_goes_to_its_phone_once_however_often_its_record_comes(aws: Cloud, office: Office, times: int) -> None:
    office.ask("ask_sms", {"phone": "+998901234567"})
    office.drain(Queue.SMS_QUEUE)
    [row] = aws.rows(Table.JOBS, "SMS#")
    for _ in range(times):
        aws.stream("jobs.dispatch", row)
    office.drain(Queue.SMS)
    assert len(aws.rows(Table.OPS, "OUTBOX#sms# ")) == 1
    assert len(office.jobs(queue="sms")) == 1


def test_what_cannot_be_handed_over_now_is_left_to_the_stream(aws: Cloud, office: Office) -> None:
    office.schedule()
    office.ask("run_schedule", id=1)
    [row] = aws.rows(Table.JOBS, "RUN#")
    with unchanged(aws), upset("SendMessage", refused("ServiceUnavailable")), pytest.raises(ClientError):
        aws.stream("jobs.dispatch", row)


def test_a_message_whose_job_could_not_be_noted_is_noted_by_its_worker(aws: Cloud, office: Office) -> None:
    run = office.ask("run_schedule", id=office.schedule()).json["task_id"]
    [row] = aws.rows(Table.JOBS, "RUN#")
    with upset("SendMessage", killed_after), pytest.raises(Killed):
        aws.stream("jobs.dispatch", row)
    office.drain()
    job = office.job(run)
    assert (job["state"], job["name"], job["asked_by"]) == ("completed", "process_schedule", 1)
