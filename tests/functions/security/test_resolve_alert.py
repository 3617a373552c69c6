import json
from typing import Any
from uuid import UUID

import pytest

from kalit.kit.resources import Table
from tests.cloud import Answer, Cloud

from ..rows import change_ali, unchanged
from ..world import Clock, Killed, conflicting, killed_after, lost, meanwhile, upset
from .happenings import NOON, alert_id, alerts, counted_alerts, event, record

NOT_FOUND = {"success": False, "error": {"message": "Alert not found.", "code": 404}}


@pytest.fixture
def his(aws: Cloud, token: str, ali: str) -> str:
    """Ali's token, after an alert about his lock."""
    record(aws, event(1, severity="HIGH", owner=ali))
    return token


def resolve(aws: Cloud, token: str, notes: str | None = None, number: int = 1) -> Answer:
    body = {} if notes is None else {"notes": notes}
    return aws.http("security.resolve_alert", body, token=token, id=alert_id(number))


def audited(aws: Cloud) -> list[dict[str, Any]]:
    return [json.loads(row["entry"]) for row in aws.rows(Table.SECURITY, "AUDIT#")]


def event_row(aws: Cloud) -> dict[str, Any]:
    [row] = aws.rows(Table.SECURITY, "EVENT#")
    return row


def test_an_alert_is_resolved_with_its_event(aws: Cloud, clock: Clock, his: str, ali: str) -> None:
    clock.move(minutes=5)
    answer = resolve(aws, his, "It was the carpenter")
    assert (answer.status, answer.json["success"], answer.json["message"]) == (200, True, "Alert resolved")
    told, later = answer.json["data"], "2026-01-05T12:05:00.000Z"
    assert (told["id"], told["event"], told["created_at"]) == (alert_id(1), str(UUID(int=1)), NOON)
    assert (told["status"], told["notes"], told["resolved_at"]) == ("resolved", "It was the carpenter", later)
    assert told["resolved_by"] == ali
    assert (event_row(aws)["resolved"], event_row(aws)["resolved_at"]) == (True, later)
    assert counted_alerts(aws) == (0, 1)
    [listed] = aws.http("security.list_events", token=his).json["results"]
    assert (listed["resolved"], listed["resolved_at"]) == (True, later)


@pytest.mark.parametrize("raw", [None, b""])
def test_notes_may_be_left_out(aws: Cloud, his: str, raw: bytes | None) -> None:
    answer = (
        resolve(aws, his) if raw is None else aws.http("security.resolve_alert", raw=raw, token=his, id=alert_id(1))
    )
    assert (answer.status, answer.json["data"]["notes"]) == (200, "")


def test_the_first_resolver_his_time_and_his_notes_stay(aws: Cloud, clock: Clock, his: str) -> None:
    first = resolve(aws, his, "It was the carpenter").json
    clock.move(minutes=5)
    change_ali(aws, role="admin")
    with unchanged(aws):
        again = resolve(aws, his, "It was the cat")
    assert (again.status, again.json) == (200, first)


def test_an_alert_about_ones_own_account_is_ones_own(aws: Cloud, token: str, ali: str) -> None:
    record(aws, event(1, severity="HIGH", owner=None, device=None, user=ali))
    assert resolve(aws, token).status == 200


@pytest.mark.parametrize("mine", [{}, {"user": "ali"}, {"user": None, "owner": None, "device": None}])
def test_nobody_elses_alert_is_found(aws: Cloud, token: str, ali: str, mine: dict[str, Any]) -> None:
    record(aws, event(1, severity="HIGH", **{key: value and ali for key, value in mine.items()}))
    with unchanged(aws):
        answer = resolve(aws, token)
    assert (answer.status, answer.json) == (404, NOT_FOUND)


