"""A campaign on a laptop: its recipients planned, released and sent, and what that would cost on AWS.

    make bench                            # RECIPIENTS=100000

The doors run in this process against the local engine in another, called as the machine, the stream and the queue
would call them, so the CPU time of this process is theirs alone, the SDK included. The provider takes every message at
once, and its calls are not counted. Clients live in forty zones. Prices are list prices of us-east-1.
"""

import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import timedelta
from io import StringIO
from types import SimpleNamespace
from typing import Any
from unittest import mock
from zoneinfo import available_timezones

from botocore.client import BaseClient

from infra.catalog import catalog
from infra.local.deployer import REGION, Aws
from kalit.kit import clock
from kalit.kit.resources import Machine, Queue, Sms, Table
from kalit.providers import sms
from tests.speed.engine import engine, table

ZONES = sorted(name for name in available_timezones() if name.startswith("Asia/"))[:40]
OWNER, TAG = "1", "everybody"
DOORS = {door.name: door for door in catalog()}
AT_ONCE = 25  # rows that one request writes, of the clients that are there before
# Dollars a million: write units, read units, requests of SQS; and a GB-second's price in dollars a million.
WRITE, READ, MESSAGE, GB_SECOND = 0.625, 0.125, 0.40, 16.67
CALL = 0.008  # seconds that a request of ours takes on AWS
SLOWER = 2.0  # times that a Lambda of 1 GB takes for what this machine does
INDEXED = 6  # write units of a slot in the index `due`, from its making to its end
POLLS = 3  # requests of SQS beside ours: receive, delete, and empty ones
AIMS = {"requests": 0.15, "milliseconds": 0.2, "dollars": 3.00, "growth": 1.05}


