"""Doors that consume an SQS queue, message by message; one that fails comes back alone.

    @queues.consume(Queue.SUM, uses=[...])
    def handler(message: SumTask) -> None:

Every message may come twice, late and out of order. One that keeps failing goes to the queue's dead-letter queue.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from pydantic import BaseModel, ValidationError

from . import aws
from .doors import Again, Door, Host
from .log import go_on, log, request_id
from .resources import Grant, Queue


@dataclass(frozen=True, eq=False, kw_only=True)
class Consumer(Door):
    """A declared queue consumer; `batch` messages at most in one call."""

    queue: Queue
    batch: int = 10

    kind: ClassVar[str] = "queues"

    @property
    def trigger(self) -> str:
        return f"queue {self.queue.value}"

    def serve(self, event: dict[str, Any], context: Any) -> Any:
        processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
        return process_partial_response(event, self._record, processor, context)

    def _record(self, record: SQSRecord) -> None:
        log.append_keys(message_id=record.message_id)
        go_on((record.get("messageAttributes") or {}).get("request_id", {}).get("stringValue", ""))
        try:
            self.call(self.model(0).model_validate_json(record.body))
            log.info("handled")
        except ValidationError:
            log.error("refused", extra={"code": "malformed_message"})
            raise
        except Again as reason:
            log.warning("put off", extra={"reason": type(reason).__name__})
            raise
        except Exception:
            log.exception("failed")
            raise


def consume(
    queue: Queue, *, uses: Sequence[Grant] = (), batch: int = 10, host: Host = Host()
) -> Callable[[Callable[..., None]], Consumer]:
    return lambda call: Consumer(call=call, queue=queue, uses=tuple(uses), batch=batch, host=host)


def send(queue: Queue, message: BaseModel) -> None:
    """Put a message on a queue, under the id of the request that asked for it. One SendMessage."""
    told = {"request_id": {"DataType": "String", "StringValue": id}} if (id := request_id()) else {}
    aws.client("sqs").send_message(QueueUrl=queue.id, MessageBody=message.model_dump_json(), MessageAttributes=told)
