"""What AWS does between our doors, done by hand: a test decides what is delivered, when, how often, or never.

It looks into moto's memory rather than asking over its API, because it looks often.
"""

import copy
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any, TypeVar
from uuid import uuid4

from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import StreamRecord
from moto.sqs.models import sqs_backends
from moto.stepfunctions.models import stepfunctions_backends

from kalit.kit import clock
from kalit.kit.resources import Machine, Queue, Table
from kalit.kit.streams import FILTER
from tests.cloud import REGION, Cloud, copied_rows
from tests.functions.world import Clock

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
        whole = self.clock_file.with_suffix(f".{threading.get_ident()}")  # an empty one would tell the real time
        whole.write_text(clock.wire(at))
        whole.replace(self.clock_file)

    def wait(self, seconds: float) -> None:
        self.set_clock(self.now + timedelta(seconds=seconds))

    # Tables and their streams

    def rows(self, table: Table) -> list[dict[str, Any]]:
        """All rows of a table, read without any code of ours."""
        return self.cloud.rows(table)

    def stream(self, table: Table) -> list[dict[str, Any]]:
        """All records that wait in a table's stream, in the order in which they were written."""
        return [record.to_json() for record in self._table(table).stream_shard.items]

    def changes(self, table: Table) -> list[dict[str, Any]]:
        """The records that wait in a table's stream, as far as the filter lets them through; taken out."""
        records = self.stream(table)
        self._table(table).stream_shard.items.clear()
        return [record for record in records if record["eventName"] in FILTER["eventName"] and _asks(record)]

    def _table(self, table: Table) -> Any:
        return dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[self.cloud.ids[table]]

    # Queues

    def messages(self, queue: Queue) -> list[str]:
        """The bodies that wait in a queue, taken out: who fails on one must be given it again."""
        waiting = self._queue(queue)
        bodies = [message.body for message in waiting.messages]
        waiting._messages.clear()
        return bodies

    def _queue(self, queue: Queue) -> Any:
        return sqs_backends[DEFAULT_ACCOUNT_ID][REGION].queues[self.cloud.ids[queue].rsplit("/", 1)[1]]

    def consume(self, door: str, bodies: Sequence[str]) -> list[str]:
        """Hand a batch of messages to a queue's door. Gives those that it failed on.

        Each is a job of its own, so that no history of jobs hides from the door what comes twice.
        """
        ids = {uuid4().hex: body for body in bodies}
        records = [
            {"messageId": id, "receiptHandle": id, "body": body, "eventSource": "aws:sqs", "attributes": {}}
            for id, body in ids.items()
        ]
        answer = self.cloud.call(door, {"Records": records})
        return [ids[failed["itemIdentifier"]] for failed in answer["batchItemFailures"]]

    # Machines

    def running(self, machine: Machine) -> dict[str, dict[str, Any]]:
        """The inputs of a machine's running executions, by the executions' names."""
        return {e.name: json.loads(e.execution_input) for e in self._executions(machine) if e.status == "RUNNING"}

    def end(self, machine: Machine, name: str) -> None:
        """An execution is over."""
        next(execution for execution in self._executions(machine) if execution.name == name).status = "SUCCEEDED"

    def _executions(self, machine: Machine) -> Any:
        machines = stepfunctions_backends[DEFAULT_ACCOUNT_ID][REGION].state_machines
        return next(made for made in machines if made.arn == self.cloud.ids[machine]).executions

    def empty(self, *places: Table | Queue | Machine) -> None:
        """As if nothing had ever been there: the same happens again under the same numbers and names, and moto's
        transactions stay fast, which copy the whole table."""
        for content in self._contents(places):
            content.clear()

    def remember(self, *places: Table | Queue | Machine) -> Callable[[], None]:
        """Calling what this gives brings back the places, and the time, as they are now."""
        now, kept = self.now, [_copied(content) for content in self._contents(places)]

        def bring_back() -> None:
            self.set_clock(now)
            for content, was in zip(self._contents(places), kept, strict=True):
                content.clear()
                (content.update if isinstance(content, dict) else content.extend)(_copied(was))

        return bring_back

    def _contents(self, places: Sequence[Table | Queue | Machine]) -> Iterator[dict[str, Any] | list[Any]]:
        for place in places:
            if isinstance(place, Table):
                yield self._table(place).items
                if shard := self._table(place).stream_shard:
                    yield shard.items
            else:
                yield self._queue(place)._messages if isinstance(place, Queue) else self._executions(place)


def _copied(content: Any) -> Any:
    """Rows, or what waits somewhere, to be changed apart from it; what a stream tells, nobody changes."""
    if isinstance(content, dict):
        return copied_rows(content)
    return [each if isinstance(each, StreamRecord) else copy.deepcopy(each) for each in content]


class SystemClock(Clock):
    """The clock of the offices in the doors' tests: it is the system's."""

    def __init__(self, system: System) -> None:
        self.system = system

    @property
    def now(self) -> datetime:  # type: ignore[override]
        return self.system.now

    def turn(self, to: datetime) -> None:
        self.system.set_clock(to)


def _asks(record: dict[str, Any]) -> bool:
    return "outbox" in record["dynamodb"].get("NewImage", {})


def at_once(acts: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """The answers of all acts, each begun in a thread of its own when all threads are there."""
    start = Barrier(len(acts))

    def begin(act: Callable[[], Answer]) -> Answer:
        start.wait(timeout=60)
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(begin, acts))