class Meter:
    """What is asked of AWS, and the units that it costs: rows are below 1 KB but for pages and slots."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.writes = self.reads = 0.0
        self.slots = 0

    @contextmanager
    def on(self) -> Iterator[None]:
        original = BaseClient._make_api_call

        def noted(client: BaseClient, name: str, asked: dict[str, Any]) -> Any:
            self.calls[name] += 1
            self.note(name, asked)
            return original(client, name, asked)

        with mock.patch.object(BaseClient, "_make_api_call", noted):
            yield

    def note(self, name: str, asked: dict[str, Any]) -> None:
        if name == "BatchExecuteStatement":
            self.writes += len(asked["Statements"])
        elif name == "TransactWriteItems":
            items = [told for write in asked["TransactItems"] for told in write.values()]
            self.writes += 2 * sum(size(told.get("Item", {})) for told in items)
            self.slots += sum("SLOT#" in told.get("Item", {}).get("sk", {}).get("S", "") for told in items)
        elif name in ("UpdateItem", "PutItem", "DeleteItem"):
            self.writes += size(asked.get("Item", {}))
        elif name == "BatchGetItem":
            self.reads += sum(len(told["Keys"]) for told in asked["RequestItems"].values())
        elif name in ("GetItem", "Query"):
            self.reads += 2 if name == "GetItem" else 20

    def dollars(self, recipients: int, cpu: float) -> dict[str, float]:
        """For a million recipients, by what is paid for."""
        requests = self.calls.total()
        sent = self.calls["SendMessage"] * (1 + POLLS)
        parts = {
            "DynamoDB: writes": (self.writes + INDEXED * self.slots) * WRITE,
            "DynamoDB: reads": self.reads * READ,
            "SQS": sent * MESSAGE,
            "Lambda: 1 GB": (cpu * SLOWER + requests * CALL) * GB_SECOND,
        }
        return {name: price / recipients for name, price in parts.items()}


def size(item: dict[str, Any]) -> int:
    """A row's write units."""
    return max(1, -(-len(json.dumps(item)) // 1024))


class Bench:
    """The doors, and what calls them."""

    def __init__(self, engine: Aws, template: dict[str, Any]) -> None:
        self.aws = engine
        for named in (Table.CAMPAIGNS, Table.OPS):
            table(self.dynamodb, template, named)
        self.queue = self.aws.client("sqs").create_queue(QueueName="local-campaigns")["QueueUrl"]
        os.environ |= {Queue.CAMPAIGNS.variable: self.queue, Sms.SENDER.variable: "sandbox", "SMS_RATE": str(10**9)}
        for machine in (Machine.CAMPAIGN, Machine.SLOT):
            os.environ[machine.variable] = f"arn:aws:states:{REGION}:000000000000:stateMachine:local-{machine.value}"
        self.meter, self.cpu = Meter(), 0.0

    @property
    def dynamodb(self) -> Any:
        return self.aws.client("dynamodb")

    def settle_in(self, tag: str, recipients: int, first: int) -> None:
        """Clients of that tag, as an import would leave them; not measured."""
        rows = []
        for id in range(first, first + recipients):
            zone, phone = ZONES[id % len(ZONES)], f"99890{id:07}"
            pk, sk = f"CLIENT#{id}", f"MEMBER#{zone}#{id:019d}"
            client = {"owner": OWNER, "phone_number": f"+{phone}", "digits": phone, "operator": "90"}
            client |= {"tag": tag, "timezone": zone}
            texts = {name: {"S": value} for name, value in client.items()}
            rows.append({"pk": {"S": pk}, "sk": {"S": "CLIENT"}, "version": {"N": "1"}, **texts})
            rows.append({"pk": {"S": f"AUDIENCE#{OWNER}#{tag}"}, "sk": {"S": sk}, "operator": {"S": "90"}})
        for begin in range(0, len(rows), AT_ONCE):
            asked = [{"PutRequest": {"Item": row}} for row in rows[begin : begin + AT_ONCE]]
            self.dynamodb.batch_write_item(RequestItems={"local-campaigns": asked})

    def order(self, run: int, tag: str) -> None:
        """A run that has begun."""
        at = clock.now()
        plan = {
            "start_datetime": clock.wire(at - timedelta(hours=1)),
            "end_datetime": clock.wire(at + timedelta(days=2)),
            "text_message": "New locks are here.",
            "time_interval_start": "00:00:00",
            "time_interval_end": "23:59:59",
            "tag": tag,
            "client_filter": {},
        }
        texts = {
            "uuid": "3f0f4f9e-6a35-4cb5-9b66-0a54cf0d1a11",
            "owner": OWNER,
            "state": "RUNNING",
            "origin": "https://kalit.example.com",
            "earlier": "[]",
            "created_at": clock.wire(at),
            "starts_at": clock.wire(at),
            "plan": json.dumps(plan),
            "began_at": clock.wire(at),
            "cursor": "",
        }
        numbers = dict.fromkeys(("pages", "total", "open_slots", "executions"), 0) | {"campaign": 1, "generation": 1}
        row = {name: {"S": text} for name, text in texts.items()} | {n: {"N": str(v)} for n, v in numbers.items()}
        row |= {"pk": {"S": f"RUN#{run}"}, "sk": {"S": "RUN"}, "planned": {"BOOL": False}, "force": {"BOOL": False}}
        self.dynamodb.put_item(TableName="local-campaigns", Item=row)

    def call(self, name: str, event: dict[str, Any]) -> Any:
        context = SimpleNamespace(aws_request_id="bench", get_remaining_time_in_millis=lambda: 90_000)
        with self.meter.on(), redirect_stdout(StringIO()):
            began = time.process_time()
            try:
                return DOORS[name](event, context)
            finally:
                self.cpu += time.process_time() - began

    def drive(self, run: int) -> None:
        """Plan it, follow its slots, and let the senders have them."""
        while self.call("campaigns.plan", {"run": run})["do"] == "plan":
            self.follow(run)
        self.follow(run)
        while letters := self.receive():
            answer = self.call("campaigns.send", {"Records": letters})
            assert answer == {"batchItemFailures": []}, answer

    def follow(self, run: int) -> None:
        """What the table's stream would bring."""
        asked = {":pk": {"S": f"RUN#{run}"}, ":slot": {"S": "SLOT#"}}
        told = {"TableName": "local-campaigns", "KeyConditionExpression": "pk = :pk AND begins_with(sk, :slot)"}
        for page in self.dynamodb.get_paginator("query").paginate(**told, ExpressionAttributeValues=asked):
            for row in page["Items"]:
                if "outbox" in row:
                    record = {"eventName": "INSERT", "dynamodb": {"NewImage": row}}
                    self.call("campaigns.dispatch", {"Records": [record]})

    def receive(self) -> list[dict[str, Any]]:
        got = self.aws.client("sqs").receive_message(
            QueueUrl=self.queue, MaxNumberOfMessages=1, MessageAttributeNames=["All"]
        )
        letters = []
        for message in got.get("Messages", []):
            told = message.get("MessageAttributes", {}).items()
            attributes = {name: {"stringValue": one["StringValue"], "dataType": "String"} for name, one in told}
            letters.append(
                {"messageId": message["MessageId"], "body": message["Body"], "messageAttributes": attributes}
            )
            letters[-1] |= {"eventSource": "aws:sqs", "eventSourceARN": f"arn:aws:sqs:{REGION}:0:local-campaigns"}
            self.aws.client("sqs").delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return letters


def measured(bench: Bench, run: int, recipients: int, first: int) -> tuple[Meter, float]:
    """What so many recipients take: the calls, and the CPU time of the doors in seconds."""
    tag, bench.meter, bench.cpu = f"{TAG}-{run}", Meter(), 0.0
    bench.settle_in(tag, recipients, first)
    bench.order(run, tag)
    taken: list[str] = []
    with mock.patch.object(sms, "send", lambda message, attempt, at: taken.append(message.id)):
        bench.drive(run)
    assert len(taken) == len(set(taken)) == recipients, f"{len(taken)} were sent"
    return bench.meter, bench.cpu


def main(recipients: int) -> None:
    started = time.monotonic()
    with engine() as (told, template):
        bench = Bench(told, template)
        few, few_cpu = measured(bench, 1, recipients // 10, 1)
        many, cpu = measured(bench, 2, recipients, recipients)
    requests, fewer = many.calls.total() / recipients, few.calls.total() / (recipients // 10)
    bill = many.dollars(recipients, cpu)
    took = time.monotonic() - started
    print(f"\n{recipients} recipients in {len(ZONES)} zones, planned, released and sent ({took:.0f} s):")
    for name, number in many.calls.most_common():
        print(f"  {name:<36}{number / recipients:>9.4f} a recipient")
    measures = {
        "requests": (requests, "AWS requests a recipient"),
        "milliseconds": (cpu / recipients * 1000, "CPU, ms a recipient"),
        "dollars": (sum(bill.values()), "$ a million recipients"),
        "growth": (requests / fewer, f"requests a recipient, as many times as at {recipients // 10}"),
    }
    for name, price in bill.items():
        print(f"  {name:<36}{price:>9.2f} $ a million")
    for name, (value, what) in measures.items():
        print(f"  {what:<52}{value:>9.3f}   aim {AIMS[name]}{'' if value <= AIMS[name] else ', missed'}")
    print(f"  CPU at {recipients // 10}, ms a recipient {few_cpu / (recipients // 10) * 1000:>33.3f}")


if __name__ == "__main__":
    main(int(os.environ.get("RECIPIENTS") or 100_000))
