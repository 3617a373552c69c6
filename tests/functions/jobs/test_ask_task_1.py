from typing import Any

import pytest

from kalit.kit.resources import Queue
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


@pytest.mark.parametrize("code", ["InternalServerError", "ValidationException", "ThrottlingException"])
def test_what_was_handed_over_is_accepted_even_where_it_cannot_be_noted(office: Office, code: str) -> None:
    with upset("TransactWriteItems", refused(code), after=1):
        answer = office.ask("ask_task_1", {"num": 5})
    assert answer.status == 202
    office.settle()
    assert office.job(answer.json["task_id"])["state"] == "completed"


def test_what_died_before_it_was_noted_is_noted_by_the_worker(office: Office) -> None:
    with upset("SendMessage", killed_after), pytest.raises(Killed):
        office.ask("ask_task_1", {"num": 5})
    office.drain()
    [job] = office.jobs()
    assert (job["name"], job["state"], job["tries"], job["asked_by"]) == ("task_1", "completed", 1, 1)
