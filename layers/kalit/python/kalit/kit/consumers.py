"""What the doors of queues do: each message of a batch for itself, by Powertools' batch. Declared by `kit.queues`."""

from dataclasses import dataclass
from typing import Any, ClassVar

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.sqs_fifo_partial_processor import SqsFifoPartialProcessor
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from pydantic import ValidationError

from . import jobs
from .doors import Again, Door
from .log import go_on, log
from .queues import Letter
from .resources import Grant, Queue


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

    def handle(self, letter: Letter) -> None:
        raise NotImplementedError


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
