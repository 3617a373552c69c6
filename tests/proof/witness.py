"""What DynamoDB promises, tried by many workers at once: each check is prepared, worked at, and judged.

A worker is a thread of this process or of another one, and all that it is told is its number.
"""

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock
from uuid import UUID

from kalit.kit import aws, bulk
from kalit.kit.resources import Table

TABLE = "witness"
REFUSED, CANCELLED = "ConditionalCheckFailedException", "TransactionCanceledException"
STOCK, SALES, SUMS, KEYS, MOVES, ABORTS, TURNS, CLAIMS = 100, 20, 15, 12, 8, 12, 10, 60
ACCOUNTS = [f"account {number}" for number in range(6)]
HALVES = ("left", "right")
ROWS = [(f"claim {number}", "-") for number in range(CLAIMS)]

Client = Any


@dataclass(frozen=True)
class Check:
    """`work` gives what one worker tells, `judge` fails by what all of them told and by what is kept."""

    work: Callable[[Client, int], Any]
    judge: Callable[[Client, Sequence[Any]], None]
    prepare: Callable[[Client], None] = lambda client: None


@contextmanager
def connected(endpoint: str = "") -> Iterator[Client]:
    """The client of our own code, in this process, to the emulator at `endpoint` or to the one within."""
    told = {Table.CAMPAIGNS.variable: TABLE} | ({"AWS_ENDPOINT_URL": endpoint} if endpoint else {})
    # Who gets no answer asks again; where all threads wait for one emulator that would be a doubt about it.
    patient = mock.patch.dict(aws.TIMEOUTS, connect_timeout=60, read_timeout=60)
    _forget()
    with mock.patch.dict(os.environ, told), patient:
        yield aws.client("dynamodb")
    _forget()


def _forget() -> None:
    aws.client.cache_clear()
    aws._session.cache_clear()


def make_table(client: Client) -> None:
    keys = {"pk": "HASH", "sk": "RANGE"}
    client.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys.items()],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
        BillingMode="PAY_PER_REQUEST",
    )


# Calls


def key(pk: str) -> dict[str, Any]:
    return {"TableName": TABLE, "Key": {"pk": {"S": pk}, "sk": {"S": "-"}}}


def row(pk: str, **more: Any) -> dict[str, Any]:
    return {"TableName": TABLE, "Item": {"pk": {"S": pk}, "sk": {"S": "-"}, **more}}


def add(pk: str, amount: int, condition: str = "", than: int = 0) -> dict[str, Any]:
    """An update that adds to a number, where it meets the condition."""
    values = {":amount": {"N": str(amount)}}
    update = {**key(pk), "UpdateExpression": "ADD n :amount", "ExpressionAttributeValues": values}
    if condition:
        update |= {"ConditionExpression": f"n {condition} :than"}
        values[":than"] = {"N": str(than)}
    return update


def number(client: Client, pk: str) -> int:
    return int(client.get_item(**key(pk), ConsistentRead=True)["Item"]["n"]["N"])


def done(act: Callable[..., Any], refused: str, **asked: Any) -> bool:
    """Whether the write was done, rather than refused by its conditions."""
    try:
        act(**asked)
    except Exception as error:
        if aws.error_code(error) != refused:
            raise
        return False
    return True


# A stock is never oversold


def set_stock(client: Client) -> None:
    client.put_item(**row("stock", n={"N": str(STOCK)}))


def sell(client: Client, worker: int) -> int:
    return sum(done(client.update_item, REFUSED, **add("stock", -1, ">=", 1)) for _ in range(SALES))


def as_many_were_sold_as_there_were(client: Client, sold: Sequence[int]) -> None:
    there_were = min(STOCK, SALES * len(sold))
    assert (sum(sold), number(client, "stock")) == (there_were, STOCK - there_were)


# No addition is lost


def add_often(client: Client, worker: int) -> None:
    for _ in range(SUMS):
        client.update_item(**add("sum", 1))


def all_were_added(client: Client, told: Sequence[None]) -> None:
    assert number(client, "sum") == SUMS * len(told)


# A key is created once


