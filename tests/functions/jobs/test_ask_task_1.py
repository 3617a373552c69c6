from typing import Any

import pytest

from kalit.kit.resources import Queue, Table
from tests.cloud import Cloud

from ..rows import unchanged
from ..world import Killed, killed_after, refused, upset
from .office import Office


@pytest.mark.parametrize("num", [5, 0, -3, 2.5, 10**30])
def test_a_number_goes_to_its_worker(aws: Cloud, office: Office, num: float) -> None:
    answer = office.ask("ask_task_1", {"num": num})
    assert (answer.status, list(answer.json)) == (202, ["task_id"])
    assert aws.messages(Queue.DEFAULT) == [{"job": "task_1", "num": num}]
    job = office.job(answer.json["task_id"])
    assert (job["name"], job["state"], job["arguments"]["num"], job["asked_by"]) == ("task_1", "pending", num, 1)


def test_a_form_carries_its_number_as_text(aws: Cloud, office: Office) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert aws.http("jobs.ask_task_1", raw=b"num=2.5", token=office.token, headers=headers).status == 202
    office.deliver()
    assert aws.messages(Queue.DEFAULT) == [{"job": "task_1", "num": 2.5}]


@pytest.mark.parametrize(
    "body",
    [{}, {"num": True}, {"num": "5"}, {"num": "five"}, {"num": None}, {"num": [5]}, {"num": "inf"}, {"num": "nan"}],
)
def test_what_is_no_number_is_refused(aws: Cloud, office: Office, body: dict[str, Any]) -> None:
    with unchanged(aws):
        answer = office.ask("ask_task_1", body)
    assert (answer.status, list(answer.json)) == (400, ["num"])
    assert aws.messages(Queue.DEFAULT) == []


@pytest.mark.parametrize("text", [b"num=inf", b"num=nan", b"num=five", b"num="])
def test_what_is_no_number_in_a_form_is_refused(aws: Cloud, office: Office, text: bytes) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = aws.http("jobs.ask_task_1", raw=text, token=office.token, headers=headers)
    assert (answer.status, list(answer.json)) == (400, ["num"])


@pytest.mark.parametrize("code", ["InternalServerError", "ValidationException"])
def test_what_cannot_be_kept_is_not_asked_for(aws: Cloud, office: Office, code: str) -> None:
    with unchanged(aws), upset("TransactWriteItems", refused(code)):
        assert office.ask("ask_task_1", {"num": 5}).status == 500
    assert office.jobs() == []


def test_it_is_a_job_from_the_moment_it_is_asked_for(aws: Cloud, office: Office) -> None:
    answer = aws.http("jobs.ask_task_1", {"num": 5}, token=office.token)
    job = office.job(answer.json["task_id"])
    assert (job["name"], job["state"], job["asked_by"], job["arguments"]["num"]) == ("task_1", "pending", 1, 5)


def test_what_dies_on_its_way_is_done_by_the_record_that_comes_again(aws: Cloud, office: Office) -> None:
    id = aws.http("jobs.ask_task_1", {"num": 5}, token=office.token).json["task_id"]
    with upset("SendMessage", killed_after), pytest.raises(Killed):
        office.deliver()
    office.deliver()
    office.drain()
    assert (office.job(id)["state"], office.job(id)["tries"]) == ("completed", 1)


def test_asked_for_again_with_its_key_it_is_the_same(aws: Cloud, office: Office) -> None:
    ids = set()
    for _ in range(2):
        ids.add(office.ask("ask_task_1", {"num": 5}, key="mine").json["task_id"])
        for row in aws.rows(Table.OPS, "ONCE#"):  # as if the answer had never been kept
            aws.table(Table.OPS).delete_item(Key={"pk": row["pk"], "sk": row["sk"]})
    assert len(ids) == 1
    assert len(office.audited(Table.JOBS)) == 1
