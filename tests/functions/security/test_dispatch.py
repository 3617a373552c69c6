from kalit.kit.resources import Queue, Table
from tests.cloud import Cloud

from .happenings import alert_id, event, record


def test_what_staff_resolved_goes_to_the_audit_log(aws: Cloud, admin: str, ali: str) -> None:
    record(aws, event(1, severity="HIGH"))
    aws.http("security.resolve_alert", {"notes": "Nothing"}, token=admin, id=alert_id(1))
    rows = [row for row in aws.rows(Table.SECURITY) if "outbox" in row]
    aws.stream("security.dispatch", *rows)
    [entry] = aws.messages(Queue.AUDIT)
    assert (entry["user"], entry["action"], entry["resource_id"]) == (ali, "alert.resolve", alert_id(1))
    assert [row for row in aws.rows(Table.SECURITY) if "outbox" in row] == []


def test_events_and_alerts_ask_for_nothing(aws: Cloud) -> None:
    record(aws, event(1, severity="HIGH"))
    assert [row for row in aws.rows(Table.SECURITY) if "outbox" in row] == []
