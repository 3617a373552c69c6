"""Queues of SQS: how a door that consumes one is declared, and how messages are put on them.

    @queues.consume(Queue.SUM, uses=[...])
    def handler(message: SumTask) -> None:

A message that fails comes back alone. Every message is a job (`kit.jobs`), and may come twice, late and out of order.
One that keeps failing goes to the queue's dead-letter queue, and from there to the one door that declares
`queues.dead_letters`.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic import BaseModel

from . import aws, clock, jobs
from .doors import Host
from .ids import derived, ordered
from .jobs import Job
from .log import caller_id, request_id
from .resources import Grant, Queue

if TYPE_CHECKING:
    from .consumers import Consumer, DeadLetters

LONGEST_DELAY = 900  # seconds that SQS holds a message back


@dataclass(frozen=True)
class Letter:
    """A message with what its sender told beside it."""

    id: str
    queue: str  # the physical name of the queue it came from
    body: str
    told: dict[str, str]

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "Letter":
        """From SQS's record."""
        told = record.get("messageAttributes") or {}
        values = {name: str(value.get("stringValue", "")) for name, value in told.items()}
        return cls(record["messageId"], str(record.get("eventSourceARN")).rpartition(":")[2], record["body"], values)

    def job(self, queue: Queue) -> Job:
        """The job that this message is."""
        arguments = None
        with suppress(ValueError, RecursionError):
            arguments = json.loads(self.body)
        try:
            id = UUID(self.told["job"])
        except (KeyError, ValueError):  # sent by hand
            id = derived("message", self.id)
        return Job(id, self.told.get("name") or queue.value, queue.value, arguments)


def consume(
    queue: Queue, *, uses: Sequence[Grant] = (), batch: int = 10, at_once: int = 0, host: Host = Host()
) -> "Callable[[Callable[..., Any]], Consumer]":
    from .consumers import Consumer  # with what only who consumes needs; many send

    return lambda call: Consumer(call=call, queue=queue, uses=tuple(uses), batch=batch, at_once=at_once, host=host)


def dead_letters(*, uses: Sequence[Grant] = (), host: Host = Host()) -> "Callable[[Callable[..., None]], DeadLetters]":
    from .consumers import DeadLetters

    return lambda call: DeadLetters(call=call, uses=tuple(uses), host=host)


def send(queue: Queue, message: BaseModel, *, name: str = "", job: UUID | None = None, delay: int = 0) -> UUID:
    """Put a message on a queue, under the id of the request that asked for it; returns which job it is.

    `name` is what the job is called, where a queue has several kinds; `delay` how many seconds it waits there, at most
    `LONGEST_DELAY`. A SendMessage and a transaction.
    """
    at = clock.now()
    told = Job(job or ordered(at), name or queue.value, queue.value, message.model_dump(mode="json"))
    post(queue, message.model_dump_json(), told, delay=delay)
    jobs.expect(told, at)
    return told.id


def post(queue: Queue, body: str, job: Job, again: str = "", delay: int = 0) -> None:
    """Hand a job's message to its queue; `again` tells apart the times that it is. One SendMessage."""
    told = {"job": str(job.id), "name": job.name, "request_id": request_id(), "caller_id": caller_id()}
    order = {"MessageGroupId": "all", "MessageDeduplicationId": f"{job.id}{again}"} if queue.fifo else {}
    wait = {"DelaySeconds": delay} if delay else {}
    aws.client("sqs").send_message(
        QueueUrl=queue.id,
        MessageBody=body,
        MessageAttributes={n: {"DataType": "String", "StringValue": v} for n, v in told.items() if v},
        **order,
        **wait,
    )
