from typing import Any

import pytest

from kalit.kit.resources import Table
from tests.cloud import Cloud

from ..rows import unchanged
from ..world import Killed, conflicting, killed_after, meanwhile, refused, upset
from .owner import LARGE, Owner


def a_sum(*numbers: float) -> dict[str, Any]:
    return {"task_type": "sum", "input_data": {"numbers": list(numbers)}}


@pytest.mark.parametrize(
    ("numbers", "total"), [((1, 2, 3), 6), ((5,), 5), ((1, 0.5), 1.5), ((-1, 1), 0), ((10**40, 1), 10**40 + 1)]
)
def test_the_numbers_of_a_task_are_added(ali: Owner, numbers: tuple[float, ...], total: float) -> None:
    id = ali.make(a_sum(*numbers))
    assert ali.add(id) == {"batchItemFailures": []}
    assert (ali.task(id)["status"], ali.task(id)["result"]) == ("completed", {"result": total})
    assert ali.counts() == {"total": 1, "completed": 1}


def test_a_large_input_is_added_too(ali: Owner) -> None:
    id = ali.make(LARGE)
    ali.add(id)
    assert ali.task(id)["result"] == {"result": 6}


def test_a_sum_that_no_number_holds_ends_in_error(ali: Owner) -> None:
    id = ali.make(a_sum(1e308, 1e308))
    assert ali.add(id) == {"batchItemFailures": []}
    assert (ali.task(id)["status"], ali.task(id)["result"]) == ("error", {"error": "Сумма не помещается в число."})
    assert ali.counts() == {"total": 1, "error": 1}


def test_a_task_that_has_ended_asks_for_nothing_more(ali: Owner) -> None:
    id = ali.make()
    ali.add(id)
    assert {"outbox", "open"}.isdisjoint(ali.row(id))


def test_a_message_that_comes_again_changes_nothing(aws: Cloud, ali: Owner) -> None:
    id = ali.make()
    ali.add(id)
    with unchanged(aws):
        assert ali.add(id, id) == {"batchItemFailures": []}


def test_a_message_that_comes_twice_in_a_batch_counts_once(ali: Owner) -> None:
    id = ali.make()
    ali.make()
    ali.add(id, id)
    assert ali.counts() == {"active": 1, "total": 2, "pending": 1, "completed": 1}


def test_a_message_for_no_task_is_let_go(aws: Cloud, ali: Owner) -> None:
    with unchanged(aws):
        assert ali.add(10**9) == {"batchItemFailures": []}


def test_a_message_for_a_cancelled_task_changes_nothing(aws: Cloud, ali: Owner) -> None:
    id = ali.make()
    ali.cancel(id)
    with unchanged(aws):
        ali.add(id)


@pytest.mark.parametrize("bad", ["not JSON", "{}", '{"owner": 1}', '{"owner": "x", "id": 1}'])
def test_a_message_that_cannot_be_read_comes_back_alone(aws: Cloud, ali: Owner, bad: str) -> None:
    first, last = ali.make(), ali.make()
    bodies = [ali.message(first), bad, ali.message(last)]
    records = [{"messageId": str(place), "body": body} for place, body in enumerate(bodies)]
    assert aws.call("tasks.sum", {"Records": records}) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert ali.counts() == {"total": 2, "completed": 2}


def test_a_task_that_fails_comes_back_alone(aws: Cloud, ali: Owner) -> None:
    lost, fine = ali.make(LARGE), ali.make()
    [apart] = aws.rows(Table.TASKS, "INPUT#1#")
    key = {"pk": {"S": apart["pk"]}, "sk": {"S": apart["sk"]}}
    aws.client("dynamodb").delete_item(TableName=aws.ids[Table.TASKS], Key=key)
    assert ali.add(lost, fine) == {"batchItemFailures": [{"itemIdentifier": str(lost)}]}
    assert ali.counts() == {"active": 1, "total": 2, "in_progress": 1, "completed": 1}


def test_a_worker_that_died_is_replaced_by_the_next(ali: Owner) -> None:
    id = ali.make()
    with upset("TransactWriteItems", killed_after, own=True), pytest.raises(Killed):
        ali.add(id)
    assert ali.counts() == {"active": 1, "total": 1, "in_progress": 1}
    ali.add(id)
    assert ali.task(id)["result"] == {"result": 6}
    assert ali.counts() == {"total": 1, "completed": 1}


def test_two_workers_at_once_add_once(ali: Owner) -> None:
    id = ali.make()
    with upset("TransactWriteItems", meanwhile(lambda: ali.add(id)), own=True):
        assert ali.add(id) == {"batchItemFailures": []}
    assert ali.counts() == {"total": 1, "completed": 1}


def test_a_task_that_is_cancelled_meanwhile_stays_cancelled(ali: Owner) -> None:
    id = ali.make()
    with upset("TransactWriteItems", meanwhile(lambda: ali.cancel(id)), own=True):
        assert ali.add(id) == {"batchItemFailures": []}
    assert ali.task(id)["status"] == "error"
    assert ali.counts() == {"total": 1, "error": 1}


def test_a_conflict_is_tried_again(ali: Owner) -> None:
    id = ali.make()
    with upset("TransactWriteItems", conflicting, first=2, own=True):
        assert ali.add(id) == {"batchItemFailures": []}
    assert ali.task(id)["status"] == "completed"


def test_a_message_that_cannot_be_done_now_comes_back(aws: Cloud, ali: Owner) -> None:
    id = ali.make()
    with unchanged(aws), upset("TransactWriteItems", refused("InternalServerError"), own=True):
        assert ali.add(id) == {"batchItemFailures": [{"itemIdentifier": str(id)}]}
