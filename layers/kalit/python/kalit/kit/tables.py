"""DynamoDB rows: one base model, and the transaction in which everything that must be true together is written."""

import random
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import uuid4

from pynamodb.attributes import UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.connection.table import TableConnection
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from . import aws, bulk, clock
from .aws import BUSY, busy
from .errors import Unavailable
from .log import caller_id, request_id
from .resources import Table

ATTEMPTS = 8
FIRST_PAUSE = 0.02  # seconds; doubles with each try, with full jitter
LONGEST = 4.0  # seconds after which no further try is made: the caller is to hear of it, not API Gateway
_Write = tuple[dict[str, Any], Exception | None]
First = TypeVar("First", bound="Row")
Second = TypeVar("Second", bound="Row")


class TableName:
    """`table_name = TableName(Table.TASKS)` looks the physical name up at use, not at import."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def __get__(self, instance: object, owner: type) -> str:
        return self.table.id


class Row(Model):
    """Base of all rows: a partition `pk`, a sort key `sk`, one client for the whole process."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._connection = None  # of its own: that of a parent knows nothing of this kind's indexes

    @classmethod
    def _get_connection(cls) -> TableConnection:
        connection = super()._get_connection()
        connection.connection._client = aws.client("dynamodb")
        return connection

    @classmethod
    def find(cls, pk: str, sk: str) -> Self | None:
        """The row as last written, or None."""
        try:
            return cls.get(pk, sk, consistent_read=True)
        except cls.DoesNotExist:
            return None


def find_both(
    first: tuple[type[First], tuple[str, str]], second: tuple[type[Second], tuple[str, str]]
) -> tuple[First | None, Second | None]:
    """Two rows of one table by their kinds and keys, as last written, or None for either. One BatchGetItem.

    Each is read as by `find`; nothing says that they were so at the same moment.
    """
    (one, key), (other, other_key) = first, second
    found = bulk.get(vars(one.Meta)["table_name"].table, [key, other_key])
    return (
        one.from_raw_data(found[key]) if key in found else None,
        other.from_raw_data(found[other_key]) if other_key in found else None,
    )


class Followed(Row):
    """Base of rows that ask, by `outbox`, for work that the table's stream does (`kit.streams`).

    `request_id` is that of the request which made the row, `caller_id` the account that asked.
    """

    outbox = UnicodeAttribute(null=True)
    asked_at = UnicodeAttribute(null=True, default=lambda: clock.wire(clock.now()))
    request_id = UnicodeAttribute(null=True, default=request_id)
    caller_id = UnicodeAttribute(null=True, default=caller_id)

    @classmethod
    def of(cls, image: dict[str, Any]) -> Self:
        """The row from DynamoDB's JSON, as streams carry it."""
        row = cls()
        row.deserialize(image)
        return row


class Commit:
    """One TransactWriteItems: all of it or nothing.

    Each write names the error to raise when its condition does not hold:

        with Commit() as commit:
            commit.update(counts, [Counts.active.add(1)], Counts.active < 5, unmet=TooManyTasks())
            commit.put(task, TaskRow.pk.does_not_exist(), unmet=Taken())

    Conflicts, throttling and lost answers are retried with jitter, then raised as `Unavailable`; one token for all
    tries makes DynamoDB take them for the same transaction. The first write whose condition failed decides the error;
    a failure without an `unmet` error is a bug and stays as it is.
    """

    def __init__(self) -> None:
        self._checks: list[_Write] = []
        self._deletes: list[_Write] = []
        self._puts: list[_Write] = []
        self._updates: list[_Write] = []

    def check(self, row: Row, condition: Condition, unmet: Exception) -> None:
        """Make all hang on a row that is not written."""
        self._checks.append((row.get_operation_kwargs_from_class(row.pk, range_key=row.sk, condition=condition), unmet))

    def delete(self, row: Row, condition: Condition | None = None, unmet: Exception | None = None) -> None:
        self._deletes.append((row.get_delete_kwargs_from_instance(condition=condition), unmet))

    def put(self, row: Row, condition: Condition | None = None, unmet: Exception | None = None) -> None:
        self._puts.append((row.get_save_kwargs_from_instance(condition=condition), unmet))

    def update(
        self,
        row: Row,
        actions: Sequence[Action],
        condition: Condition | None = None,
        unmet: Exception | None = None,
    ) -> None:
        kwargs = row.get_update_kwargs_from_instance(actions=list(actions), condition=condition)
        self._updates.append((kwargs, unmet))

    def update_alike(
        self, rows: Sequence[Row], actions: Sequence[Action], condition: Condition, unmet: Exception
    ) -> None:
        """The same change of many rows of a kind; written out once, which is what costs time."""
        for number, row in enumerate(rows):
            if not number:
                self.update(row, actions, condition, unmet)
                first, _ = self._updates[-1]
            else:
                key = {"pk": {"S": row.pk}, "sk": {"S": row.sk}}
                self._updates.append(({**first, "Key": key}, unmet))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._write()

    def _write(self) -> None:
        connection, token = Connection(), uuid4().hex
        connection._client = aws.client("dynamodb")
        started = time.monotonic()
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(random.uniform(0, FIRST_PAUSE * 2**attempt))  # noqa: S311 - jitter
            try:
                connection.transact_write_items(
                    condition_check_items=[kwargs for kwargs, _ in self._checks],
                    delete_items=[kwargs for kwargs, _ in self._deletes],
                    put_items=[kwargs for kwargs, _ in self._puts],
                    update_items=[kwargs for kwargs, _ in self._updates],
                    client_request_token=token,
                )
                return
            except TransactWriteError as error:
                codes = [reason.code if reason else "" for reason in error.cancellation_reasons]
                # The order in which pynamodb sends them, and so of the reasons.
                writes = [*self._checks, *self._deletes, *self._puts, *self._updates]
                for (_, unmet), code in zip(writes, codes, strict=False):
                    if code == "ConditionalCheckFailed":
                        raise (unmet or error) from error
                if not busy(error) and not BUSY.intersection(codes):
                    raise
            if time.monotonic() - started > LONGEST:
                break
        raise Unavailable


def condition_failed(error: PynamoDBException) -> bool:
    """Whether a single write was refused by its condition."""
    return aws.error_code(error) == "ConditionalCheckFailedException"
