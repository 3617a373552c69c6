"""What AWS does behind all doors at once: streams, queues, machines, ticks and dead letters, each as it is declared.

Whatever fails, or dies on its way, comes again, as it does there; what has failed too often is a dead letter.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any

from infra.machines import MACHINES
from infra.state import MOST_RECEIVES
from kalit.kit.consumers import Consumer
from kalit.kit.resources import Machine, Queue, Table
from kalit.kit.schedules import Schedule
from kalit.kit.streams import Follower
from tests.cloud import DOORS

from .faults import Crash
from .system import System

AT_ONCE = 10  # records or messages in a batch: where a batch fails, all of it comes again
MOST_TRIES = 9  # of a machine's step
MOST_RETRIES = 2  # of a call that nobody waits for
BACK = timedelta(minutes=1)  # after which a message comes again, and a machine tries a step again
FOLLOWERS = {door.table: door for door in DOORS.values() if isinstance(door, Follower)}
CONSUMERS = {door.queue: door for door in DOORS.values() if isinstance(door, Consumer)}
TICKS = [door.name for door in DOORS.values() if isinstance(door, Schedule)]
SWEEPS = [door.name for door in FOLLOWERS.values() if door.outboxes]


class _Names(Mapping[str, Any]):
    """In a machine's definition a function is named by its door."""

    def __getitem__(self, door: str) -> Any:
        return SimpleNamespace(function_arn=door)

    def __iter__(self) -> Iterator[str]:
        return iter(DOORS)

    def __len__(self) -> int:
        return len(DOORS)


STATES: dict[Machine, dict[str, Any]] = {
    machine: define(_Names()) for told in MACHINES.values() for machine, (define, _) in told.items()
}


@dataclass(eq=False)
class Execution:
    """A machine on its way: at which state, with what, and until when it waits."""

    machine: Machine
    name: str
    state: str
    told: dict[str, Any]
    until: datetime | None = None
    tries: int = 0


@dataclass(eq=False)
class Letter:
    """A message, how often it was received, and from when on it is there."""

    record: dict[str, Any]
    at: datetime
    received: int = 0


