"""What the doors that are not HTTP make of their events."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from kalit.kit import queues, schedules, steps, streams, topics
from kalit.kit.doors import Malformed
from kalit.kit.resources import Queue, Table
from kalit.kit.streams import Change
from tests.cloud import Cloud

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Order(BaseModel):
    number: int


class Done(BaseModel):
    at: datetime


@pytest.fixture(autouse=True)
def at_noon(aws: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(Table.OPS.variable, aws.ids[Table.OPS])  # for the history of jobs
    file = tmp_path / "clock"
    file.write_text(NOON.isoformat())
    monkeypatch.setenv("CLOCK_FILE", str(file))


def sqs(*bodies: str) -> dict[str, Any]:
    return {"Records": [{"messageId": str(place), "body": body} for place, body in enumerate(bodies)]}


def test_a_consumer_takes_each_message_as_its_model() -> None:
    taken: list[Order] = []

    def handler(message: Order) -> None:
        taken.append(message)

    answer = queues.consume(Queue.SUM)(handler)(sqs('{"number": 1}', '{"number": 2}'), None)
    assert answer == {"batchItemFailures": []}
    assert taken == [Order(number=1), Order(number=2)]


@pytest.mark.parametrize("bad", ["{}", "not JSON", '{"number": "many"}', '{"number": 13}'])
def test_a_message_that_fails_comes_back_alone(bad: str) -> None:
    taken: list[int] = []

    def handler(message: Order) -> None:
        if message.number == 13:
            raise RuntimeError
        taken.append(message.number)

    answer = queues.consume(Queue.SUM)(handler)(sqs('{"number": 1}', bad, '{"number": 3}'), None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert taken == [1, 3]


def test_messages_that_all_fail_all_come_back() -> None:
    def handler(message: Order) -> None: ...

    answer = queues.consume(Queue.SUM)(handler)(sqs("{}", "{}"), None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}, {"itemIdentifier": "1"}]}


def record(name: str, **row: str) -> dict[str, Any]:
    return {"eventName": name, "dynamodb": {"NewImage": {key: {"S": value} for key, value in row.items()}}}


def test_a_stream_brings_only_rows_that_ask_to_be_followed() -> None:
    followed: list[Change] = []

    def handler(change: Change) -> None:
        followed.append(change)

    gone = {"eventName": "REMOVE", "dynamodb": {"Keys": {"pk": {"S": "c"}}}}
    records = [record("INSERT", pk="a"), record("MODIFY", pk="b", outbox="sum"), gone]
    streams.of(Table.TASKS)(handler)({"Records": records}, None)
    assert followed == [Change("sum", {"pk": {"S": "b"}, "outbox": {"S": "sum"}})]


def test_a_record_that_fails_stops_the_stream_there() -> None:
    followed: list[str] = []

    def handler(change: Change) -> None:
        if change.outbox == "bad":
            raise RuntimeError
        followed.append(change.outbox)

    with pytest.raises(RuntimeError):
        streams.of(Table.TASKS)(handler)(
            {"Records": [record("INSERT", outbox=name) for name in ("a", "bad", "c")]}, None
        )
    assert followed == ["a"]


def test_a_step_is_given_its_model_and_the_time() -> None:
    def handler(order: Order, at: datetime) -> Done:
        return Done(at=at)

    assert steps.task()(handler)({"number": 1}, None) == {"at": "2026-11-20T12:00:00Z"}


def test_a_step_that_has_nothing_to_say_says_nothing() -> None:
    def handler(order: Order, at: datetime) -> None: ...

    assert steps.task()(handler)({"number": 1}, None) is None


def test_a_step_refuses_what_it_does_not_understand() -> None:
    def handler(order: Order, at: datetime) -> None: ...

    with pytest.raises(Malformed):
        steps.task()(handler)({}, None)


@pytest.mark.parametrize("knock", ["step", "message", "topic"])
def test_what_cannot_be_understood_is_not_quoted(caplog: pytest.LogCaptureFixture, knock: str) -> None:
    def handler(order: Order, at: datetime) -> None: ...

    def heard(device: str, report: Order, at: datetime) -> None: ...

    secret = {"number": "my password"}
    if knock == "step":
        with pytest.raises(Malformed) as refused:
            steps.task()(handler)(secret, None)
        assert "password" not in str(refused.value)
    elif knock == "message":
        queues.consume(Queue.SUM)(handler)(sqs(json.dumps(secret)), None)
    else:
        topics.on("smartlock/+/status")(heard)(told_by_lock(secret), None)
    assert "refused" in caplog.text
    assert "password" not in caplog.text


def test_a_schedule_brings_the_time() -> None:
    ticks: list[datetime] = []

    def handler(at: datetime) -> None:
        ticks.append(at)

    schedules.every(minutes=1)(handler)({"id": "1"}, None)
    assert ticks == [NOON]


def told_by_lock(payload: Any, at: int = 1_795_000_000_000) -> dict[str, Any]:
    """As a topic's rule hands over what `lock-1` published and the broker received at `at`."""
    return {"device": "lock-1", "payload": payload, "at": at}


@pytest.mark.parametrize(("payload", "reports"), [({"number": 7}, [("lock-1", 7)]), ({}, []), ("text", []), (None, [])])
def test_a_topic_brings_the_device_and_what_it_reports(payload: Any, reports: list[tuple[str, int]]) -> None:
    heard: list[tuple[str, int]] = []

    def handler(device: str, report: Order, at: datetime) -> None:
        heard.append((device, report.number))

    topics.on("smartlock/+/status")(handler)(told_by_lock(payload), None)
    assert heard == reports


def test_a_topic_brings_the_time_of_the_brokers_receipt(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[datetime] = []

    def handler(device: str, report: Order, at: datetime) -> None:
        heard.append(at)

    monkeypatch.delenv("CLOCK_FILE")
    for at in (1_795_000_000_000, 1_795_000_000_001):
        topics.on("smartlock/+/status")(handler)(told_by_lock({"number": 7}, at), None)
    first = datetime(2026, 11, 18, 11, 6, 40, tzinfo=UTC)
    assert heard == [first, first + timedelta(milliseconds=1)]


def test_a_topics_rule_names_the_device_by_its_place() -> None:
    def handler(device: str, report: Order, at: datetime) -> None: ...

    rule = topics.on("smartlock/+/status")(handler).sql
    assert rule == "SELECT * AS payload, topic(2) AS device, timestamp() AS at FROM 'smartlock/+/status'"
