"""Idempotency-Key: what was asked for twice is done once, wherever the first answer got lost."""

from typing import Any

import pytest

from kalit.kit.resources import Queue
from tests.cloud import Cloud

from ..world import Killed, killed_after, refused, upset
from .office import Office

DOORS = [
    ("create_schedule", {"description": "once"}, {}),
    ("run_schedule", {}, {"id": 1}),
    ("ask_runner", {}, {}),
    ("ask_sms", {"phone": "+998901234567"}, {}),
    ("ask_task_1", {"num": 5}, {}),
    ("redrive", {"queue": "default"}, {}),
]
at_every_door = pytest.mark.parametrize(("door", "body", "path"), DOORS, ids=[door for door, _, _ in DOORS])


def done(office: Office) -> tuple[int, int]:
    """How many schedules and jobs came of it."""
    office.settle()
    return office.get("list_schedules")["count"], office.get("list")["count"]


@at_every_door
def test_the_same_key_gives_the_first_answer_again(
    office: Office, door: str, body: dict[str, Any], path: dict[str, int]
) -> None:
    office.schedule()
    first = office.ask(door, body, key="mine", **path)
    effect = done(office)
    again = office.ask(door, body, key="mine", **path)
    assert (again.status, again.text) == (first.status, first.text)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert done(office) == effect


@at_every_door
def test_the_same_key_with_another_body_is_refused(
    office: Office, door: str, body: dict[str, Any], path: dict[str, int]
) -> None:
    office.schedule()
    office.ask(door, body, key="mine", **path)
    assert office.ask(door, {**body, "more": 1}, key="mine", **path).status == 422


@at_every_door
def test_what_died_before_its_answer_is_taken_up_under_its_key(
    office: Office, door: str, body: dict[str, Any], path: dict[str, int]
) -> None:
    office.schedule()
    # Its effect is there, and nobody heard of it.
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        office.ask(door, body, key="mine", **path)
    assert office.ask(door, body, key="mine", **path).status == 409
    office.clock.move(seconds=60)
    first = office.ask(door, body, key="mine", **path)
    assert first.status in (201, 202)
    effect = done(office)
    assert office.ask(door, body, key="mine", **path).text == first.text
    assert done(office) == effect
    assert effect[0] == (2 if door == "create_schedule" else 1)
    assert len([job for job in office.jobs() if job["id"] == first.json.get("task_id")]) == (
        0 if door == "create_schedule" else 1
    )


@at_every_door
def test_what_failed_may_be_tried_again_at_once(
    aws: Cloud, office: Office, door: str, body: dict[str, Any], path: dict[str, int]
) -> None:
    office.schedule()
    with upset("TransactWriteItems", refused("InternalServerError")):
        assert office.ask(door, body, key="mine", **path).status == 500
    assert office.ask(door, body, key="mine", **path).status in (201, 202)
    assert len(aws.messages(Queue.DEFAULT)) + len(aws.messages(Queue.SMS_QUEUE)) == (
        0 if door.endswith("schedule") else 1
    )
