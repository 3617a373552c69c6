"""Which events open an alert, of what type, and whose it is."""

from datetime import UTC, datetime
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from kalit.kit.security_events import EventType, SecurityEvent, Severity
from kalit.security.alerts import AlertStatus, AlertType, ListAlerts, alert_of, holder, opens

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
GUEST, OWNER, DOOR = UUID(int=1), UUID(int=2), UUID(int=3)


def event(type: EventType = EventType.UNLOCK_FAILED, severity: Severity = Severity.HIGH, **told: Any) -> SecurityEvent:
    return SecurityEvent(id=UUID(int=7), event_type=type, severity=severity, created_at=NOON, **told)


def test_all_grave_events_open_one_and_of_the_others_two_types() -> None:
    opening = {(type, severity) for type, severity in product(EventType, Severity) if opens(event(type, severity))}
    grave = set(product(EventType, [Severity.HIGH, Severity.CRITICAL]))
    others = set(product([EventType.BATTERY_LOW, EventType.DEVICE_OFFLINE], [Severity.LOW, Severity.MEDIUM]))
    assert opening == grave | others


def test_every_type_of_event_has_its_type_of_alert() -> None:
    special = {
        EventType.BRUTE_FORCE: AlertType.MULTIPLE_FAILURES,
        EventType.TAMPER_DETECTED: AlertType.DEVICE_TAMPER,
        EventType.BATTERY_LOW: AlertType.LOW_BATTERY,
        EventType.DEVICE_OFFLINE: AlertType.OFFLINE,
        EventType.PAYMENT_MISMATCH: AlertType.PAYMENT_MISMATCH,
        EventType.REFUND_FAILED: AlertType.REFUND_FAILED,
    }
    for type in EventType:
        assert alert_of(event(type)).alert_type == special.get(type, AlertType.UNAUTHORIZED_ACCESS)


def test_an_event_opens_the_same_alert_each_time_and_every_event_another() -> None:
    assert alert_of(event()) == alert_of(event())
    assert alert_of(event()).id != alert_of(event().model_copy(update={"id": UUID(int=8)})).id


@pytest.mark.parametrize(
    ("told", "whose"),
    [
        ({"user": GUEST, "owner": OWNER, "device": DOOR}, OWNER),
        ({"owner": OWNER, "device": DOOR}, OWNER),
        ({"user": GUEST}, GUEST),
        ({"user": GUEST, "device": DOOR}, None),
        ({}, None),
    ],
    ids=["another's at a lock", "at a lock", "of an account", "at nobody's lock", "a stranger's"],
)
def test_an_alert_is_the_locks_owners_or_the_accounts(told: dict[str, UUID], whose: UUID | None) -> None:
    assert holder(event(**told)) == whose


def test_without_a_filter_alerts_of_every_status_are_asked_for() -> None:
    assert ListAlerts().statuses == (AlertStatus.OPEN, AlertStatus.RESOLVED)
    assert ListAlerts(status="open").statuses == (AlertStatus.OPEN,)
