"""The office: an administrator at the doors of jobs, and what streams and queues do behind them."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from botocore.client import BaseClient
from botocore.exceptions import ClientError

from kalit.kit.resources import Queue, Table
from tests.cloud import Answer, Cloud

from ..rows import change_ali
from ..world import Clock

STREAMS = {Table.JOBS: "jobs.dispatch", Table.OPS: "jobs.send_again"}
WORKERS = {
    Queue.DEFAULT: "jobs.default",
    Queue.SMS_QUEUE: "jobs.send_sms",
    Queue.SUM: "tasks.sum",
    Queue.SMS: "notices.sms",
    Queue.EMAIL: "notices.email",
}
MOST_RECEIVES = 5  # before SQS puts a message among the dead letters
STATES = ("pending", "running", "retrying", "completed", "dead", "cancelled")


@dataclass
class Office:
    """An administrator, and the workers that do what he asks for."""

    aws: Cloud
    token: str
    clock: Clock
    followed: set[str] = field(default_factory=set)
    handed: int = 0

    def ask(self, name: str, body: Any = None, *, key: str = "", **path: object) -> Answer:
        """A door of this folder."""
        headers = {"idempotency-key": key} if key else {}
        answer = self.aws.http(f"jobs.{name}", body, token=self.token, headers=headers, **path)
        self.deliver()
        return answer

    def get(self, name: str, **query: object) -> Any:
        """What a list says."""
        answer = self.aws.http(f"jobs.{name}", token=self.token, query=query)
        assert answer.status == 200, answer.text
        return answer.json

    def role(self, role: str) -> None:
        change_ali(self.aws, role=role)

    def schedule(self, **told: Any) -> int:
        """The id of a new schedule, for today where nothing else is said."""
        answer = self.ask("create_schedule", told)
        assert answer.status == 201, answer.text
        id: int = answer.json["id"]
        return id

    def shown(self, id: int) -> Any:
        """A schedule."""
        return self.ask("show_schedule", id=id).json

    def tick(self, door: str) -> None:
        """A tick of one of the runners."""
        self.handed += 1
        self.aws.call(f"jobs.{door}", {"id": f"tick-{self.handed}"})

    def job(self, id: object) -> Any:
        """A job as staff see it."""
        answer = self.ask("show", id=id)
        assert answer.status == 200, answer.text
        return answer.json

    def jobs(self, **query: object) -> list[Any]:
        """The first page of them."""
        found: list[Any] = self.get("list", **query)["results"]
        return found

    def row(self, id: object) -> dict[str, Any]:
        """A job as it is kept."""
        [row] = self.aws.rows(Table.OPS, f"JOB#{id} JOB")
        return row

    def follow(self, table: Table = Table.JOBS) -> int:
        """Let the stream bring what was written since the last time; how many rows that were."""
        rows = [row for row in self.aws.rows(table) if "outbox" in row]
        new = [row for row in rows if repr(sorted(row.items())) not in self.followed]
        self.followed |= {repr(sorted(row.items())) for row in new}
        for start in range(0, len(new), 100):
            self.aws.stream(STREAMS[table], *new[start : start + 100])
        return len(new)

    def deliver(self) -> None:
        """Let the stream bring what staff asked for."""
        orders = [row for row in self.aws.rows(Table.JOBS, "ORDER#") if "outbox" in row]
        self.aws.stream(STREAMS[Table.JOBS], *orders)

    def waiting(self, queue: Queue) -> list[dict[str, Any]]:
        """Up to ten messages of a queue, taken, as its worker gets them."""
        got = self.aws.client("sqs").receive_message(
            QueueUrl=self.aws.ids[queue],
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            AttributeNames=["All"],
        )
        return [_record(message, queue) for message in got.get("Messages", [])]

    def taken(self, queue: Queue) -> dict[str, Any]:
        """The one message that waits in a queue, out of it for good."""
        [record] = self.waiting(queue)
        self.aws.client("sqs").delete_message(QueueUrl=self.aws.ids[queue], ReceiptHandle=record["receiptHandle"])
        return record

    def audited(self, table: Table) -> list[Any]:
        """What staff did, as it goes to the audit log."""
        return [json.loads(row["entry"]) for row in self.aws.rows(table, "AUDIT#")]

    def drain(self, queue: Queue = Queue.DEFAULT) -> int:
        """Let the queue's worker work until nothing waits, as SQS does: five times at most, then it is a dead letter.

        How many times a message was received.
        """
        received, sqs, url = 0, self.aws.client("sqs"), self.aws.ids[queue]
        while records := self.waiting(queue):
            received += len(records)
            failed = self.work(queue, *records)
            for record in records:
                handle = {"QueueUrl": url, "ReceiptHandle": record["receiptHandle"]}
                if record["messageId"] not in failed:
                    sqs.delete_message(**handle)
                elif int(record["attributes"]["ApproximateReceiveCount"]) < MOST_RECEIVES:
                    sqs.change_message_visibility(**handle, VisibilityTimeout=0)
                else:
                    sqs.delete_message(**handle)
                    assert self.bury(record, f"{queue.value}-dead") == []
        return received

    def work(self, queue: Queue, *records: dict[str, Any]) -> list[str]:
        """One call of a queue's worker; the ids of the messages that it failed on."""
        answer = self.aws.call(WORKERS[queue], {"Records": list(records)})
        return [failed["itemIdentifier"] for failed in answer["batchItemFailures"]]

    def bury(self, record: dict[str, Any], queue: str) -> list[str]:
        """Let a message be found in a dead-letter queue; the ids of those that cannot be buried."""
        source = f"arn:aws:sqs:us-east-1:123456789012:local-{queue}"
        answer = self.aws.call("jobs.bury", {"Records": [{**record, "eventSourceARN": source}]})
        return [failed["itemIdentifier"] for failed in answer["batchItemFailures"]]

    def settle(self) -> None:
        """Let streams and queues do all that there is to do."""
        while sum([*(self.follow(table) for table in STREAMS), *(self.drain(queue) for queue in WORKERS)]):
            continue

    def dead(self, num: int = 5) -> str:
        """The id of a dead job, which was to write a number to the log."""
        id: str = self.ask("ask_task_1", {"num": num}).json["task_id"]
        assert self.bury(self.taken(Queue.DEFAULT), "default-dead") == []
        self.clock.move(seconds=1)
        return id

    def tally(self) -> dict[str, int]:
        """How many jobs there are by state, by their rows; the counts beside them say the same."""
        rows = Counter((row["queue"], row["state"]) for row in self.aws.rows(Table.OPS, "JOB#"))
        kept: Counter[tuple[str, str]] = Counter()
        for row in self.aws.rows(Table.OPS, "JOBS#"):
            for state in STATES:
                kept[row["pk"].removeprefix("JOBS#"), state] += int(row.get(state, 0))
        assert +kept == rows
        assert min(kept.values(), default=0) >= 0
        states: Counter[str] = Counter()
        for (_, state), number in rows.items():
            states[state] += number
        return dict(states)


