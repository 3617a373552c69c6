"""Doors that follow a table: work that was written into a row's transaction (the outbox) leaves here.

    @streams.of(Table.JOBS, outboxes=FOLLOW, uses=[...])
    def handler(change: Change) -> None:

A row asks to be followed by an attribute `outbox`, whose value says what for; other changes never reach the door.
Records of one row come in their order. One that fails is tried again with those behind it, in halves of the batch;
after the last try its place in the stream waits in the dead-letter queue `undelivered`.

A door that names its `outboxes` is also knocked at by the clock: what still asks after `PATIENCE` never came through
the stream, or was given up there, and is followed then. What was followed asks no more. So a change may come twice.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from . import aws, clock
from .doors import Again, Door, Host
from .log import go_on, log
from .resources import Grant, Table

# The event source mapping lets only these through (Lambda event filtering): written or changed rows with an outbox.
FILTER = {
    "eventName": ["INSERT", "MODIFY"],
    "dynamodb": {"NewImage": {"outbox": {"S": [{"exists": True}]}}},
}
INDEX = "waiting"  # of rows that ask to be followed, by what for and since when
SWEPT = "rate(5 minutes)"
PATIENCE = timedelta(minutes=5)
AT_ONCE = 100  # of each outbox, in one sweep


@dataclass(frozen=True)
class Change:
    """A row that was just written: what its outbox asks for, and the row in DynamoDB's JSON."""

    outbox: str
    row: dict[str, Any]


@dataclass(frozen=True, eq=False, kw_only=True)
class Follower(Door):
    """The declared door of a table's stream; a table has exactly one. Swept are the `outboxes` that it names."""

    table: Table
    outboxes: tuple[str, ...] = ()

    kind: ClassVar[str] = "streams"

    @property
    def trigger(self) -> str:
        return f"stream of {self.table.value}"

    @property
    def grants(self) -> tuple[Grant, ...]:
        swept = (self.table.query_index(INDEX), self.table.get, self.table.update) if self.outboxes else ()
        return tuple(dict.fromkeys((*super().grants, *swept)))

    def serve(self, event: dict[str, Any], context: Any) -> None:
        if "Records" in event:
            for record in event["Records"]:
                self._follow(record["dynamodb"].get("NewImage", {}))
            return
        failed: list[Exception] = []
        for row in self._waiting():
            try:
                self._follow(row)
                log.info("swept")
            except Exception as error:
                log.exception("not swept")
                failed.append(error)  # one that fails must not hold up the others
        if failed:
            raise failed[0]

    def _follow(self, row: dict[str, Any]) -> None:
        if "outbox" not in row:
            return
        outbox = row["outbox"]["S"]
        go_on(row.get("request_id", {}).get("S", ""), row.get("caller_id", {}).get("S", ""))
        try:
            self.call(Change(outbox, row))
        except Again as reason:
            if outbox not in self.outboxes:
                raise
            # It asks on, and the sweep comes back to it; those behind it need not wait.
            log.warning("put off", extra={"reason": type(reason).__name__})
            return
        log.info("followed", extra={"outbox": outbox})
        if outbox in self.outboxes:
            self._asks_no_more(row)

    def _asks_no_more(self, row: dict[str, Any]) -> None:
        """Take the outbox off a row, unless it asks for something new by now. One UpdateItem."""
        dynamodb = aws.client("dynamodb")
        try:
            dynamodb.update_item(
                TableName=self.table.id,
                Key={name: row[name] for name in ("pk", "sk")},
                UpdateExpression="REMOVE outbox",
                ConditionExpression="outbox = :outbox AND asked_at = :asked_at",
                ExpressionAttributeValues={":outbox": row["outbox"], ":asked_at": row["asked_at"]},
            )
        except dynamodb.exceptions.ConditionalCheckFailedException:
            log.info("asked anew")

    def _waiting(self) -> Iterator[dict[str, Any]]:
        """The rows that have asked for too long. A Query for each outbox, a GetItem for each row."""
        dynamodb, late = aws.client("dynamodb"), clock.wire(clock.now() - PATIENCE)
        for outbox in self.outboxes:
            found = dynamodb.query(
                TableName=self.table.id,
                IndexName=INDEX,
                KeyConditionExpression="outbox = :outbox AND asked_at <= :late",
                ExpressionAttributeValues={":outbox": {"S": outbox}, ":late": {"S": late}},
                Limit=AT_ONCE,
            )
            for key in found["Items"]:
                place = {name: key[name] for name in ("pk", "sk")}
                row = dynamodb.get_item(TableName=self.table.id, Key=place, ConsistentRead=True).get("Item", {})
                # The index may be behind: the stream has come through since.
                if row.get("outbox") == {"S": outbox} and row["asked_at"]["S"] <= late:
                    yield row


def of(
    table: Table, *, outboxes: Collection[str] = (), uses: Sequence[Grant] = (), host: Host = Host(timeout=30)
) -> Callable[[Callable[..., None]], Follower]:
    return lambda call: Follower(call=call, table=table, outboxes=tuple(outboxes), uses=tuple(uses), host=host)
