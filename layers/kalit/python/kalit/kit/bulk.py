"""Many rows in few requests: read, or each written on a condition of its own (batches of PartiQL statements).

For paths on which time counts: what is read is in DynamoDB's own JSON, such as {"S": "text"}.
"""

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from . import aws
from .errors import Unavailable
from .resources import Table

READ_AT_ONCE = 100  # rows that one request reads
ALL = 2**31 - 1  # rows: the most that a Query can be limited to
AT_ONCE = 25  # statements that one request takes
ATTEMPTS = 8
FIRST_PAUSE = 0.02  # seconds; doubles with each try, with full jitter
# What a statement is answered with; the codes have no suffix "Exception" here.
EXISTS = "DuplicateItem"
UNMET = "ConditionalCheckFailed"
BUSY = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded", "RequestLimitExceeded"}


class Failed(Exception):
    """A statement was refused for a reason that is none of ours."""


Value = str | int
Item = dict[str, dict[str, Any]]


def get(table: Table, keys: Sequence[tuple[str, str]], attributes: Sequence[str] = ()) -> dict[tuple[str, str], Item]:
    """Those rows that there are, as last written; of each these attributes, or all. A BatchGetItem for 100.

    Raises `Unavailable`.
    """
    names = {f"#{place}": name for place, name in enumerate(("pk", "sk", *attributes))}
    found: dict[tuple[str, str], Item] = {}
    left = [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in keys]
    asked: dict[str, Any]
    for attempt in range(ATTEMPTS + len(keys) // READ_AT_ONCE):
        if not left:
            return found
        if attempt > len(keys) // READ_AT_ONCE:
            time.sleep(random.uniform(0, FIRST_PAUSE * 2**attempt))  # noqa: S311 - jitter
        some, left = left[:READ_AT_ONCE], left[READ_AT_ONCE:]
        asked = {"Keys": some, "ConsistentRead": True}
        if attributes:
            asked |= {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}
        answer = aws.client("dynamodb").batch_get_item(RequestItems={table.id: asked})
        found |= {(row["pk"]["S"], row["sk"]["S"]): row for row in answer["Responses"].get(table.id, [])}
        left += answer.get("UnprocessedKeys", {}).get(table.id, {}).get("Keys", [])
    raise Unavailable


def query(
    table: Table, pk: str, after: str, until: str, attributes: Sequence[str] = (), most: int = ALL
) -> Iterator[Item]:
    """Rows behind one sort key, up to another, as last written; of each these attributes, or all.

    A Query for each megabyte.
    """
    names = {f"#{place}": name for place, name in enumerate(attributes)}
    asked: dict[str, Any] = {
        "TableName": table.id,
        "KeyConditionExpression": "pk = :pk AND sk BETWEEN :after AND :until",
        "ExpressionAttributeValues": {":pk": {"S": pk}, ":after": {"S": f"{after}!"}, ":until": {"S": until}},
        "ConsistentRead": True,
    }
    if attributes:
        asked |= {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}
    while most > 0:
        answer = aws.client("dynamodb").query(**asked, Limit=most)
        yield from answer["Items"]
        most -= len(answer["Items"])
        if "LastEvaluatedKey" not in answer:
            return
        asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def insert(table: Table, keys: Sequence[tuple[str, str]], values: Mapping[str, Value]) -> set[int]:
    """Put rows that differ in nothing but their keys; those that are there already stay. A request for 25.

    Returns the positions in `keys` of these.
    """
    same = ", ".join(f"'{name}': {_literal(value)}" for name, value in values.items())
    into = f'INSERT INTO "{table.id}" VALUE'
    return _execute([f"{into} {{'pk': {_literal(pk)}, 'sk': {_literal(sk)}, {same}}}" for pk, sk in keys], EXISTS)


def update(
    table: Table, keys: Sequence[tuple[str, str]], values: Mapping[str, Value], when: Mapping[str, Value], **less: int
) -> set[int]:
    """Set values in rows that have those of `when`, and less than `less` says. A request for 25.

    Returns the positions in `keys` whose rows were not as they should be.
    """
    sets = " ".join(f'SET "{name}"={_literal(value)}' for name, value in values.items())
    conditions = [f'"{name}"={_literal(value)}' for name, value in when.items()]
    conditions += [f'"{name}"<{value}' for name, value in less.items()]
    change, so = f'UPDATE "{table.id}" {sets} WHERE', " AND ".join(conditions)
    statements = [f'{change} "pk"={_literal(pk)} AND "sk"={_literal(sk)} AND {so}' for pk, sk in keys]
    return _execute(statements, UNMET)


def _literal(value: Value) -> str:
    """In the statement itself: the SDK takes longer to write parameters than all else here does."""
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


def _execute(statements: Sequence[str], harmless: str) -> set[int]:
    """Which of the statements met the harmless error. Raises `Unavailable` when some stay too busy."""
    met: set[int] = set()
    left = list(range(len(statements)))
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(random.uniform(0, FIRST_PAUSE * 2**attempt))  # noqa: S311 - jitter
        busy: list[int] = []
        for begin in range(0, len(left), AT_ONCE):
            some = left[begin : begin + AT_ONCE]
            asked = [{"Statement": statements[number]} for number in some]
            answers = aws.client("dynamodb").batch_execute_statement(Statements=asked)["Responses"]
            for number, answer in zip(some, answers, strict=True):
                code = answer.get("Error", {}).get("Code", "")
                if code == harmless:
                    met.add(number)
                elif code in BUSY:
                    busy.append(number)
                elif code:
                    raise Failed(code)
        left = busy
        if not left:
            return met
    raise Unavailable
