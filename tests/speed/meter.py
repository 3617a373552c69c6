"""What calls cost on DynamoDB: capacity units by the sizes of rows, as its documentation of read and write units says.

moto answers each call with the same figure, so the rows are measured here, in its memory. What a process keeps for
minutes costs nothing here: the public keys, which a caller of `metered` warms, and secrets.
"""

import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from inspect import signature
from math import ceil
from typing import Any, NamedTuple
from unittest import mock

import moto.dynamodb.models.table as dynamo
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.utilities import dynamo_to_dict

from tests.cloud import REGION
from tests.proof.faults import Call, Effect, injected

READ_UNIT, WRITE_UNIT = 4096, 1024  # bytes
KEPT = {"secretsmanager.GetSecretValue"}
IN_STATEMENT = re.compile(r"'?\b(pk|sk)\b[\"']?[:=] ?'((?:[^']|'')*)'")
TABLE_IN_STATEMENT = re.compile(r'"(local-[a-z]+)"')

Key = tuple[str, str, str]  # table, pk, sk


class Place(NamedTuple):
    """A row as it stands in its table or in an index."""

    keys: str
    content: str
    size: int  # bytes


@dataclass
class Spent:
    """Calls of any service, and capacity units of DynamoDB; a read that may be behind costs half a unit."""

    calls: int = 0
    reads: float = 0
    writes: int = 0


@contextmanager
def metered() -> Iterator[Spent]:
    """What the calls made inside cost, of all threads."""
    spent, evaluated, lock = Spent(), threading.local(), threading.Lock()
    query = dynamo.Table.query
    told = signature(query)

    def weighed(*args: Any, **kwargs: Any) -> Any:
        """What a query reads is paid before it is filtered and projected."""
        asked = told.bind(*args, **kwargs)
        asked.arguments |= {"projection_expressions": None, "filter_expression": None}
        rows, *_ = query(*asked.args, **asked.kwargs)
        evaluated.bytes = sum(row.size() for row in rows)
        return query(*args, **kwargs)

    def paid(call: Call, effect: Effect) -> Any:
        touched = list(_written(call))
        before = [_places(key) for key in touched]
        evaluated.bytes = 0
        try:
            return effect()
        finally:
            after = [_places(key) for key in touched]
            twice = 2 if call.operation == "TransactWriteItems" else 1
            with lock:
                spent.calls += 1
                spent.writes += sum(_write_units(*pair, twice) for pair in zip(before, after, strict=True))
                spent.reads += _read_units(call, lambda: evaluated.bytes)

    def plan(call: Call) -> Callable[[Call, Effect], Any] | None:
        return None if call.name in KEPT else paid

    with mock.patch.object(dynamo.Table, "query", weighed), injected(plan):
        yield spent


def _read_units(call: Call, evaluated: Callable[[], int]) -> float:
    asked = call.asked
    if call.operation == "Query":
        return _units(evaluated(), READ_UNIT) * _share(asked)
    if call.operation == "GetItem":
        return _units(_bytes(_key(asked["TableName"], asked["Key"])), READ_UNIT) * _share(asked)
    if call.operation == "BatchGetItem":
        return sum(
            _units(_bytes(_key(table, key)), READ_UNIT) * _share(told)
            for table, told in asked["RequestItems"].items()
            for key in told["Keys"]
        )
    return 0


def _share(asked: Mapping[str, Any]) -> float:
    return 1 if asked.get("ConsistentRead") else 0.5


def _units(size: int, unit: int) -> int:
    return max(1, ceil(size / unit))


def _written(call: Call) -> Iterator[Key]:
    """The rows that a call writes, or makes all hang on: in a transaction both cost the same."""
    asked = call.asked
    if call.operation in ("PutItem", "UpdateItem", "DeleteItem"):
        yield _key(asked["TableName"], asked.get("Item") or asked["Key"])
    elif call.operation == "TransactWriteItems":
        for told in (told for write in asked["TransactItems"] for told in write.values()):
            yield _key(told["TableName"], told.get("Item") or told["Key"])
    elif call.operation == "BatchExecuteStatement":
        for statement in (one["Statement"] for one in asked["Statements"]):
            found = TABLE_IN_STATEMENT.search(statement)
            key = {name: {"S": text.replace("''", "'")} for name, text in IN_STATEMENT.findall(statement)}
            assert found, statement
            yield _key(found[1], key)
    else:
        assert call.operation != "BatchWriteItem", "its rows are to be metered, too"


def _key(table: str, key: Mapping[str, Any]) -> Key:
    return table, key["pk"]["S"], key["sk"]["S"]


def _row(key: Key) -> Item | None:
    table, pk, sk = key
    return dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].get_item(table, {"pk": {"S": pk}, "sk": {"S": sk}})


def _bytes(key: Key) -> int:
    row = _row(key)
    return row.size() if row else 0


def _places(key: Key) -> dict[str, Place]:
    """The row in its table, whose name is here "", and in each index that it stands in."""
    row = _row(key)
    if not row:
        return {}
    table = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[key[0]]
    indexes = [index for index in table.all_indexes() if all(name in row.attrs for name in index.schema_key_attrs)]
    return {"": _place(row, [])} | {index.name: _place(index.project(row), index.schema_key_attrs) for index in indexes}


def _place(row: Item, keys: Sequence[str]) -> Place:
    told = dynamo_to_dict(row.attrs)
    return Place(str([told[name] for name in keys]), str(told), row.size())


def _write_units(before: Mapping[str, Place], after: Mapping[str, Place], twice: int) -> int:
    """Of one row: in its table, and in the indexes where that makes a difference."""
    units = 0
    for name in {"", *before, *after}:
        was, now = before.get(name), after.get(name)
        sizes = [place.size for place in (was, now) if place]
        if not name:
            units += twice * _units(max(sizes, default=0), WRITE_UNIT)
        elif was and now and was.keys != now.keys:  # taken out there, put in here
            units += sum(_units(size, WRITE_UNIT) for size in sizes)
        elif was != now:
            units += _units(max(sizes), WRITE_UNIT)
    return units
