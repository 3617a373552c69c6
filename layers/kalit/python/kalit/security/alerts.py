"""Alerts: which security events open one, of what type it is, whose it is, and how it is shown and resolved."""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from kalit.kit.errors import NotFound
from kalit.kit.fields import Input, Moment, Output
from kalit.kit.ids import derived
from kalit.kit.pages import PageQuery
from kalit.kit.security_events import EventType, SecurityEvent, Severity
from kalit.kit.v1 import PagedQuery

PAGE_SIZE = 50  # of the administration's list
LONGEST_NOTES = 1_000  # characters
EXAMPLE_ID = "3f0f4f9e-6a35-4cb5-9b66-0a54cf0d1a11"


class AlertStatus(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"


class AlertType(StrEnum):
    UNAUTHORIZED_ACCESS = "unauthorized_access"
    MULTIPLE_FAILURES = "multiple_failures"
    DEVICE_TAMPER = "device_tamper"
    LOW_BATTERY = "low_battery"
    OFFLINE = "offline"
    PAYMENT_MISMATCH = "payment_mismatch"
    REFUND_FAILED = "refund_failed"


AnyStatus = Literal["open", "resolved", ""]

# What an event's alert is; of all other types it is unauthorized access.
TYPES = {
    EventType.BRUTE_FORCE: AlertType.MULTIPLE_FAILURES,
    EventType.TAMPER_DETECTED: AlertType.DEVICE_TAMPER,
    EventType.BATTERY_LOW: AlertType.LOW_BATTERY,
    EventType.DEVICE_OFFLINE: AlertType.OFFLINE,
    EventType.PAYMENT_MISMATCH: AlertType.PAYMENT_MISMATCH,
    EventType.REFUND_FAILED: AlertType.REFUND_FAILED,
}
GRAVE = {Severity.HIGH, Severity.CRITICAL}
ALWAYS = {EventType.BATTERY_LOW, EventType.DEVICE_OFFLINE}  # open one however grave they are


class AlertNotFound(NotFound):
    """Alert not found."""

    ru = "Оповещение не найдено."
    uz = "Ogohlantirish topilmadi."


class Alert(Output):
    """Something that somebody must look at."""

    id: UUID = Field(examples=[EXAMPLE_ID])
    event: UUID = Field(
        description="The security event that opened it.", examples=["01a1fc4a-5701-7a4e-93fe-5bb48994bc32"]
    )
    device: UUID | None = Field(
        description="The lock that it is about.", examples=["01a1fdb0-d187-7f78-b0e0-6fcf1ef7c580"]
    )
    device_name: str = Field(examples=["Front door"])
    alert_type: AlertType = Field(examples=[AlertType.DEVICE_TAMPER])
    severity: Severity = Field(examples=[Severity.CRITICAL])
    status: AlertStatus = Field(examples=[AlertStatus.RESOLVED])
    description: str = Field(examples=["Somebody tampers with the lock"])
    notes: str = Field(description="What was found, by whoever resolved it.", examples=["It was the carpenter"])
    created_at: Moment = Field(examples=["2026-11-21T00:09:51.973Z"])
    resolved_at: Moment | None = Field(examples=["2026-11-21T09:00:00.000Z"])
    resolved_by: UUID | None = Field(examples=["087e3556-b7e5-44b3-8009-3bff7a47340b"])


class OfStatus(Input):
    """The filter of a list of alerts."""

    status: AnyStatus = Field("", examples=["open"])

    @property
    def statuses(self) -> tuple[AlertStatus, ...]:
        """Which alerts are asked for."""
        return (AlertStatus(self.status),) if self.status else tuple(AlertStatus)


class ListAlerts(PagedQuery, OfStatus):
    """Alerts, the newest first."""


class ListAllAlerts(PageQuery, OfStatus):
    """Everybody's alerts, the newest first."""


class Resolution(Input):
    """What was found."""

    notes: Annotated[str, Field(max_length=LONGEST_NOTES)] = Field("", examples=["It was the carpenter"])


class AlertChange(Resolution):
    """What staff may make of an alert: it can be resolved, and that is for good."""

    status: Literal[AlertStatus.RESOLVED] = Field(examples=[AlertStatus.RESOLVED])


def opens(event: SecurityEvent) -> bool:
    """Whether an event opens an alert."""
    return event.severity in GRAVE or event.event_type in ALWAYS


def alert_of(event: SecurityEvent) -> Alert:
    """The alert that an event opens: the same however often the event comes."""
    return Alert(
        id=derived("alert", str(event.id)),
        event=event.id,
        device=event.device,
        device_name=event.device_name,
        alert_type=TYPES.get(event.event_type, AlertType.UNAUTHORIZED_ACCESS),
        severity=event.severity,
        status=AlertStatus.OPEN,
        description=event.description,
        notes="",
        created_at=event.created_at,
        resolved_at=None,
        resolved_by=None,
    )


def holder(event: SecurityEvent) -> UUID | None:
    """Whose an event's alert is beside the staff's: the lock's owner, or where no lock is meant the account.

    Whoever did it to somebody else's lock is not to see, or to close, what is told of him.
    """
    return event.owner or (None if event.device else event.user)
