from typing import Any

import pytest

from kalit.jobs import response_store
from kalit.kit.resources import Queue, Table
from tests.cloud import Cloud

from ..rows import unchanged
from ..world import Killed, at_once, killed_after, upset
from .office import Office, by_hand

ORDER = {"id": "019b8e0c-2c00-7c11-8a51-0d4f1f3a9c11"}
PHONE = "+998901234567"


def codes(office: Office) -> list[int]:
    return [response["response"] for response in office.get("responses")]


def order(number: int, **more: Any) -> dict[str, Any]:
    id = f"019b8e0c-2c00-7c11-8a51-{number:012d}"
    told = by_hand({**ORDER, "id": id, **more}, id)
    told["messageAttributes"] = {"job": {"stringValue": id, "dataType": "String"}}
    return told


def test_a_code_is_made_and_is_the_result(office: Office) -> None:
    id = office.ask("ask_sms", {}).json["task_id"]
    office.settle()
    [code] = codes(office)
    job = office.job(id)
    assert 100_000 <= code <= 999_999
    assert (job["name"], job["queue"], job["state"], job["result"]) == ("send_sms", "sms_queue", "completed", code)


@pytest.mark.parametrize(("drawn", "code"), [(0, 100_000), (899_999, 999_999)])
def test_codes_have_six_digits(office: Office, monkeypatch: pytest.MonkeyPatch, drawn: int, code: int) -> None:
    limits = []
    monkeypatch.setattr(response_store.secrets, "randbelow", lambda limit: limits.append(limit) or drawn)
    office.work(Queue.SMS_QUEUE, order(1))
    assert (codes(office), limits) == ([code], [900_000])


def test_fifty_workers_at_once_leave_fifty_more_codes(office: Office) -> None:
    office.work(Queue.SMS_QUEUE, order(0))
    first = codes(office)
    answers = at_once([lambda number=number: office.work(Queue.SMS_QUEUE, order(number)) for number in range(1, 51)])
    assert answers == [[]] * 50
    assert len(codes(office)) == 51
    assert codes(office)[:1] == first
    assert office.tally() == {"completed": 51}


def test_the_same_message_twice_is_one_code(aws: Cloud, office: Office, caplog: pytest.LogCaptureFixture) -> None:
    office.work(Queue.SMS_QUEUE, order(1))
    with unchanged(aws):
        assert office.work(Queue.SMS_QUEUE, order(1)) == []
    assert "ended before" in caplog.messages


def test_the_same_message_at_two_workers_at_once_is_one_code(office: Office) -> None:
    at_once([lambda: office.work(Queue.SMS_QUEUE, order(1, phone=PHONE)) for _ in range(8)])
    assert len(codes(office)) == 1
    assert len(office.aws.rows(Table.JOBS, "SMS#")) == 1


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_worker_that_died_is_replaced_and_the_code_stays(office: Office, after: int) -> None:
    with upset("TransactWriteItems", killed_after, after=after), pytest.raises(Killed):
        office.work(Queue.SMS_QUEUE, order(1, phone=PHONE))
    before = codes(office)
    office.work(Queue.SMS_QUEUE, order(1, phone=PHONE))
    assert len(codes(office)) == 1
    assert before in ([], codes(office))
    assert len(office.aws.rows(Table.JOBS, "SMS#")) == 1


@pytest.mark.parametrize(
    ("language", "text"), [("", "Kalit: your code is {}."), ("ru", "Kalit: ваш код {}."), ("uz", "Kalit: kodingiz {}.")]
)
def test_with_a_phone_one_sms_has_the_code(aws: Cloud, office: Office, language: str, text: str) -> None:
    office.work(Queue.SMS_QUEUE, order(1, phone=PHONE, language=language))
    office.follow()
    [code] = codes(office)
    [message] = aws.messages(Queue.SMS)
    assert (message["phone"], message["text"]) == (PHONE, text.format(code))


def test_without_a_phone_there_is_no_sms(office: Office) -> None:
    office.work(Queue.SMS_QUEUE, order(1))
    assert office.aws.rows(Table.JOBS, "SMS#") == []


def test_no_phone_and_no_code_of_an_sms_is_in_the_history(office: Office) -> None:
    office.ask("ask_sms", {"phone": PHONE})
    office.settle()
    [code] = codes(office)
    rows = [row for row in office.aws.rows(Table.OPS) if row["pk"].startswith(("JOB", "ONCE"))]
    assert not [row for row in rows if "901234567" in str(row)]
    assert not [row for row in rows if row.get("queue") == "sms" and str(code) in str(row)]
