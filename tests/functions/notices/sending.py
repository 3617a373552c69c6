"""How messages reach the doors that send them, and what lies in the outboxes then."""

import json
from typing import Any

from kalit.kit.resources import Table
from tests.cloud import Cloud


def deliver(aws: Cloud, door: str, *messages: dict[str, Any]) -> list[str]:
    """Hand messages to a queue's door. Gives the ids of those that it failed on."""
    records = [
        {
            "messageId": message["id"],
            "receiptHandle": "handle",
            "body": json.dumps(message),
            "attributes": {},
            "eventSource": "aws:sqs",
        }
        for message in messages
    ]
    answer = aws.call(door, {"Records": records})
    return [failed["itemIdentifier"] for failed in answer["batchItemFailures"]]


def outbox(aws: Cloud, kind: str) -> list[dict[str, Any]]:
    """What a sandbox delivered, by time."""
    rows = sorted(aws.rows(Table.OPS, f"OUTBOX#{kind}# "), key=lambda row: row["sk"])
    return [json.loads(row["told"]) for row in rows]


def outcome(aws: Cloud, id: str) -> dict[str, Any]:
    """The notice's row."""
    [row] = aws.rows(Table.OPS, f"NOTICE#{id} ")
    return row