def _record(message: dict[str, Any], queue: Queue) -> dict[str, Any]:
    told = message.get("MessageAttributes", {})
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "messageAttributes": {
            name: {"stringValue": value["StringValue"], "dataType": "String"} for name, value in told.items()
        },
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:us-east-1:123456789012:local-{queue.value}",
    }


def by_hand(body: Any, id: str = "by-hand") -> dict[str, Any]:
    """A message that nobody of ours sent."""
    text = body if isinstance(body, str) else json.dumps(body)
    return {
        "messageId": id,
        "receiptHandle": "handle",
        "body": text,
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
    }


@contextmanager
def stuck(*ids: int) -> Iterator[None]:
    """Nothing can be written of these schedules."""
    keys = {f"SCHEDULE#{id:019d}" for id in ids}
    original = BaseClient._make_api_call

    def hooked(client: BaseClient, name: str, asked: dict[str, Any]) -> Any:
        if name == "TransactWriteItems":
            written = {write["Put"]["Item"]["sk"]["S"] for write in asked["TransactItems"] if "Put" in write}
            if written & keys:
                raise ClientError({"Error": {"Code": "InternalServerError", "Message": "no"}}, name)
        return original(client, name, asked)

    with mock.patch.object(BaseClient, "_make_api_call", hooked):
        yield
