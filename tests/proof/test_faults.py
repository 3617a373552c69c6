"""The injectors themselves: what they add is as AWS would tell it, and they take nothing away."""

import pytest
from botocore.exceptions import ClientError

from kalit.kit.resources import Table
from tests.cloud import DOORS, Undeclared, serving

from .faults import conflict, every, injected, is_transaction
from .system import System


def test_doors_are_held_to_their_rights_among_faults(system: System) -> None:
    client, table = system.cloud.client("dynamodb"), system.cloud.ids[Table.TASKS]
    with serving(DOORS["tasks.show"]), injected() as calls, pytest.raises(Undeclared):
        client.put_item(TableName=table, Item={"pk": {"S": "a"}, "sk": {"S": "b"}})
    assert [call.name for call in calls] == ["dynamodb.PutItem"]


def test_an_injected_conflict_looks_like_a_cancelled_transaction(system: System) -> None:
    """Compared with one that the emulator cancels because of its condition."""
    key = {"TableName": system.cloud.ids[Table.TASKS], "Key": {"pk": {"S": "a"}, "sk": {"S": "b"}}}
    check = {"ConditionCheck": {**key, "ConditionExpression": "attribute_exists(pk)"}}
    client = system.cloud.client("dynamodb")
    with pytest.raises(ClientError) as cancelled:
        client.transact_write_items(TransactItems=[check])
    with injected(every(is_transaction, conflict)), pytest.raises(ClientError) as injection:
        client.transact_write_items(TransactItems=[check])
    assert type(injection.value) is type(cancelled.value)
    assert injection.value.response.keys() <= cancelled.value.response.keys()
    assert injection.value.response["Error"]["Code"] == cancelled.value.response["Error"]["Code"]
    assert [reason["Code"] for reason in injection.value.response["CancellationReasons"]] == ["TransactionConflict"]
