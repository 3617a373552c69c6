"""Outboxes that the stream never brought, or gave up, are swept: whatever table they are in."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from kalit.kit.resources import Queue, Table
from tests.cloud import DOORS, Cloud

from .rows import put
from .world import Clock, refused, upset

TICK = {"id": "<aws.scheduler.scheduled-time>", "tick": "sweep"}
SWEPT = [door.name for door in DOORS.values() if getattr(door, "outboxes", ())]
# That of campaigns has no entries for the audit log; its own test tells how it is swept.
FOLLOWERS = [name for name in SWEPT if "audit" in DOORS[name].outboxes]  # type: ignore[attr-defined]


def asking(aws: Cloud, name: str, number: int = 1) -> dict[str, Any]:
    """An entry for the audit log that was just written and never came through the stream."""
    id = f"019b8e0c-2c00-7c11-8a51-0d4f1f3a9c{number:02}"
    entry = {
        "id": id,
        "user": "3f0f4f9e-6a35-4cb5-9b66-0a54cf0d1a11",
        "user_email": "",
        "username": "admin",
        "action": "probe.order",
        "resource_type": "probe",
        "resource_id": str(number),
        "ip_address": "127.0.0.1",
        "request_id": "asked-7",
        "details": {},
        "created_at": "2026-01-05T12:00:00.000Z",
    }
    row = {
        "pk": f"AUDIT#{id}",
        "sk": "AUDIT",
        "entry": json.dumps(entry),
        "outbox": "audit",
        "asked_at": "2026-01-05T12:00:00.000Z",
        "request_id": "asked-7",
    }
    put(aws, table(name), row)
    return row


def table(name: str) -> Table:
    return DOORS[name].table  # type: ignore[attr-defined, no-any-return]


def waiting(aws: Cloud, name: str) -> list[str]:
    return [row["pk"] for row in aws.rows(table(name), "AUDIT#") if "outbox" in row]


def test_all_tables_but_that_of_tasks_are_swept_which_has_a_sweeper_of_its_own() -> None:
    others = {Table.ACCOUNTS, Table.CAMPAIGNS, Table.JOBS, Table.LOCKS, Table.SECURITY, Table.SHOP, Table.OPS}
    assert {table(name) for name in SWEPT} == others


@pytest.mark.parametrize("name", FOLLOWERS)
def test_what_the_stream_never_brought_is_followed_after_five_minutes(aws: Cloud, clock: Clock, name: str) -> None:
    asking(aws, name)
    clock.move(minutes=4, seconds=59)
    aws.call(name, TICK)
    assert aws.messages(Queue.AUDIT) == []
    clock.move(seconds=2)
    aws.call(name, TICK)
    assert [message["action"] for message in aws.messages(Queue.AUDIT)] == ["probe.order"]
    assert waiting(aws, name) == []
    aws.call(name, TICK)
    assert aws.messages(Queue.AUDIT) == []


@pytest.mark.parametrize("name", FOLLOWERS)
def test_what_was_followed_asks_no_more(aws: Cloud, clock: Clock, name: str) -> None:
    aws.stream(name, asking(aws, name))
    assert len(aws.messages(Queue.AUDIT)) == 1
    assert waiting(aws, name) == []


@pytest.mark.parametrize("name", FOLLOWERS)
def test_what_asks_anew_meanwhile_goes_on_asking(aws: Cloud, clock: Clock, name: str) -> None:
    row = asking(aws, name)
    put(aws, table(name), {**row, "asked_at": "2026-01-05T12:00:09.000Z"})
    aws.stream(name, row)
    assert waiting(aws, name) == [row["pk"]]


@pytest.mark.parametrize("name", FOLLOWERS)
def test_one_that_fails_holds_up_no_other(aws: Cloud, clock: Clock, name: str) -> None:
    for number in (1, 2, 3):
        asking(aws, name, number)
    clock.move(minutes=6)
    with upset("SendMessage", refused("ServiceUnavailable")), pytest.raises(ClientError):
        aws.call(name, TICK)
    assert len(waiting(aws, name)) == 1
    aws.call(name, TICK)
    assert waiting(aws, name) == []
