"""What staff did, and its way to the audit log."""

import json
from typing import Any
from uuid import UUID

from kalit.kit.resources import Table
from tests.cloud import Cloud

DEED = {
    "user": "087e3556-b7e5-44b3-8009-3bff7a47340b",
    "user_email": "admin@example.com",
    "username": "admin",
    "action": "user.update",
    "resource_type": "user",
    "resource_id": "3f0f4f9e-6a35-4cb5-9b66-0a54cf0d1a11",
    "ip_address": "203.0.113.7",
    "request_id": "their-request",
    "details": {"before": {"role": "user"}, "after": {"role": "manager", "name": "Ўткир"}},
    "created_at": "2026-01-05T12:00:00.000Z",
}


def deed(number: int, **other: Any) -> dict[str, Any]:
    """An entry as its message carries it."""
    return {"id": str(UUID(int=number)), **DEED, **other}


def event(*deeds: dict[str, Any]) -> dict[str, Any]:
    """A batch of the queue, in which each deed is a job of its own."""
    records = [
        {
            "messageId": f"message-{place}",
            "body": json.dumps(each),
            "attributes": {"MessageGroupId": "all"},
            "messageAttributes": {"job": {"stringValue": each.get("id", ""), "dataType": "String"}},
            "eventSource": "aws:sqs",
        }
        for place, each in enumerate(deeds)
    ]
    return {"Records": records}


def chained(aws: Cloud, *deeds: dict[str, Any]) -> Any:
    """Let the appender have these deeds, in one batch."""
    return aws.call("security.append", event(*deeds))


def links(aws: Cloud) -> list[dict[str, Any]]:
    """The rows of the chain, by their places."""
    return sorted(aws.rows(Table.OPS, "AUDIT "), key=lambda row: str(row["sk"]))


def head(aws: Cloud) -> dict[str, Any]:
    [row] = aws.rows(Table.OPS, "AUDIT#HEAD HEAD")
    return row


def numbers(aws: Cloud) -> list[int]:
    """The numbers of the deeds in the chain, in its order."""
    return [UUID(json.loads(link["text"])["id"]).int for link in links(aws)]


def remove(aws: Cloud, *rows: dict[str, Any]) -> None:
    for row in rows:
        aws.table(Table.OPS).delete_item(Key={"pk": row["pk"], "sk": row["sk"]})


def report(aws: Cloud, token: str, **query: Any) -> dict[str, Any]:
    """What the check says of the chain."""
    answer = aws.http("security.verify_audit", token=token, query=query)
    assert (answer.status, answer.json["success"]) == (200, True), answer.text
    data: dict[str, Any] = answer.json["data"]
    return data


def intact(aws: Cloud, token: str) -> bool:
    return bool(report(aws, token)["intact"])
