"""The meter of the budget: calls on rows of known sizes, and what DynamoDB would bill for them."""

from typing import Any

import pytest

from kalit.kit.resources import Queue, Table
from tests.speed import budget
from tests.speed.meter import Spent, metered

from .system import System

KEY = {"pk": {"S": "METERED"}, "sk": {"S": "ROW"}}


def row(size: int, **more: Any) -> dict[str, Any]:
    return {**KEY, "text": {"S": "x" * size}, **more}


@pytest.fixture
def aws(system: System) -> Any:
    """DynamoDB's client, where nothing is kept."""
    system.empty(Table.LOCKS)
    return system.cloud.client("dynamodb")


@pytest.fixture
def table(system: System) -> str:
    return system.cloud.ids[Table.LOCKS]


def test_a_write_costs_by_the_kilobyte(aws: Any, table: str) -> None:
    with metered() as spent:
        aws.put_item(TableName=table, Item=row(1100))
    assert spent == Spent(calls=1, reads=0, writes=2)


def test_what_is_made_smaller_costs_what_it_was(aws: Any, table: str) -> None:
    aws.put_item(TableName=table, Item=row(5000))
    with metered() as spent:
        aws.put_item(TableName=table, Item=row(10))
    assert spent == Spent(calls=1, reads=0, writes=5)


def test_in_a_transaction_all_costs_twice_and_a_check_costs_too(aws: Any, table: str) -> None:
    other = {**KEY, "sk": {"S": "OTHER"}}
    check = {"TableName": table, "Key": KEY, "ConditionExpression": "attribute_not_exists(pk)"}
    with metered() as spent:
        aws.transact_write_items(
            TransactItems=[{"ConditionCheck": check}, {"Put": {"TableName": table, "Item": row(1100) | other}}]
        )
    assert spent == Spent(calls=1, reads=0, writes=2 + 4)


def test_a_read_costs_by_four_kilobytes_and_half_where_it_may_be_behind(aws: Any, table: str) -> None:
    aws.put_item(TableName=table, Item=row(5000))
    with metered() as spent:
        aws.get_item(TableName=table, Key=KEY, ConsistentRead=True)
        aws.get_item(TableName=table, Key=KEY)
    assert spent == Spent(calls=2, reads=2 + 1, writes=0)


def test_rows_of_a_batch_cost_one_by_one_and_those_of_a_query_together(aws: Any, table: str) -> None:
    keys = [{**KEY, "sk": {"S": f"ROW-{number}"}} for number in range(3)]
    for key in keys:
        aws.put_item(TableName=table, Item=row(100) | key)
    with metered() as batch:
        aws.batch_get_item(RequestItems={table: {"Keys": keys, "ConsistentRead": True}})
    assert batch == Spent(calls=1, reads=3, writes=0)
    with metered() as query:
        aws.query(
            TableName=table,
            KeyConditionExpression="pk = :pk",
            FilterExpression="sk = :none",
            ExpressionAttributeValues={":pk": KEY["pk"], ":none": {"S": "none"}},
            ConsistentRead=True,
        )
    assert query == Spent(calls=1, reads=1, writes=0)


def test_what_is_filtered_out_costs_as_well(aws: Any, table: str) -> None:
    aws.put_item(TableName=table, Item=row(9000))
    with metered() as spent:
        found = aws.query(
            TableName=table,
            KeyConditionExpression="pk = :pk",
            FilterExpression="#text = :none",
            ProjectionExpression="sk",
            ExpressionAttributeNames={"#text": "text"},
            ExpressionAttributeValues={":pk": KEY["pk"], ":none": {"S": "none"}},
            ConsistentRead=True,
        )
    assert found["Items"] == []
    assert spent == Spent(calls=1, reads=3, writes=0)


def test_an_index_costs_where_the_change_shows_in_it(system: System, aws: Any) -> None:
    table = system.cloud.ids[Table.TASKS]
    index = next(one for one in system._table(Table.TASKS).all_indexes() if one.name == "by_status")
    standing = {name: {"S": "METERED"} for name in index.schema_key_attrs}
    with metered() as outside:
        aws.put_item(TableName=table, Item=row(10))
    with metered() as entering:
        aws.put_item(TableName=table, Item=row(10) | standing | KEY)
    with metered() as same:
        aws.put_item(TableName=table, Item=row(10) | standing | KEY)
    with metered() as moving:
        aws.put_item(TableName=table, Item=row(10) | {name: {"S": "ELSE"} for name in standing} | KEY)
    system.empty(Table.TASKS)
    assert [spent.writes for spent in (outside, entering, same, moving)] == [1, 2, 1, 3]


def test_calls_of_other_services_count_as_calls(system: System) -> None:
    with metered() as spent:
        system.cloud.client("sqs").get_queue_attributes(QueueUrl=system.cloud.ids[Queue.SMS])
    assert spent == Spent(calls=1, reads=0, writes=0)


def test_who_spends_more_than_allowed_hears_in_what() -> None:
    assert budget.over(Spent(3, 1.5, 2), Spent(2, 1.5, 4)) == ["3 calls, where 2 are allowed"]
    assert budget.over(Spent(2, 1, 2), Spent(2, 1.5, 2)) == []
