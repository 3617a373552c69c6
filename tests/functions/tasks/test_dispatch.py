import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from kalit.kit import steps
from kalit.kit.resources import Machine, Queue, Table
from tests.cloud import Cloud

from ..rows import unchanged
from ..world import Killed, killed_after, refused, upset
from .owner import COUNTDOWN, LARGE, SUM, Owner


def dispatch(aws: Cloud, *rows: dict[str, Any]) -> None:
    aws.stream("tasks.dispatch", *rows)


def execution(aws: Cloud, id: int) -> Any:
    """What became of a task's execution."""
    arn = aws.ids[Machine.COUNTDOWN].replace(":stateMachine:", ":execution:")
    return aws.client("stepfunctions").describe_execution(executionArn=f"{arn}:task-{id}")


def test_a_sum_is_sent_to_its_worker(aws: Cloud, ali: Owner) -> None:
    id = ali.make()
    with unchanged(aws):
        dispatch(aws, ali.row(id))
    assert aws.messages(Queue.SUM) == [{"owner": 1, "id": id}]


def test_a_message_names_the_task_and_carries_none_of_it(aws: Cloud, ali: Owner) -> None:
    id = ali.make(LARGE)
    dispatch(aws, ali.row(id))
    assert aws.messages(Queue.SUM) == [{"owner": 1, "id": id}]


def test_a_countdown_starts_its_execution(aws: Cloud, ali: Owner) -> None:
    id = ali.make(COUNTDOWN)
    dispatch(aws, ali.row(id))
    begun = execution(aws, id)
    assert begun["status"] == "RUNNING"
    assert json.loads(begun["input"]) == {
        "owner": 1,
        "id": id,
        "due_at": "2026-01-05T12:01:00Z",
        "request_id": "sample-request",
        "caller_id": "1",
        "job": str(steps.job(Machine.COUNTDOWN, f"task-{id}")),
    }
    assert ali.task(id)["status"] == "in_progress"
    assert ali.counts() == {"active": 1, "total": 1, "in_progress": 1}


def test_a_countdown_in_progress_asks_for_nothing_more(aws: Cloud, ali: Owner) -> None:
    id = ali.make(COUNTDOWN)
    dispatch(aws, ali.row(id))
    assert "outbox" not in ali.row(id)
    assert aws.messages(Queue.SUM) == []


def test_a_record_that_comes_twice_starts_one_execution(aws: Cloud, ali: Owner) -> None:
    id = ali.make(COUNTDOWN)
    row = ali.row(id)
    dispatch(aws, row)
    started = execution(aws, id)["startDate"]
    with unchanged(aws):
        dispatch(aws, row)
    assert execution(aws, id)["startDate"] == started


def test_a_start_that_was_cut_short_is_taken_up_again(aws: Cloud, ali: Owner) -> None:
    id = ali.make(COUNTDOWN)
    row = ali.row(id)
    with upset("StartExecution", killed_after), pytest.raises(Killed):
        dispatch(aws, row)
    assert ali.task(id)["status"] == "pending"
    dispatch(aws, row)
    assert ali.task(id)["status"] == "in_progress"


def test_a_cancelled_countdown_is_stopped(aws: Cloud, ali: Owner) -> None:
    id = ali.make(COUNTDOWN)
    dispatch(aws, ali.row(id))
    ali.cancel(id)
    with unchanged(aws):
        dispatch(aws, ali.row(id))
    assert execution(aws, id)["status"] == "ABORTED"


def test_an_execution_that_is_not_there_need_not_be_stopped(aws: Cloud, ali: Owner) -> None:
    id = ali.make(COUNTDOWN)
    ali.cancel(id)
    with unchanged(aws):
        dispatch(aws, ali.row(id))


def test_stopping_twice_is_stopping_once(aws: Cloud, ali: Owner) -> None:
    id = ali.make(COUNTDOWN)
    dispatch(aws, ali.row(id))
    ali.cancel(id)
    dispatch(aws, ali.row(id), ali.row(id))
    assert execution(aws, id)["status"] == "ABORTED"


def test_a_countdown_cancelled_before_its_start_is_started_and_stopped(aws: Cloud, ali: Owner) -> None:
    id = ali.make(COUNTDOWN)
    pending = ali.row(id)
    ali.cancel(id)
    with unchanged(aws):
        dispatch(aws, pending, ali.row(id))
    assert execution(aws, id)["status"] == "ABORTED"


def test_a_start_that_comes_after_the_stop_starts_nothing(aws: Cloud, ali: Owner) -> None:
    id = ali.make(COUNTDOWN)
    pending = ali.row(id)
    dispatch(aws, pending)
    ali.cancel(id)
    dispatch(aws, ali.row(id))
    with unchanged(aws):
        dispatch(aws, pending)
    assert execution(aws, id)["status"] == "ABORTED"


def test_several_records_go_each_their_way(aws: Cloud, ali: Owner, vali: Owner) -> None:
    sum, countdown, theirs = ali.make(SUM), ali.make(COUNTDOWN), vali.make(SUM)
    dispatch(aws, ali.row(sum), ali.row(countdown), vali.row(theirs))
    assert aws.messages(Queue.SUM) == [{"owner": 1, "id": sum}, {"owner": 2, "id": theirs}]
    assert execution(aws, countdown)["status"] == "RUNNING"


def test_rows_that_ask_for_nothing_are_let_pass(aws: Cloud, ali: Owner) -> None:
    id = ali.make()
    ali.add(id)
    with unchanged(aws):
        dispatch(aws, ali.row(id), {"pk": "OWNER#1", "sk": "COUNTS"})
    assert aws.messages(Queue.SUM) == []


@pytest.mark.parametrize(
    ("body", "operation"), [(SUM, "SendMessage"), (COUNTDOWN, "StartExecution")], ids=["sum", "countdown"]
)
def test_a_record_that_cannot_be_followed_now_is_left_to_the_stream(
    aws: Cloud, ali: Owner, body: dict[str, Any], operation: str
) -> None:
    row = ali.row(ali.make(body))
    with unchanged(aws), upset(operation, refused("ServiceUnavailable")), pytest.raises(ClientError):
        dispatch(aws, row)
    assert aws.rows(Table.OPS, "JOB#") == [], "the history tells of nothing that nobody was asked for"


def test_a_stop_that_is_refused_is_left_to_the_stream(aws: Cloud, ali: Owner) -> None:
    id = ali.make(COUNTDOWN)
    dispatch(aws, ali.row(id))
    ali.cancel(id)
    with upset("StopExecution", refused("ServiceUnavailable")), pytest.raises(ClientError):
        dispatch(aws, ali.row(id))
    assert execution(aws, id)["status"] == "RUNNING"
