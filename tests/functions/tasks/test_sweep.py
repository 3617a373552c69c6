from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from boto3.dynamodb.types import TypeSerializer
from botocore.exceptions import ClientError
from pynamodb.exceptions import TransactWriteError

from kalit.kit.resources import Queue
from tests.cloud import Cloud

from ..rows import unchanged
from ..world import BEGINNING, Clock, Killed, killed_after, meanwhile, refused, upset
from .owner import COUNTDOWN, DONE, SUM, Owner

GAVE_UP = {"error": "Не удалось выполнить задачу. Создайте её ещё раз."}

Sweep = Callable[[float], None]


@pytest.fixture
def sweep(aws: Cloud, clock: Clock) -> Sweep:
    """A tick of the sweeper, so many seconds after the one before."""

    def sweep(after: float) -> None:
        clock.move(seconds=after)
        aws.call("tasks.sweep", {"id": uuid4().hex})

    return sweep


def in_progress(owner: Owner) -> int:
    """A sum whose worker died."""
    id = owner.make()
    with upset("TransactWriteItems", killed_after, own=True), pytest.raises(Killed):
        owner.add(id)
    return id


@pytest.mark.parametrize(("body", "after"), [(SUM, 90), (COUNTDOWN, 89)], ids=["sum", "countdown"])
def test_a_task_that_is_not_late_is_left_alone(
    aws: Cloud, ali: Owner, sweep: Sweep, body: dict[str, Any], after: float
) -> None:
    ali.make(body)
    with unchanged(aws):
        sweep(after)
    assert aws.messages(Queue.SUM) == []


@pytest.mark.parametrize("begun", [Owner.make, in_progress], ids=["never begun", "died"])
def test_a_sum_that_got_lost_is_sent_again(aws: Cloud, ali: Owner, sweep: Sweep, begun: Callable[[Owner], int]) -> None:
    id = begun(ali)
    sweep(91)
    assert aws.messages(Queue.SUM) == [{"owner": 1, "id": id}]
    assert ali.row(id)["sendings"] == 2
    assert ali.counts()["active"] == 1


def test_each_sending_is_given_twice_the_time_of_the_one_before(aws: Cloud, ali: Owner, sweep: Sweep) -> None:
    id = ali.make()
    sent_at = []
    for minute in range(1, 27):
        sweep(60)
        sent_at += [minute for _ in aws.messages(Queue.SUM)]
    assert sent_at == [2, 6, 13]
    assert ali.task(id)["status"] == "error"


def test_what_keeps_failing_is_given_up_in_the_end(aws: Cloud, ali: Owner, sweep: Sweep) -> None:
    id = ali.make()
    for after in (91, 181, 361, 721):
        assert ali.counts() == {"active": 1, "total": 1, "pending": 1}
        sweep(after)
    assert (ali.task(id)["status"], ali.task(id)["result"]) == ("error", GAVE_UP)
    assert ali.counts() == {"total": 1, "error": 1}
    assert {"outbox", "open"}.isdisjoint(ali.row(id))


def test_a_message_that_comes_after_all_changes_nothing(aws: Cloud, ali: Owner, sweep: Sweep) -> None:
    id = ali.make()
    for after in (91, 181, 361, 721):
        sweep(after)
    with unchanged(aws):
        ali.add(id)


def test_a_sum_that_was_sent_again_can_still_be_done(ali: Owner, sweep: Sweep) -> None:
    id = ali.make()
    sweep(91)
    ali.add(id)
    assert ali.task(id)["result"] == {"result": 6}


def test_a_sum_that_is_sent_again_is_sent_once(aws: Cloud, ali: Owner, sweep: Sweep) -> None:
    id = ali.make()
    sweep(91)
    aws.client("sqs").purge_queue(QueueUrl=aws.ids[Queue.SUM])
    image = {name: TypeSerializer().serialize(value) for name, value in ali.row(id).items()}
    aws.call("tasks.dispatch", {"Records": [{"eventName": "MODIFY", "dynamodb": {"NewImage": image}}]})
    assert aws.messages(Queue.SUM) == []