@pytest.mark.parametrize("id", [alert_id(7), "7", str(UUID(int=1))], ids=["unknown", "no uuid", "the event's"])
def test_what_is_no_alert_is_not_found(aws: Cloud, his: str, id: str) -> None:
    answer = aws.http("security.resolve_alert", {}, token=his, id=id)
    assert (answer.status, answer.json["success"]) == (404, False)
    russian = aws.http("security.resolve_alert", {}, token=his, id=alert_id(7), headers={"accept-language": "ru"})
    assert russian.json["error"]["message"] == "Оповещение не найдено."


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"notes": "x" * 1001}, "Ensure this field has no more than 1000 characters."),
        ({"notes": None}, "This field may not be null."),
        ({"notes": ["x"]}, "Not a valid string."),
    ],
    ids=["long", "null", "list"],
)
def test_what_are_no_notes_is_refused(aws: Cloud, his: str, body: Any, said: str) -> None:
    with unchanged(aws):
        answer = aws.http("security.resolve_alert", body, token=his, id=alert_id(1))
    assert (answer.status, answer.json["error"]["fields"]) == (400, {"notes": [said]})


def test_a_thousand_characters_are_kept_and_trimmed(aws: Cloud, his: str) -> None:
    assert resolve(aws, his, f"  {'Ў' * 1000} ").json["data"]["notes"] == "Ў" * 1000


@pytest.mark.parametrize("role", ["manager", "admin"])
def test_what_staff_do_to_alerts_of_others_is_audited(aws: Cloud, token: str, ali: str, role: str) -> None:
    change_ali(aws, role=role)
    record(aws, event(1, severity="HIGH"))
    assert resolve(aws, token, "It was the carpenter").status == 200
    [entry] = audited(aws)
    assert (entry["action"], entry["resource_type"], entry["resource_id"]) == ("alert.resolve", "alert", alert_id(1))
    assert (entry["user"], entry["details"]["before"]) == (ali, {"status": "open"})
    assert entry["details"]["after"] == {"status": "resolved", "notes": "It was the carpenter"}
    resolve(aws, token, "Again")
    assert len(audited(aws)) == 1


@pytest.mark.parametrize("role", ["user", "admin"])
def test_what_somebody_does_to_his_own_is_not(aws: Cloud, his: str, role: str) -> None:
    change_ali(aws, role=role)
    assert resolve(aws, his).status == 200
    assert audited(aws) == []


@pytest.mark.parametrize(("operation", "after"), [("GetItem", 0), ("GetItem", 1), ("TransactWriteItems", 0)])
def test_who_dies_at_any_point_may_ask_again(aws: Cloud, his: str, operation: str, after: int) -> None:
    change_ali(aws, role="admin")
    with upset(operation, killed_after, after=after), pytest.raises(Killed):
        resolve(aws, his, "It was the carpenter")
    assert resolve(aws, his, "It was the carpenter").json["data"]["notes"] == "It was the carpenter"
    assert (alerts(aws), counted_alerts(aws), event_row(aws)["resolved"]) == ({1: "resolved"}, (0, 1), True)


@pytest.mark.parametrize("fault", [lost, conflicting], ids=["lost", "conflicting"])
def test_a_transaction_that_goes_wrong_is_made_once(aws: Cloud, his: str, fault: Any) -> None:
    with upset("TransactWriteItems", fault, first=2):
        assert resolve(aws, his).status == 200
    assert counted_alerts(aws) == (0, 1)


def test_of_two_who_resolve_it_at_once_the_first_counts(aws: Cloud, his: str) -> None:
    with upset("TransactWriteItems", meanwhile(lambda: resolve(aws, his, "I was first"))):
        answer = resolve(aws, his, "I was second")
    assert (answer.status, answer.json["data"]["notes"], counted_alerts(aws)) == (200, "I was first", (0, 1))


def test_it_costs_a_read_and_a_transaction(aws: Cloud, his: str, calls: list[str]) -> None:
    resolve(aws, his, "", 7)
    calls.clear()
    resolve(aws, his)
    assert calls == ["GetItem", "GetItem", "TransactWriteItems"]  # the first is the caller's account
    calls.clear()
    resolve(aws, his)
    assert calls == ["GetItem", "GetItem"]


def test_notes_and_addresses_are_not_logged(aws: Cloud, his: str, caplog: pytest.LogCaptureFixture) -> None:
    resolve(aws, his, "Call +998901234567")
    said = caplog.text + "".join(str(vars(line)) for line in caplog.records)
    assert not [told for told in ("998901234567", "203.0.113.7", "Дарвоза") if told in said]


def test_nobody_in_particular_hears_401(aws: Cloud) -> None:
    assert resolve(aws, "").status == 401
