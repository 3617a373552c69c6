import json
from typing import Any

import pytest

from kalit.kit.ids import derived
from kalit.kit.resources import Queue, Table
from tests.cloud import Cloud

from ..rows import unchanged
from ..world import Killed, killed_after, meanwhile, refused, upset
from .office import Office, by_hand

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:local-{}:$LATEST"
EXECUTION = {"owner": 1, "id": 7, "due_at": "2026-01-05T12:01:00Z"}
TOLD = {"job": "019b8e0c-2c00-7c11-8a51-0d4f1f3a9c11", "request_id": "mine-7", "caller_id": "1"}


def put_aside(**more: Any) -> dict[str, Any]:
    """What a machine says of a step that kept failing."""
    failure = {"Error": "Unavailable", "Cause": "{}"}
    return by_hand({"machine": "countdown", "order": {**EXECUTION, **TOLD, "failure": failure, **more}})


def failed_call(door: str, payload: Any) -> dict[str, Any]:
    """What Lambda says of a call that kept failing."""
    context = {"functionArn": FUNCTION.format(door), "condition": "RetriesExhausted", "approximateInvokeCount": 3}
    return by_hand({"version": "1.0", "requestContext": context, "requestPayload": payload})


def lost_place(number: str = "1") -> dict[str, Any]:
    """What Lambda says of a stream's records that it gave up."""
    place = {"shardId": "shardId-1", "startSequenceNumber": number, "endSequenceNumber": number, "batchSize": 1}
    context = {"functionArn": FUNCTION.format("jobs-dispatch"), "condition": "RetryAttemptsExhausted"}
    return by_hand({"requestContext": context, "version": "1.0", "DDBStreamBatchInfo": place})


def message(office: Office) -> tuple[str, dict[str, Any]]:
    id = office.ask("ask_task_1", {"num": 5}).json["task_id"]
    [record] = office.waiting(Queue.DEFAULT)
    return id, record