def create_all(client: Client, worker: int) -> list[str]:
    once = {"ConditionExpression": "attribute_not_exists(pk)"}
    return [pk for pk in map("key {}".format, range(KEYS)) if done(client.put_item, REFUSED, **row(pk), **once)]


def each_was_created_once(client: Client, told: Sequence[list[str]]) -> None:
    assert Counter(pk for keys in told for pk in keys) == {f"key {number}": 1 for number in range(KEYS)}


# Money is neither made nor lost


def open_accounts(client: Client) -> None:
    for account in ACCOUNTS:
        client.put_item(**row(account, n={"N": "100"}))


def transfer_or_watch(client: Client, worker: int) -> list[int]:
    """Three of four workers move money; the others tell how much there is."""
    if worker % 4 == 0:
        reads = [{"Get": key(account)} for account in ACCOUNTS]
        seen = [client.transact_get_items(TransactItems=reads)["Responses"] for _ in range(MOVES)]
        return [sum(int(answer["Item"]["n"]["N"]) for answer in answers) for answers in seen]
    dice = random.Random(worker)
    for _ in range(MOVES):
        giver, taker = dice.sample(ACCOUNTS, 2)
        amount = dice.randint(1, 60)
        moves = [{"Update": add(taker, amount)}, {"Update": add(giver, -amount, ">=", amount)}]
        done(client.transact_write_items, CANCELLED, TransactItems=moves)
    return []


def the_sum_was_always_the_same(client: Client, told: Sequence[list[int]]) -> None:
    assert {total for totals in told for total in totals} == {600}
    assert sum(number(client, account) for account in ACCOUNTS) == 600


# An aborted transaction takes nothing with it, and nothing of it is ever seen


def mark(client: Client) -> None:
    client.put_item(**row("marked", marks={"SS": ["first"]}))


def abort_or_write(client: Client, worker: int) -> list[str]:
    another = {"UpdateExpression": "ADD marks :ghost", "ExpressionAttributeValues": {":ghost": {"SS": ["ghost"]}}}
    hopeless = [
        {"Update": add("ghost", 1)},
        {"Update": key("marked") | another},
        {"ConditionCheck": {**key("nobody"), "ConditionExpression": "attribute_exists(pk)"}},
    ]
    if worker % 2:
        for _ in range(ABORTS):
            assert not done(client.transact_write_items, CANCELLED, TransactItems=hopeless)
        return []
    keys = [f"kept {worker} {number}" for number in range(ABORTS)]
    for pk in keys:
        client.put_item(**row(pk))
        assert "Item" not in client.get_item(**key("ghost"), ConsistentRead=True)
        assert client.get_item(**key("marked"), ConsistentRead=True)["Item"]["marks"] == {"SS": ["first"]}
    return keys


def what_was_acknowledged_is_there(client: Client, told: Sequence[list[str]]) -> None:
    there = {pk for pk, _ in bulk.get(Table.CAMPAIGNS, [(pk, "-") for keys in told for pk in keys])}
    assert there == {pk for keys in told for pk in keys}


# Both halves of a transaction are seen, or none


def write_halves(client: Client) -> None:
    client.transact_write_items(TransactItems=[{"Put": row(half, n={"N": "0"})} for half in HALVES])


def write_or_read_halves(client: Client, worker: int) -> list[tuple[str, ...]]:
    if worker % 2:
        for turn in range(TURNS):
            value = {"N": str(worker * TURNS + turn)}
            client.transact_write_items(TransactItems=[{"Put": row(half, n=value)} for half in HALVES])
        return []
    reads = [{"Get": key(half)} for half in HALVES]
    seen = [client.transact_get_items(TransactItems=reads)["Responses"] for _ in range(TURNS)]
    return [tuple(answer["Item"]["n"]["N"] for answer in answers) for answers in seen]


def both_halves_were_the_same(client: Client, told: Sequence[list[tuple[str, ...]]]) -> None:
    assert [halves for seen in told for halves in seen if len(set(halves)) > 1] == []


# A register's history is one that some order of its reads and writes allows


