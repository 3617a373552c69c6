import json
from typing import Any

import pytest

from kalit.kit.resources import Table
from tests.cloud import Answer, Cloud

from ..rows import change_ali, unchanged
from .happenings import alert_id, counted_alerts, event, record


@pytest.fixture
def one(aws: Cloud, token: str) -> str:
    """Ali's token, after an alert about somebody else's lock."""
    record(aws, event(1, severity="HIGH"))
    return token


def update(aws: Cloud, token: str, body: Any, id: str = "") -> Answer:
    return aws.http("security.update_alert", body, token=token, id=id or alert_id(1))


@pytest.mark.parametrize("role", ["manager", "admin"])
def test_staff_resolve_anybodys_alert(aws: Cloud, one: str, ali: str, role: str) -> None:
    change_ali(aws, role=role)
    answer = update(aws, one, {"status": "resolved", "notes": "It was the carpenter"})
    assert (answer.status, answer.json["status"], answer.json["notes"]) == (200, "resolved", "It was the carpenter")
    assert (answer.json["resolved_by"], counted_alerts(aws)) == (ali, (0, 1))
    [row] = aws.rows(Table.SECURITY, "AUDIT#")
    assert json.loads(row["entry"])["action"] == "alert.resolve"
    with unchanged(aws):
        again = update(aws, one, {"status": "resolved", "notes": "It was the cat"})
    assert (again.status, again.json) == (200, answer.json)


def test_nobody_else_does(aws: Cloud, one: str) -> None:
    with unchanged(aws):
        assert update(aws, one, {"status": "resolved"}).status == 403


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"status": ["This field is required."]}),
        ({"status": "open"}, {"status": ['"open" is not a valid choice.']}),
        ({"status": None}, {"status": ["This field may not be null."]}),
        (
            {"status": "resolved", "notes": "x" * 1001},
            {"notes": ["Ensure this field has no more than 1000 characters."]},
        ),
    ],
    ids=["nothing", "open", "null", "long"],
)
def test_what_will_not_do_is_refused_by_its_field(aws: Cloud, one: str, body: Any, fields: Any) -> None:
    change_ali(aws, role="admin")
    with unchanged(aws):
        answer = update(aws, one, body)
    assert (answer.status, answer.json) == (400, fields)


def test_nothing_else_of_it_can_be_set(aws: Cloud, one: str) -> None:
    change_ali(aws, role="admin")
    answer = update(aws, one, {"status": "resolved", "severity": "LOW", "description": "Nothing", "resolved_by": None})
    assert (answer.json["severity"], answer.json["description"]) == ("HIGH", "Unlock failed")
    assert answer.json["resolved_by"] is not None


@pytest.mark.parametrize("id", [alert_id(7), "7"])
def test_what_is_no_alert_is_not_found(aws: Cloud, one: str, id: str) -> None:
    change_ali(aws, role="admin")
    assert update(aws, one, {"status": "resolved"}, id).status == 404


def test_it_costs_a_read_and_a_transaction(aws: Cloud, one: str, calls: list[str]) -> None:
    change_ali(aws, role="admin")
    update(aws, one, {"status": "resolved"}, alert_id(7))
    calls.clear()
    update(aws, one, {"status": "resolved"})
    assert calls == ["GetItem", "GetItem", "TransactWriteItems"]
