"""What AWS does between our doors, done by hand: a test decides what is delivered, when, how often, or never."""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from threading import Barrier
from typing import Any, TypeVar

from boto3.dynamodb.types import TypeDeserializer
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.stepfunctions.models import stepfunctions_backends

from kalit.kit import clock
from kalit.kit.resources import Machine, Queue, Table
from kalit.kit.streams import FILTER
from tests.cloud import REGION, Cloud

START = datetime(2026, 1, 5, 12, tzinfo=UTC)
Answer = TypeVar("Answer")


class System:
    """A cloud whose clock, streams, queues and machines stand still until a test moves them."""

    def __init__(self, cloud: Cloud, clock_file: Path) -> None:
        self.cloud = cloud
        self.clock_file = clock_file
        self.set_clock(START)

    def set_clock(self, at: datetime) -> None:
        self.now = at
        self.clock_file.write_text(clock.wire(at))

    def wait(self, seconds: float) -> None:
        self.set_clock(self.now + timedelta(seconds=seconds))

    # Tables and their streams

    def rows(self, table: Table) -> list[dict[str, Any]]:
        """All rows of a table, read without any code of ours."""
        read = TypeDeserializer().deserialize
        items = self._dynamodb.scan(TableName=self.cloud.ids[table])["Items"]
        return [{name: read(value) for name, value in item.items()} for item in items]

    def changes(self, table: Table) -> list[dict[str, Any]]:
        """The records that wait in a table's stream, as far as the filter lets them through; taken out."""
        waiting = self._moto(table).stream_shard.items
        records = [record.to_json() for record in waiting]
        waiting.clear()
        return [record for record in records if record["eventName"] in FILTER["eventName"] and _asks(record)]

    def empty(self, *tables: Table) -> None:
        """Drop all rows, and what waits in the streams: the same again happens under the same numbers,
        and moto's transactions stay fast, which copy the whole table."""
        for table in map(self._moto, tables):
            table.items.clear()
            if table.stream_shard:
                table.stream_shard.items.clear()

    def _moto(self, table: Table) -> Any:
        return dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[self.cloud.ids[table]]

    # Queues

    def messages(self, queue: Queue) -> list[str]:
        """The bodies that wait in a queue, taken out: who fails on one must be given it again."""
        url, bodies = self.cloud.ids[queue], []
        while got := self._sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in got:
                self._sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                bodies.append(message["Body"])
        return bodies

    def consume(self, door: str, bodies: Sequence[str]) -> list[str]:
        """Hand a batch of messages to a queue's door. Gives those that it failed on."""
        records = [
            {"messageId": str(n), "receiptHandle": str(n), "body": body, "eventSource": "aws:sqs", "attributes": {}}
            for n, body in enumerate(bodies)
        ]
        answer = self.cloud.call(door, {"Records": records})
        return [bodies[int(failed["itemIdentifier"])] for failed in answer["batchItemFailures"]]

    # Machines

    def running(self, machine: Machine) -> dict[str, dict[str, Any]]:
        """The inputs of a machine's running executions, by the executions' names."""
        arn = self.cloud.ids[machine]
        executions = self._states.list_executions(stateMachineArn=arn, statusFilter="RUNNING")["executions"]
        return {
            execution["name"]: json.loads(
                self._states.describe_execution(executionArn=execution["executionArn"])["input"]
            )
            for execution in executions
        }

    def end(self, machine: Machine, name: str) -> None:
        """An execution is over."""
        arn = self.cloud.ids[machine].replace(":stateMachine:", ":execution:")
        self._states.stop_execution(executionArn=f"{arn}:{name}")

    def forget_executions(self, machine: Machine) -> None:
        """As if the machine had never run: executions may have the same names again."""
        machines = stepfunctions_backends[DEFAULT_ACCOUNT_ID][REGION].state_machines
        next(made for made in machines if made.arn == self.cloud.ids[machine]).executions.clear()

    @cached_property
    def _dynamodb(self) -> Any:
        return self.cloud.client("dynamodb")

    @cached_property
    def _sqs(self) -> Any:
        return self.cloud.client("sqs")

    @cached_property
    def _states(self) -> Any:
        return self.cloud.client("stepfunctions")


def _asks(record: dict[str, Any]) -> bool:
    return "outbox" in record["dynamodb"].get("NewImage", {})


def at_once(acts: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """The answers of all acts, each begun in a thread of its own when all threads are there."""
    start = Barrier(len(acts))

    def begin(act: Callable[[], Answer]) -> Answer:
        start.wait(timeout=10)
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(begin, acts))