@dataclass(frozen=True)
class Event:
    """A read or a write of one value: between these two moments, on a clock that all processes share."""

    write: bool
    begun: float
    ended: float
    value: int


def set_register(client: Client) -> None:
    client.put_item(**row("register", n={"N": "0"}))


def read_and_raise(client: Client, worker: int) -> list[Event]:
    """Read the number and write the next one, where it is still the one that was read."""
    events = []
    for _ in range(TURNS):
        begun = time.monotonic()
        value = number(client, "register")
        between = time.monotonic()
        events.append(Event(False, begun, between, value))
        if done(client.update_item, REFUSED, **add("register", 1, "=", value)):
            events.append(Event(True, between, time.monotonic(), value + 1))
    return events


def no_read_was_stale_and_no_write_forked(client: Client, told: Sequence[list[Event]]) -> None:
    events = [event for mine in told for event in mine]
    writes = [event for event in events if event.write]
    assert sorted(event.value for event in writes) == list(range(1, number(client, "register") + 1))
    for read in events:
        if not read.write:
            at_least = max((event.value for event in writes if event.ended < read.begun), default=0)
            at_most = max((event.value for event in writes if event.begun < read.ended), default=0)
            assert at_least <= read.value <= at_most


# The SDK repeats a transaction whose answer was lost under the same token: it counts once

TOKEN = str(UUID(int=7))


def pay_again(client: Client, worker: int) -> None:
    client.transact_write_items(ClientRequestToken=TOKEN, TransactItems=[{"Update": add("paid", 1)}])


def it_was_paid_once(client: Client, told: Sequence[None]) -> None:
    assert number(client, "paid") == 1
    other = [{"Update": add("paid", 2)}]
    assert not done(
        client.transact_write_items,
        "IdempotentParameterMismatchException",
        ClientRequestToken=TOKEN,
        TransactItems=other,
    )


# Rows are made, and claimed, in batches: each by one


def make_and_claim(client: Client, worker: int) -> tuple[set[str], set[str]]:
    """Which rows this worker made, and which it claimed, as campaigns do; all want all, each in an order of its own."""
    keys = random.Random(worker).sample(ROWS, len(ROWS))
    there = bulk.insert(Table.CAMPAIGNS, keys, {"state": "PENDING", "attempts": 0})
    claimed: dict[str, bulk.Value] = {"state": "SENDING", "attempts": 1, "worker": worker}
    others = bulk.update(Table.CAMPAIGNS, keys, claimed, {"state": "PENDING"}, attempts=1)
    made, mine = ({pk for at, (pk, _) in enumerate(keys) if at not in not_mine} for not_mine in (there, others))
    return made, mine


def each_was_made_and_claimed_by_one(client: Client, told: Sequence[tuple[set[str], set[str]]]) -> None:
    once = {pk: 1 for pk, _ in ROWS}
    assert Counter(pk for made, _ in told for pk in made) == once
    assert Counter(pk for _, mine in told for pk in mine) == once
    kept = bulk.get(Table.CAMPAIGNS, ROWS, ("state", "worker"))
    for worker, (_, mine) in enumerate(told):
        assert {pk for (pk, _), found in kept.items() if found["worker"]["N"] == str(worker)} == mine
    assert {found["state"]["S"] for found in kept.values()} == {"SENDING"}


BATTERY = {
    "a stock is never oversold": Check(sell, as_many_were_sold_as_there_were, set_stock),
    "no addition is lost": Check(add_often, all_were_added),
    "a key is created once": Check(create_all, each_was_created_once),
    "money is neither made nor lost": Check(transfer_or_watch, the_sum_was_always_the_same, open_accounts),
    "an aborted transaction takes nothing with it": Check(abort_or_write, what_was_acknowledged_is_there, mark),
    "both halves of a transaction are seen or none": Check(
        write_or_read_halves, both_halves_were_the_same, write_halves
    ),
    "no read is stale and no write forks": Check(read_and_raise, no_read_was_stale_and_no_write_forked, set_register),
    "a transaction token counts once": Check(pay_again, it_was_paid_once),
    "a row is claimed once, in whatever batch": Check(make_and_claim, each_was_made_and_claimed_by_one),
}
