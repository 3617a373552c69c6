"""Reads that are one version behind: those that do not ask for consistency, and all of an index.

with injected(Behind(cloud).plan):
    cloud.http("tasks.show", ...)
"""

from collections.abc import Iterator
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from tests.cloud import REGION, Cloud, copied_rows

from .faults import Call, Effect, Fault

READS = {"GetItem", "Query", "BatchGetItem"}
WRITES = {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem", "BatchExecuteStatement"}


class Behind:
    """Each table as it was before the last write to it."""

    def __init__(self, cloud: Cloud) -> None:
        self.lock = cloud.lock
        self.before: dict[str, Any] = {}
        self.reads = 0  # that saw an older version

    def remembering(self, call: Call) -> Fault | None:
        """Writes go on record, and reads see what is there."""
        return self._remember if call.operation in WRITES else None

    def plan(self, call: Call) -> Fault | None:
        """Writes go on record, and reads see what was there before the last of them."""
        return self._behind if call.operation in READS else self.remembering(call)

    def _remember(self, call: Call, effect: Effect) -> Any:
        with self.lock:
            for name, table in dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables.items():
                if name in str(call.asked):
                    self.before[name] = copied_rows(table.items)
            return effect()

    def _behind(self, call: Call, effect: Effect) -> Any:
        with self.lock:
            tables = {
                name: table
                for name in _of_any_age(call)
                if name in self.before
                for table in [dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[name]]
            }
            now = {name: table.items for name, table in tables.items()}
            for name, table in tables.items():
                table.items = copied_rows(self.before[name])
            self.reads += bool(tables)
            try:
                return effect()
            finally:
                for name, table in tables.items():
                    table.items = now[name]


def _of_any_age(call: Call) -> Iterator[str]:
    """The tables whose rows it reads may be old."""
    if call.operation == "BatchGetItem":
        yield from (name for name, asked in call.asked["RequestItems"].items() if not asked.get("ConsistentRead"))
    elif "IndexName" in call.asked or not call.asked.get("ConsistentRead"):
        yield call.asked["TableName"]
