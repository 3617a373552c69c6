"""Test zero: is the emulator a fair witness? Without this, every other result about concurrency is void.

The same battery must pass on moto as we use it (tests.cloud.Sound), and must fail on moto as it comes.
"""

import random
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import uuid4

import boto3
import pytest
from moto import mock_aws

from tests.cloud import REGION, Sound
from tests.quick import quick

from .system import at_once

TABLE = "witness"
THREADS = 16


@pytest.fixture(autouse=True)
def impatient_threads() -> Iterator[None]:
    """Threads that take turns a thousand times as often as usual."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(5e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.fixture
def moto() -> Iterator[Any]:
    """A table in moto as it comes, and the client to it."""
    with mock_aws():
        client = boto3.client("dynamodb", region_name=REGION)
        client.create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield client


@pytest.fixture
def sound(moto: Any) -> Iterator[Any]:
    """The same, made sound and quick."""
    with Sound(), quick():
        yield moto


def _key(pk: str) -> dict[str, Any]:
    return {"TableName": TABLE, "Key": {"pk": {"S": pk}}}


def _add(pk: str, amount: int, least: int | None = None) -> dict[str, Any]:
    """An update that adds to a number, where there is enough of it."""
    values = {":amount": {"N": str(amount)}}
    update = {**_key(pk), "UpdateExpression": "ADD n :amount", "ExpressionAttributeValues": values}
    if least is not None:
        update |= {"ConditionExpression": "n >= :least"}
        values[":least"] = {"N": str(least)}
    return update


def _put(pk: str, **more: Any) -> dict[str, Any]:
    return {"TableName": TABLE, "Item": {"pk": {"S": pk}, **more}}


def _number(client: Any, pk: str) -> int:
    return int(client.get_item(**_key(pk), ConsistentRead=True)["Item"]["n"]["N"])


def _done(act: Callable[..., Any], refused: str, **kwargs: Any) -> bool:
    """Whether the write was done, rather than refused by its conditions."""
    try:
        act(**kwargs)
    except Exception as error:
        if getattr(error, "response", {}).get("Error", {}).get("Code") != refused:
            raise
        return False
    return True


def a_stock_is_never_oversold(client: Any) -> None:
    client.put_item(**_put("stock", n={"N": "100"}))
    sell = partial(_done, client.update_item, "ConditionalCheckFailedException", **_add("stock", -1, least=1))
    sold = at_once([lambda: sum(sell() for _ in range(20))] * THREADS)
    assert (sum(sold), _number(client, "stock")) == (100, 0)


def no_addition_is_lost(client: Any) -> None:
    def add_often() -> None:
        for _ in range(15):
            client.update_item(**_add("sum", 1))

    at_once([add_often] * THREADS)
    assert _number(client, "sum") == 15 * THREADS


def a_key_is_created_once(client: Any) -> None:
    once = {"ConditionExpression": "attribute_not_exists(pk)"}

    def create_all() -> list[str]:
        keys = [f"key {n}" for n in range(12)]
        refused = "ConditionalCheckFailedException"
        return [key for key in keys if _done(client.put_item, refused, **_put(key), **once)]

    won = sorted(key for keys in at_once([create_all] * THREADS) for key in keys)
    assert won == sorted(f"key {n}" for n in range(12))


def money_is_neither_made_nor_lost(client: Any) -> None:
    accounts = [f"account {n}" for n in range(6)]
    for account in accounts:
        client.put_item(**_put(account, n={"N": "100"}))

    def transfer(dice: random.Random) -> list[int]:
        for _ in range(8):
            giver, taker = dice.sample(accounts, 2)
            amount = dice.randint(1, 60)
            moves = [{"Update": _add(taker, amount)}, {"Update": _add(giver, -amount, least=amount)}]
            _done(client.transact_write_items, "TransactionCanceledException", TransactItems=moves)
        return []

    def watch() -> list[int]:
        reads = [{"Get": _key(account)} for account in accounts]
        seen = [client.transact_get_items(TransactItems=reads)["Responses"] for _ in range(8)]
        return [sum(int(answer["Item"]["n"]["N"]) for answer in answers) for answers in seen]

    tellers = [partial(transfer, random.Random(seed)) for seed in range(THREADS - 4)]
    sums = {total for totals in at_once([*tellers, *[watch] * 4]) for total in totals}
    assert sums == {600}
    assert sum(_number(client, account) for account in accounts) == 600


def an_aborted_transaction_takes_nothing_with_it(client: Any) -> None:
    """Whatever others were told is written stays, and nothing of the aborted is ever seen."""
    hopeless = [
        {"Update": _add("ghost", 1)},
        {"ConditionCheck": {**_key("nobody"), "ConditionExpression": "attribute_exists(pk)"}},
    ]

    def abort() -> list[str]:
        for _ in range(12):
            assert not _done(client.transact_write_items, "TransactionCanceledException", TransactItems=hopeless)
        return []

    def write(thread: int) -> list[str]:
        keys = [f"kept {thread} {n}" for n in range(12)]
        for key in keys:
            client.put_item(**_put(key))
            assert "Item" not in client.get_item(**_key("ghost"), ConsistentRead=True)
        return keys

    half = THREADS // 2
    acknowledged = at_once([*[abort] * half, *[partial(write, thread) for thread in range(half)]])
    there = {item["pk"]["S"] for item in client.scan(TableName=TABLE, ConsistentRead=True)["Items"]}
    assert {key for keys in acknowledged for key in keys} <= there


def a_transaction_token_counts_once(client: Any) -> None:
    """The SDK repeats a transaction whose answer was lost under the same token."""
    token, writes = str(uuid4()), [{"Update": _add("paid", 1)}]
    pay = partial(client.transact_write_items, ClientRequestToken=token)
    at_once([partial(pay, TransactItems=writes)] * THREADS)
    assert _number(client, "paid") == 1
    with pytest.raises(client.exceptions.IdempotentParameterMismatchException):
        pay(TransactItems=[{"Update": _add("paid", 2)}])


BATTERY = [
    a_stock_is_never_oversold,
    no_addition_is_lost,
    a_key_is_created_once,
    money_is_neither_made_nor_lost,
    an_aborted_transaction_takes_nothing_with_it,
    a_transaction_token_counts_once,
]


@pytest.mark.parametrize("check", BATTERY, ids=lambda check: check.__name__.replace("_", " "))
def test_the_emulator_keeps_what_dynamodb_promises(sound: Any, check: Callable[[Any], None]) -> None:
    check(sound)


def test_moto_as_it_comes_applies_a_transaction_token_twice(moto: Any) -> None:
    with pytest.raises(AssertionError):
        a_transaction_token_counts_once(moto)


def test_moto_as_it_comes_lets_threads_overtake_each_other(moto: Any) -> None:
    """So the battery can tell. Each of these all but always fails; that all of them pass would mean it went blind."""
    racy = [an_aborted_transaction_takes_nothing_with_it, a_stock_is_never_oversold, money_is_neither_made_nor_lost]
    assert any(_fails(check, moto) for check in racy)


def _fails(check: Callable[[Any], None], client: Any) -> bool:
    """Wrongly counted, or broken inside by another thread."""
    try:
        check(client)
    except Exception:
        return True
    return False
