from typing import Any

import pytest

from kalit.kit.resources import Queue, Table
from tests.cloud import Cloud

from ..world import Clock, Killed, at_once, conflicting, killed_after, lost, throttled, upset
from .happenings import alerts, counted, counted_alerts, event, forget_jobs, kept, record

PLACE = "2026-01-05#UNLOCK_FAILED#MEDIUM"
PLACE_HIGH = "2026-01-05#UNLOCK_FAILED#HIGH"


def test_a_login_comes_from_its_table_into_the_list(aws: Cloud, clock: Clock, token: str) -> None:
    rows = [row for row in aws.rows(Table.ACCOUNTS, "SECURITY-EVENT#") if "outbox" in row]
    aws.stream("accounts.dispatch", *rows)
    [message] = aws.messages(Queue.SECURITY)
    assert record(aws, message) == []
    [told] = aws.http("security.list_events", token=token).json["results"]
    assert (told["event_type"], told["id"]) == ("LOGIN_SUCCESS", message["id"])


def test_an_event_that_comes_again_is_counted_once(aws: Cloud, clock: Clock) -> None:
    record(aws, event(1), event(2), event(1))
    assert record(aws, event(1)) == []
    assert (kept(aws), counted(aws)) == ([1, 2], {PLACE: 2})


def test_an_event_that_comes_again_when_its_job_is_forgotten_changes_nothing(aws: Cloud, clock: Clock) -> None:
    record(aws, event(1))
    forget_jobs(aws)
    assert record(aws, event(1, severity="HIGH", description="Another")) == []
    assert counted(aws) == {PLACE: 1}
    assert [row["description"] for row in aws.rows(Table.SECURITY, "EVENT#")] == ["Unlock failed"]


def test_events_are_counted_by_day_type_and_severity(aws: Cloud, clock: Clock) -> None:
    record(
        aws,
        event(1),
        event(2, severity="HIGH"),
        event(3, event_type="LOGOUT"),
        event(4, created_at="2026-01-04T23:59:59.999Z"),
        event(5, created_at="2026-01-05T04:00:00+05:00"),
    )
    day = "2026-01-04#UNLOCK_FAILED#MEDIUM"
    assert counted(aws) == {PLACE: 1, "2026-01-05#UNLOCK_FAILED#HIGH": 1, "2026-01-05#LOGOUT#MEDIUM": 1, day: 2}


def test_an_event_costs_one_transaction_beside_its_job(aws: Cloud, clock: Clock, calls: list[str]) -> None:
    for number, severity in enumerate(["LOW", "HIGH"]):
        calls.clear()
        record(aws, event(number, severity=severity))
        assert calls == ["GetItem", *["TransactWriteItems"] * 3]


OPENING: list[dict[str, Any]] = [
    {"severity": "HIGH"},
    {"severity": "CRITICAL"},
    {"event_type": "BATTERY_LOW"},
    {"event_type": "DEVICE_OFFLINE"},
]


def test_grave_events_low_batteries_and_silences_open_an_alert(aws: Cloud, clock: Clock) -> None:
    record(aws, *(event(number, **other) for number, other in enumerate(OPENING)))
    assert (alerts(aws), counted_alerts(aws)) == (dict.fromkeys(range(4), "open"), (4, 0))


def test_other_events_open_none(aws: Cloud, clock: Clock) -> None:
    record(aws, event(1), event(2, severity="LOW", event_type="REPLAY_ATTACK"))
    assert (alerts(aws), aws.rows(Table.SECURITY, "COUNTS#alerts")) == ({}, [])


def test_an_event_that_comes_again_opens_nothing_anew(aws: Cloud, clock: Clock, token: str, ali: str) -> None:
    """Though its alert is resolved since, and its job forgotten."""
    grave = event(1, severity="HIGH", owner=ali)
    record(aws, grave)
    [row] = aws.rows(Table.SECURITY, "ALERT#")
    assert aws.http("security.resolve_alert", {}, token=token, id=row["pk"].removeprefix("ALERT#")).status == 200
    forget_jobs(aws)
    assert record(aws, grave) == []
    assert (alerts(aws), counted_alerts(aws), counted(aws)) == ({1: "resolved"}, (0, 1), {PLACE_HIGH: 1})


@pytest.mark.parametrize(("operation", "after"), [("GetItem", 0), *(("TransactWriteItems", n) for n in range(3))])
def test_a_worker_that_dies_at_any_point_is_replaced_by_the_next(
    aws: Cloud, clock: Clock, operation: str, after: int
) -> None:
    grave = event(1, severity="HIGH")
    with upset(operation, killed_after, after=after), pytest.raises(Killed):
        record(aws, grave)
    assert record(aws, grave) == []
    assert (kept(aws), counted(aws)) == ([1], {PLACE_HIGH: 1})
    assert (alerts(aws), counted_alerts(aws)) == ({1: "open"}, (1, 0))


@pytest.mark.parametrize("fault", [lost, conflicting, throttled], ids=["lost", "conflicting", "throttled"])
def test_an_event_whose_transaction_goes_wrong_is_counted_once(aws: Cloud, clock: Clock, fault: Any) -> None:
    with upset("TransactWriteItems", fault, first=2, own=True):
        assert record(aws, event(1)) == []
    assert (kept(aws), counted(aws)) == ([1], {PLACE: 1})


def test_workers_at_once_count_right(aws: Cloud, clock: Clock) -> None:
    """Each has some that the others have as well."""
    batches = [[1, 2, 3, 4], [3, 4, 5, 6], [6, 1, 7, 8]]
    acts = [lambda batch=batch: record(aws, *map(event, batch)) for batch in batches]
    for _ in range(5):  # those that came back come again
        if not any(at_once(acts)):
            break
    assert (kept(aws), counted(aws)) == (list(range(1, 9)), {PLACE: 8})


@pytest.mark.parametrize("bad", [{}, event(2, event_type="PARTY"), event(2, user="ali")], ids=["empty", "type", "user"])
def test_a_message_that_cannot_be_read_comes_back_alone(aws: Cloud, clock: Clock, bad: dict[str, Any]) -> None:
    assert record(aws, event(1), bad, event(3)) == ["message-1"]
    assert kept(aws) == [1, 3]


def test_the_log_and_the_history_say_nothing_of_who_and_where(
    aws: Cloud, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    record(aws, event(1))
    forget_jobs(aws)
    record(aws, event(1))
    said = caplog.text + "".join(str(vars(line)) for line in caplog.records) + str(aws.rows(Table.OPS))
    assert "kept before" in said
    assert not [told for told in ("203.0.113.7", "Android", "Дарвоза") if told in said]


def test_the_counts_of_a_day_are_kept_until_nobody_can_ask_for_it(aws: Cloud, clock: Clock) -> None:
    record(aws, event(1))
    clock.move(days=91, hours=12)  # the last moment in which ninety days reach back to that day
    [row] = aws.rows(Table.SECURITY, "COUNTS#")
    assert row["ttl"] > clock.now.timestamp()