def test_a_dead_letter_is_a_dead_job(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    id, record = message(office)
    office.clock.move(minutes=5)
    assert office.bury(record, "default-dead") == []
    job = office.job(id)
    assert (job["state"], job["ended_at"], job["retryable"]) == ("dead", "2026-01-05T12:05:00.000Z", True)
    assert (job["name"], job["asked_by"], job["request_id"]) == ("task_1", 1, "sample-request")
    assert "job died" in caplog.messages
    assert office.tally() == {"dead": 1}


def test_the_attempts_of_a_dead_job_are_kept(office: Office) -> None:
    id, record = message(office)
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        office.work(Queue.DEFAULT, record)
    office.bury(record, "default-dead")
    assert [attempt["error"] for attempt in office.job(id)["attempts"]] == ["its process died"]


def test_its_message_is_kept_sealed(office: Office) -> None:
    secret = by_hand({"phone": "+998901234567", "text": "945702 is your code"})
    office.bury(secret, "sms-dead")
    rows = [row for row in office.aws.rows(Table.OPS) if row["pk"].startswith("JOB")]
    assert not [row for row in rows if "901234567" in str(row) or "945702" in str(row)]
    [job] = office.jobs(queue="sms")
    assert (job["retryable"], job["arguments"]) == (True, {"phone": "…(13)", "text": "…(19)"})


@pytest.mark.parametrize("queue", Queue, ids=lambda queue: queue.value)
def test_the_dead_letters_of_every_queue_are_told_apart(office: Office, queue: Queue) -> None:
    bare = queue.value.removesuffix(".fifo")
    office.bury(by_hand({"a": 1}), f"{bare}-dead{'.fifo' if queue.fifo else ''}")
    [job] = office.jobs(queue=queue.value)
    assert (job["state"], job["name"], job["retryable"]) == ("dead", queue.value, True)


def test_a_step_that_kept_failing_is_a_dead_job_of_its_machine(office: Office) -> None:
    assert office.bury(put_aside(), "undelivered") == []
    [job] = office.jobs(queue="countdown")
    assert (job["id"], job["name"], job["state"]) == (TOLD["job"], "countdown", "dead")
    assert (job["arguments"], job["retryable"]) == (EXECUTION, True)


def test_an_execution_that_was_started_by_hand_is_buried_too(office: Office) -> None:
    order = {**EXECUTION, "failure": {"Error": "Unavailable", "Cause": "{}"}}
    assert office.bury(by_hand({"machine": "countdown", "order": order}), "undelivered") == []
    [job] = office.jobs(queue="countdown")
    assert job["id"] == str(derived("execution", json.dumps(EXECUTION, sort_keys=True)))


def test_a_tick_that_kept_failing_is_a_dead_job_that_nobody_sends_again(office: Office) -> None:
    tick = {"id": "3f0f4f9e", "source": "aws.scheduler", "detail": "{}"}
    with upset("Query", refused("InternalServerError")), pytest.raises(Exception, match="no"):
        office.aws.call("jobs.run_recurring", tick)
    [before] = office.jobs(queue="schedules")
    assert before["state"] == "retrying"
    office.bury(failed_call("jobs-run_recurring", tick), "undelivered")
    [job] = office.jobs(queue="schedules")
    assert (job["id"], job["name"]) == (before["id"], "jobs.run_recurring")
    assert (job["state"], job["tries"], job["retryable"]) == ("dead", 1, False)


def test_a_place_that_a_stream_lost_is_a_dead_job_that_nobody_sends_again(office: Office) -> None:
    for number in ("1", "2", "1"):
        office.bury(lost_place(number), "undelivered")
    told = office.jobs(queue="streams")
    assert [(job["name"], job["state"], job["retryable"]) for job in told] == [("jobs.dispatch", "dead", False)] * 2


def test_a_message_of_a_topic_is_a_dead_job(office: Office) -> None:
    office.bury(failed_call("tests-lock_status", {"device": "lock-1", "payload": {"pin": "1234"}}), "undelivered")
    [job] = office.jobs(queue="topics")
    assert (job["name"], job["state"]) == ("tests.lock_status", "dead")
    assert "1234" not in str(job["arguments"])


@pytest.mark.parametrize("body", ["not JSON", "", "5", "null", "[]", "{}", '{"machine": "none", "order": {}}'])
def test_nonsense_among_the_undelivered_holds_up_no_other(office: Office, body: str) -> None:
    source = "arn:aws:sqs:us-east-1:123456789012:local-undelivered"
    records = [{**by_hand(body, "nonsense"), "eventSourceARN": source}, {**put_aside(), "eventSourceARN": source}]
    office.aws.call("jobs.bury", {"Records": records})
    assert len(office.jobs(queue="countdown")) == 1


@pytest.mark.parametrize("body", ["not JSON", "", "5", "null", "[]", "{}", '{"machine": "none", "order": {}}'])
def test_nonsense_among_the_undelivered_is_buried_as_well(office: Office, body: str) -> None:
    assert office.bury(by_hand(body), "undelivered") == []
    assert office.tally() == {"dead": 1}


@pytest.mark.parametrize("body", ["not JSON", "", "5", "null", "[]", "{}"])
def test_nonsense_in_a_queue_is_buried_as_it_is(office: Office, body: str) -> None:
    assert office.bury(by_hand(body), "default-dead") == []
    [job] = office.jobs(queue="default")
    assert (job["state"], job["retryable"]) == ("dead", True)


def test_the_same_letter_twice_is_one_dead_job(aws: Cloud, office: Office) -> None:
    _, record = message(office)
    office.bury(record, "default-dead")
    office.clock.move(minutes=1)
    with unchanged(aws):
        assert office.bury(record, "default-dead") == []


def test_the_letter_of_a_job_that_was_done_after_all_is_let_go(aws: Cloud, office: Office) -> None:
    _, record = message(office)
    office.work(Queue.DEFAULT, record)
    with unchanged(aws):
        assert office.bury(record, "default-dead") == []


def test_a_letter_of_a_job_that_is_being_sent_again_sends_nothing_more(aws: Cloud, office: Office) -> None:
    id, record = message(office)
    office.bury(record, "default-dead")
    office.ask("retry", id=id)
    office.bury(record, "default-dead")
    assert "outbox" not in office.row(id)


def test_two_at_once_bury_once(office: Office) -> None:
    _, record = message(office)
    with upset("TransactWriteItems", meanwhile(lambda: office.bury(record, "default-dead"))):
        assert office.bury(record, "default-dead") == [record["messageId"]]
    assert office.bury(record, "default-dead") == []
    assert office.tally() == {"dead": 1}


@pytest.mark.parametrize("operation", ["GetItem", "GenerateDataKey", "TransactWriteItems"])
def test_what_was_cut_short_is_buried_the_next_time(office: Office, operation: str) -> None:
    id, record = message(office)
    with upset(operation, killed_after), pytest.raises(Killed):
        office.bury(record, "default-dead")
    assert office.bury(record, "default-dead") == []
    assert office.job(id)["state"] == "dead"
    assert office.tally() == {"dead": 1}


def test_a_letter_that_cannot_be_sealed_now_comes_back(aws: Cloud, office: Office) -> None:
    _, record = message(office)
    with unchanged(aws), upset("GenerateDataKey", refused("KMSInternalException")):
        assert office.bury(record, "default-dead") == [record["messageId"]]
