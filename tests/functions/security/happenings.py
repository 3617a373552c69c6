"""Security events, and their way to where they are kept."""

import json
from typing import Any
from uuid import UUID, uuid5

from kalit.kit.ids import derived
from kalit.kit.resources import Table
from tests.cloud import Cloud

NOON = "2026-01-05T12:00:00.000Z"
PEOPLE = UUID(int=0)


def person(name: str) -> str:
    """The uuid of somebody."""
    return str(uuid5(PEOPLE, name))


def event(number: int, **other: Any) -> dict[str, Any]:
    """An event as its message carries it."""
    return {
        "id": str(UUID(int=number)),
        "event_type": "UNLOCK_FAILED",
        "severity": "MEDIUM",
        "user": person("guest"),
        "owner": person("owner"),
        "device": person("door"),
        "device_name": "Дарвоза",
        "ip_address": "203.0.113.7",
        "user_agent": "Kalit/3.1 (Android)",
        "description": "Unlock failed",
        "metadata": {"method": "PIN", "failures": 3},
        "created_at": NOON,
        **other,
    }


def record(aws: Cloud, *events: dict[str, Any]) -> list[str]:
    """Let the worker have these events, in one batch; the ids of those that come back."""
    records = [
        {
            "messageId": f"message-{place}",
            "body": json.dumps(each),
            "messageAttributes": {"job": {"stringValue": each.get("id", ""), "dataType": "String"}},
            "eventSource": "aws:sqs",
        }
        for place, each in enumerate(events)
    ]
    answer = aws.call("security.record", {"Records": records})
    return [failed["itemIdentifier"] for failed in answer["batchItemFailures"]]


def kept(aws: Cloud) -> list[int]:
    """The numbers of the events that are kept."""
    return sorted(UUID(row["pk"].removeprefix("EVENT#")).int for row in aws.rows(Table.SECURITY, "EVENT#"))


def alert_id(number: int) -> str:
    """The id of the alert that an event opens."""
    return str(derived("alert", str(UUID(int=number))))


def alerts(aws: Cloud) -> dict[int, str]:
    """The numbers of the events that opened an alert -> its status."""
    return {UUID(row["event"]).int: row["status"] for row in aws.rows(Table.SECURITY, "ALERT#")}


def counted_alerts(aws: Cloud) -> tuple[int, int]:
    """How many alerts are open, and how many resolved, as it is kept."""
    rows = aws.rows(Table.SECURITY, "COUNTS#alerts")
    open, resolved = (sum(int(row.get(name, 0)) for row in rows) for name in ("open", "resolved"))
    return open, resolved


def counted(aws: Cloud) -> dict[str, int]:
    """How many there are in each place, as it is kept."""
    numbers: dict[str, int] = {}
    for row in aws.rows(Table.SECURITY, "COUNTS#events"):
        place = row["sk"].rpartition("#")[0]
        numbers[place] = numbers.get(place, 0) + int(row["number"])
    return numbers


def forget_jobs(aws: Cloud) -> None:
    """As if the history of jobs had ended since."""
    for row in aws.rows(Table.OPS, "JOB#"):
        aws.table(Table.OPS).delete_item(Key={"pk": row["pk"], "sk": row["sk"]})
