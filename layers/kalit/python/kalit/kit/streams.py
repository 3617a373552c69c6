"""Doors that follow a table: work that was written into a row's transaction (the outbox) leaves here.

    @streams.of(Table.TASKS, uses=[...])
    def handler(change: Change) -> None:

A row asks to be followed by an attribute `outbox`, whose value says what for; other changes never reach the door.
Records of one row come in their order. One that fails is tried again with those behind it, in halves of the batch;
after the last try its place in the stream waits in the dead-letter queue `undelivered`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from .doors import Door, Host
from .log import go_on, log
from .resources import Grant, Table

# The event source mapping lets only these through (Lambda event filtering): written or changed rows with an outbox.
FILTER = {
    "eventName": ["INSERT", "MODIFY"],
    "dynamodb": {"NewImage": {"outbox": {"S": [{"exists": True}]}}},
}


@dataclass(frozen=True)
class Change:
    """A row that was just written: what its outbox asks for, and the row in DynamoDB's JSON."""

    outbox: str
    row: dict[str, Any]


@dataclass(frozen=True, eq=False, kw_only=True)
class Follower(Door):
    """The declared door of a table's stream; a table has exactly one."""

    table: Table

    kind: ClassVar[str] = "streams"

    @property
    def trigger(self) -> str:
        return f"stream of {self.table.value}"

    def serve(self, event: dict[str, Any], context: Any) -> None:
        for record in event["Records"]:
            row = record["dynamodb"].get("NewImage", {})
            if "outbox" in row:
                go_on(row.get("request_id", {}).get("S", ""), row.get("caller_id", {}).get("S", ""))
                self.call(Change(row["outbox"]["S"], row))
                log.info("followed", extra={"outbox": row["outbox"]["S"]})


def of(
    table: Table, *, uses: Sequence[Grant] = (), host: Host = Host(timeout=30)
) -> Callable[[Callable[..., None]], Follower]:
    return lambda call: Follower(call=call, table=table, uses=tuple(uses), host=host)