@dataclass
class Works:
    system: System
    records: dict[Table, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    batches: dict[Table, int] = field(default_factory=lambda: defaultdict(lambda: AT_ONCE))
    letters: dict[Queue, list[Letter]] = field(default_factory=lambda: defaultdict(list))
    executions: dict[str, Execution] = field(default_factory=dict)
    dead: list[tuple[str, dict[str, Any]]] = field(default_factory=list)  # queue and message, not yet buried
    heard: list[tuple[str, dict[str, Any], int]] = field(default_factory=list)  # door, message, tries
    numbers: Iterator[int] = field(default_factory=count)

    def done(self, door: str, event: Any) -> tuple[bool, Any]:
        """Whether a door came to its end, and its answer."""
        with suppress(Crash, Exception):
            return True, self.system.cloud.call(door, event)
        return False, None

    def move(self) -> int:
        """Everything that is to be done now, once; how much that was."""
        moved = sum(self.follow(table) for table in FOLLOWERS) + sum(self.consume(queue) for queue in CONSUMERS)
        return moved + self.step() + self.call() + self.bury()

    def settle(self, rounds: int = 5_000) -> None:
        """Until nothing moves; fails when something goes round in a circle."""
        for _ in range(rounds):
            if not self.move():
                return
        raise AssertionError(f"it goes round in a circle: {self.waiting()}")

    def waiting(self) -> dict[str, int]:
        """What has not been done yet, by where it waits."""
        told = {f"stream of {table.value}": len(records) for table, records in self.records.items()}
        told |= {f"queue {queue.value}": len(letters) for queue, letters in self.letters.items()}
        told |= {"machines": len(self.executions), "topics": len(self.heard), "dead letters": len(self.dead)}
        return {name: number for name, number in told.items() if number}

    # Streams

    def follow(self, table: Table) -> int:
        """Tell a table's door the next changes, in their order. Those that fail come again, in halves of the batch."""
        with self.system.cloud.lock:
            self.records[table] += self.system.changes(table)
        some = self.records[table][: self.batches[table]]
        if some and self.done(FOLLOWERS[table].name, {"Records": some})[0]:
            del self.records[table][: len(some)]
            self.batches[table] = AT_ONCE
        elif some:
            self.batches[table] = max(1, len(some) // 2)
        return len(some)

    # Queues

    def consume(self, queue: Queue) -> int:
        """Hand a queue's door the next messages that are there."""
        self._receive(queue)
        now, waiting = self.system.now, self.letters[queue]
        some = [letter for letter in waiting if letter.at <= now][:AT_ONCE]
        if not some or (queue.fifo and waiting[0] not in some):  # those behind the first wait for it
            return 0
        for letter in some:
            letter.received += 1
        came, answer = self.done(CONSUMERS[queue].name, {"Records": [letter.record for letter in some]})
        failed = {one["itemIdentifier"] for one in answer["batchItemFailures"]} if came else set()
        back = [letter for letter in some if not came or letter.record["messageId"] in failed]
        for letter in back:
            letter.at = now + BACK
            if letter.received >= MOST_RECEIVES:
                bare = queue.value.removesuffix(".fifo")
                self.dead.append((f"{bare}-dead{'.fifo' if queue.fifo else ''}", letter.record))
        back = [letter for letter in back if letter.received < MOST_RECEIVES]
        others = [letter for letter in waiting if letter not in some]
        self.letters[queue] = [*back, *others]
        return len(some)

    def _receive(self, queue: Queue) -> None:
        messages = self.system._queue(queue)._messages
        while messages:
            message = messages.pop(0)
            delay = max(0, round((message.delayed_until - message.sent_timestamp) / 1000))
            attributes = message.message_attributes.items()
            record = {
                "messageId": message.id,
                "receiptHandle": message.id,
                "body": message.body,
                "attributes": {"ApproximateReceiveCount": "1", "MessageGroupId": "all"},
                "messageAttributes": {
                    name: {"stringValue": told["StringValue"], "dataType": "String"} for name, told in attributes
                },
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:us-east-1:123456789012:local-{queue.value}",
            }
            self.letters[queue].append(Letter(record, self.system.now + timedelta(seconds=delay)))

    def bury(self) -> int:
        """Hand dead letters over to the door that keeps them."""
        waiting, self.dead = self.dead, []
        for queue, record in waiting:
            source = {"eventSourceARN": f"arn:aws:sqs:us-east-1:123456789012:local-{queue}"}
            came, answer = self.done("jobs.bury", {"Records": [{**record, **source}]})
            if not came or answer["batchItemFailures"]:
                self.dead.append((queue, record))
        return len(waiting)

    # Ticks and topics

    def tick(self, door: str) -> bool:
        """A tick, which may fail: the next one repairs what it left."""
        return self.done(door, {"id": f"tick {next(self.numbers)}", "tick": door})[0]

    def hear(self, door: str, event: dict[str, Any]) -> None:
        """A message of a topic: its door is called soon, and again where it fails."""
        self.heard.append((door, event, 0))

    def call(self) -> int:
        waiting, self.heard = self.heard, []
        for door, event, tries in waiting:
            if self.done(door, event)[0]:
                continue
            if tries < MOST_RETRIES:
                self.heard.append((door, event, tries + 1))
                continue
            function = f"arn:aws:lambda:us-east-1:123456789012:function:local-{door.replace('.', '-')}:$LATEST"
            self._lose({"requestContext": {"functionArn": function}, "requestPayload": event})
        return len(waiting)

    def _lose(self, body: dict[str, Any]) -> None:
        record = {"messageId": f"lost {next(self.numbers)}", "body": json.dumps(body), "eventSource": "aws:sqs"}
        self.dead.append(("undelivered", {**record, "messageAttributes": {}, "attributes": {}}))

    # Machines

    def step(self) -> int:
        """Let every machine go on as far as it can."""
        for machine, definition in STATES.items():
            for begun in self.system._executions(machine):
                if begun.execution_arn not in self.executions and begun.status == "RUNNING":
                    begun.status = "BEGUN"
                    told = json.loads(begun.execution_input)
                    self.executions[begun.execution_arn] = Execution(machine, begun.name, definition["StartAt"], told)
                elif begun.status == "ABORTED":
                    self.executions.pop(begun.execution_arn, None)
        return sum(self._go_on(arn, execution) for arn, execution in list(self.executions.items()))

    def _go_on(self, arn: str, execution: Execution) -> int:
        moved = 0
        while execution.until is None or execution.until <= self.system.now:
            moved += 1
            state = STATES[execution.machine]["States"][execution.state]
            following = DO[state["Type"]](self, execution, state)
            if following is None:
                self.executions.pop(arn, None)
                break
            execution.state = following
        return moved

    def _wait(self, execution: Execution, state: dict[str, Any]) -> str:
        if execution.until is None:
            execution.until = datetime.fromisoformat(_path(execution.told, state["TimestampPath"]))
            return execution.state
        execution.until = None
        return str(state["Next"])

    def _task(self, execution: Execution, state: dict[str, Any]) -> str | None:
        execution.until = None
        came, answer = self.done(state["Resource"], execution.told)
        if not came:
            execution.tries += 1
            execution.until = self.system.now + BACK
            if execution.tries < MOST_TRIES:
                return execution.state
            failure = {"Error": "Failed", "Cause": "{}"}
            self._lose({"machine": execution.machine.value, "order": {**execution.told, "failure": failure}})
            return None
        execution.tries = 0
        if path := state.get("ResultPath"):
            execution.told = {**execution.told, path.removeprefix("$."): answer}
        return state.get("Next")

    def _choose(self, execution: Execution, state: dict[str, Any]) -> str:
        for choice in state["Choices"]:
            wanted = next(value for name, value in choice.items() if name.endswith("Equals"))
            if _path(execution.told, choice["Variable"]) == wanted:
                return str(choice["Next"])
        return str(state["Default"])

    def _pass(self, execution: Execution, state: dict[str, Any]) -> str:
        execution.told = {
            name.removesuffix(".$"): _path(execution.told, path) for name, path in state["Parameters"].items()
        }
        return str(state["Next"])

    def _end(self, execution: Execution, state: dict[str, Any]) -> None:
        return None


def _path(told: Any, path: str) -> Any:
    for name in path.removeprefix("$.").split("."):
        told = told[name]
    return told


DO: dict[str, Callable[[Works, Execution, dict[str, Any]], str | None]] = {
    "Wait": Works._wait,
    "Task": Works._task,
    "Choice": Works._choose,
    "Pass": Works._pass,
    "Succeed": Works._end,
}