@pytest.mark.parametrize("after", [91, 3_000])
def test_a_late_countdown_is_finished(ali: Owner, sweep: Sweep, after: float) -> None:
    id = ali.make(COUNTDOWN)
    sweep(after)
    assert (ali.task(id)["status"], ali.task(id)["result"]) == ("completed", DONE)
    assert ali.counts() == {"total": 1, "completed": 1}


def test_a_countdown_is_given_thirty_seconds_past_its_end(ali: Owner, sweep: Sweep) -> None:
    id = ali.make(COUNTDOWN)
    sweep(89)
    assert ali.task(id)["status"] == "pending"
    sweep(1)
    assert ali.task(id)["status"] == "completed"


def test_tasks_that_have_ended_are_left_alone(aws: Cloud, ali: Owner, sweep: Sweep) -> None:
    done, cancelled = ali.make(), ali.make(COUNTDOWN)
    ali.add(done)
    ali.cancel(cancelled)
    with unchanged(aws):
        sweep(3_600)
    assert aws.messages(Queue.SUM) == []


def test_every_late_task_is_repaired_whoever_it_belongs_to(aws: Cloud, ali: Owner, vali: Owner, sweep: Sweep) -> None:
    ids = [ali.make(COUNTDOWN) for _ in range(5)] + [vali.make(COUNTDOWN) for _ in range(5)]
    assert len({id % 8 for id in ids}) == 8
    sweep(120)
    assert (ali.counts(), vali.counts()) == ({"total": 5, "completed": 5},) * 2


def test_a_tick_that_comes_twice_sends_once(aws: Cloud, ali: Owner, sweep: Sweep) -> None:
    ali.make()
    sweep(91)
    aws.messages(Queue.SUM)
    with unchanged(aws):
        sweep(0)
    assert aws.messages(Queue.SUM) == []


def test_a_tick_that_died_is_taken_up_by_the_next(aws: Cloud, ali: Owner, sweep: Sweep) -> None:
    ids = [ali.make(COUNTDOWN) for _ in range(3)]
    with upset("TransactWriteItems", killed_after, own=True), pytest.raises(Killed):
        sweep(120)
    sweep(60)
    assert [ali.task(id)["status"] for id in ids] == ["completed"] * 3
    assert ali.counts() == {"total": 3, "completed": 3}


def test_a_sum_that_is_done_while_it_is_sent_again_stops_nobody(ali: Owner, sweep: Sweep) -> None:
    ids = [ali.make(SUM) for _ in range(2)]
    with upset("SendMessage", meanwhile(lambda: ali.add(*ids))):
        sweep(91)
    assert ali.counts() == {"total": 2, "completed": 2}


@pytest.mark.parametrize(
    ("body", "operation"), [(SUM, "SendMessage"), (COUNTDOWN, "TransactWriteItems")], ids=["sum", "countdown"]
)
def test_one_that_cannot_be_repaired_now_holds_up_no_other(
    ali: Owner, sweep: Sweep, body: dict[str, Any], operation: str
) -> None:
    rows = [ali.row(ali.make(body)) for _ in range(3)]

    def repaired() -> int:
        return sum(ali.row(int(row["sk"].removeprefix("TASK#"))) != row for row in rows)

    with upset(operation, refused("InternalServerError"), own=True), pytest.raises((ClientError, TransactWriteError)):
        sweep(91)
    assert repaired() == 2
    sweep(60)
    assert repaired() == 3


def test_a_countdown_that_ends_meanwhile_ends_once(ali: Owner, sweep: Sweep) -> None:
    id = ali.make(COUNTDOWN)
    with upset("TransactWriteItems", meanwhile(lambda: ali.count_down(id)), own=True):
        sweep(120)
    assert ali.counts() == {"total": 1, "completed": 1}


def test_a_repaired_sum_is_due_again_later(ali: Owner, sweep: Sweep) -> None:
    id = ali.make()
    sweep(91)
    due = BEGINNING + timedelta(seconds=91 + 180)
    assert ali.row(id)["due_at"] == due.strftime("%Y-%m-%dT%H:%M:%S.000Z")
