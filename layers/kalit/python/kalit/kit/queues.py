"""Doors that consume an SQS queue, message by message; one that fails comes back alone.

    @queues.consume(Queue.SUM, uses=[...])
    def handler(message: SumTask) -> None:

Every message is a job (`kit.jobs`), and may come twice, late and out of order. One that keeps failing goes to the
queue's dead-letter queue, and from there to the one door that declares `queues.dead_letters`.
"""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.sqs_fifo_partial_processor import SqsFifoPartialProcessor
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from pydantic import BaseModel, ValidationError

from . import aws, clock, jobs
from .doors import Again, Door, Host
from .ids import derived, ordered
from .jobs import Job
from .log import caller_id, go_on, log, request_id
from .resources import Grant, Queue

LONGEST_DELAY = 900  # seconds that SQS holds a message back


@dataclass(frozen=True, eq=False, kw_only=True)
class Batches(Door):
    """What all doors of queues share: each message for itself."""

    batch: int = 10

    def serve(self, event: dict[str, Any], context: Any) -> Any:
        return process_partial_response(event, self._record, self._processor(), context)

    def _processor(self) -> BatchProcessor:
        return BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)

    def _record(self, record: SQSRecord) -> None:
        log.append_keys(message_id=record.message_id)
        letter = Letter.of(record)
        go_on(letter.told.get("request_id", ""), letter.told.get("caller_id", ""))
        try:
            self.handle(letter)
            log.info("handled")
        except ValidationError as error:
            # Without what was wrong in it: that may be anybody's password or phone.
            log.error("refused", extra={"code": "malformed_message", "fields": error.error_count()})
            raise
        except Again as reason:
            log.warning("put off", extra={"reason": type(reason).__name__})
            raise
        except Exception:
            log.exception("failed")
            raise

    def handle(self, letter: "Letter") -> None:
        raise NotImplementedError


@dataclass(frozen=True)
class Letter:
    """A message with what its sender told beside it."""

    id: str
    queue: str  # the physical name of the queue it came from
    body: str
    told: dict[str, str]

    @classmethod
    def of(cls, record: SQSRecord) -> "Letter":
        told = record.get("messageAttributes") or {}
        values = {name: str(value.get("stringValue", "")) for name, value in told.items()}
        return cls(record.message_id, str(record.get("eventSourceARN")).rpartition(":")[2], record.body, values)

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


@dataclass(frozen=True, eq=False, kw_only=True)
class Consumer(Batches):
    """A declared queue consumer: `batch` messages at most in a call, `at_once` calls at most where that is told."""

    queue: Queue
    at_once: int = 0

    kind: ClassVar[str] = "queues"

    @property
    def trigger(self) -> str:
        return f"queue {self.queue.value}"

    @property
    def grants(self) -> tuple[Grant, ...]:
        return tuple(dict.fromkeys((*super().grants, *jobs.WORK)))

    def _processor(self) -> BatchProcessor:
        if not self.queue.fifo:
            return super()._processor()
        processor = SqsFifoPartialProcessor()
        processor.raise_on_entire_batch_failure = False  # its constructor does not take what the other's does
        return processor

    def handle(self, letter: Letter) -> None:
        jobs.work(letter.job(self.queue), lambda: self.call(self.model(0).model_validate_json(letter.body)))


@dataclass(frozen=True, eq=False, kw_only=True)
class DeadLetters(Batches):
    """The declared door of all dead-letter queues."""

    kind: ClassVar[str] = "queues"

    @property
    def trigger(self) -> str:
        return "dead-letter queues"

    def handle(self, letter: Letter) -> None:
        self.call(letter)


def consume(
    queue: Queue, *, uses: Sequence[Grant] = (), batch: int = 10, at_once: int = 0, host: Host = Host()
) -> Callable[[Callable[..., Any]], Consumer]:
    return lambda call: Consumer(call=call, queue=queue, uses=tuple(uses), batch=batch, at_once=at_once, host=host)


def dead_letters(*, uses: Sequence[Grant] = (), host: Host = Host()) -> Callable[[Callable[..., None]], DeadLetters]:
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
