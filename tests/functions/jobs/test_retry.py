from typing import Any

import pytest
from botocore.exceptions import ClientError

from kalit.kit.resources import Queue, Table
from tests.cloud import Cloud

from ..rows import unchanged
from ..world import Killed, killed_after, meanwhile, refused, upset
from .office import Office, by_hand
from .test_bury import failed_call, lost_place


def test_a_dead_job_is_sent_again_as_it_was_and_done(office: Office) -> None:
    id = office.ask("ask_task_1", {"num": 5}).json["task_id"]
    original = office.taken(Queue.DEFAULT)
    office.bury(original, "default-dead")
    answer = office.ask("retry", id=id)
    assert (answer.status, answer.json["state"], answer.json["retryable"]) == (202, "pending", False)
    assert answer.json["ended_at"] is None
    office.follow(Table.OPS)
    [again] = office.waiting(Queue.DEFAULT)
    assert (again["body"], again["messageAttributes"]) == (original["body"], original["messageAttributes"])
    office.work(Queue.DEFAULT, again)
    assert office.job(id)["state"] == "completed"
    assert "message" not in office.row(id)


def test_a_job_may_die_and_be_sent_again_any_number_of_times(office: Office) -> None:
    id = office.dead()
    for _ in range(3):
        assert office.ask("retry", id=id).status == 202
        office.follow(Table.OPS)
        record = office.taken(Queue.DEFAULT)
        office.bury(record, "default-dead")
        assert office.job(id)["state"] == "dead"
    office.ask("retry", id=id)
    office.settle()
    assert office.job(id)["state"] == "completed"


def test_two_at_once_send_it_once(office: Office) -> None:
    id = office.dead()
    others: list[Any] = []
    with upset("TransactWriteItems", meanwhile(lambda: others.append(office.ask("retry", id=id)))):
        mine = office.ask("retry", id=id)
    assert sorted((mine.status, others[0].status)) == [202, 409]
    office.settle()
    assert (office.job(id)["state"], office.job(id)["tries"]) == ("completed", 1)
    assert len([row for row in office.aws.rows(Table.OPS, "AUDIT#") if "job.retry" in row["entry"]]) == 1


@pytest.mark.parametrize("state", ["pending", "completed", "running"])
def test_one_that_is_not_dead_is_not_sent_again(aws: Cloud, office: Office, state: str) -> None:
    id = office.ask("ask_task_1", {"num": 5}).json["task_id"]
    [record] = office.waiting(Queue.DEFAULT)
    if state == "running":
        with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
            office.work(Queue.DEFAULT, record)
    if state == "completed":
        office.work(Queue.DEFAULT, record)
    with unchanged(aws):
        answer = office.ask("retry", id=id)
    said = f"Only a dead job can be sent again; this one is {state}."
    assert (answer.status, answer.json) == (409, {"detail": said})


@pytest.mark.parametrize(
    "letter",
    [
        failed_call("jobs-x", {"id": "tick"}),
        lost_place(),
        failed_call("x-y", {"device": "d", "payload": {}}),
    ],
    ids=["tick", "stream", "topic"],
)
def test_one_without_a_message_cannot_be_sent_again(aws: Cloud, office: Office, letter: dict[str, Any]) -> None:
    office.bury(letter, "undelivered")
    [job] = office.jobs(state="dead")
    with unchanged(aws):
        answer = office.ask("retry", id=job["id"])
    assert (answer.status, job["retryable"]) == (409, False)
    assert answer.json["detail"].startswith("This job has no message that could be sent again")


@pytest.mark.parametrize("id", ["3f0f4f9e-6a35-4cb5-9b66-0a54cf0d1a11", "x", "1"])
def test_one_that_is_not_there_is_not_found(aws: Cloud, office: Office, id: str) -> None:
    with unchanged(aws):
        assert office.ask("retry", id=id).status == 404


def test_what_was_cut_short_between_any_two_calls_is_done_once_in_the_end(office: Office) -> None:
    for operation in ("GetItem", "TransactWriteItems"):
        id = office.dead()
        with upset(operation, killed_after), pytest.raises(Killed):
            office.ask("retry", id=id)
        assert office.ask("retry", id=id).status == (409 if operation == "TransactWriteItems" else 202)
        office.settle()
        assert (office.job(id)["state"], office.job(id)["tries"]) == ("completed", 1)
    for operation in ("Decrypt", "SendMessage"):
        id = office.dead()
        office.ask("retry", id=id)
        with upset(operation, killed_after), pytest.raises(Killed):
            office.aws.stream("jobs.send_again", office.row(id))
        office.settle()
        assert (office.job(id)["state"], office.job(id)["tries"]) == ("completed", 1)
    office.tally()


def test_a_retry_that_cannot_be_written_leaves_the_job_dead(aws: Cloud, office: Office) -> None:
    id = office.dead()
    with unchanged(aws), upset("TransactWriteItems", refused("InternalServerError")):
        assert office.ask("retry", id=id).status == 500
    assert office.job(id)["retryable"] is True


def test_who_sent_it_again_stands_in_the_audit_log(aws: Cloud, office: Office) -> None:
    id = office.dead()
    office.ask("retry", id=id)
    [entry] = [entry for entry in office.audited(Table.OPS) if entry["action"] == "job.retry"]
    assert (entry["action"], entry["resource_id"], entry["username"]) == ("job.retry", id, "ali")
    assert entry["details"] == {"before": {"state": "dead"}, "after": {"state": "pending"}}


def test_a_changed_message_is_never_sent(office: Office) -> None:
    id, other = office.dead(), office.dead()
    office.ask("retry", id=id)
    row = {**office.row(id), "message": office.row(other)["message"]}
    with pytest.raises(ClientError):
        office.aws.stream("jobs.send_again", row)
    assert office.waiting(Queue.DEFAULT) == []


def test_nonsense_dies_again_and_harms_nobody(office: Office) -> None:
    office.bury(by_hand("not JSON"), "default-dead")
    [job] = office.jobs()
    office.clock.move(seconds=1)
    office.ask("retry", id=job["id"])
    office.settle()
    told = office.job(job["id"])
    assert (told["state"], told["tries"], told["attempts"][-1]["error"]) == ("dead", 5, "ValidationError")
