"""Security events: logins, openings of locks, attacks. Written by the domain in which they happen, kept by another.

    with Commit() as commit:
        commit.delete(session)
        security_events.write(commit, AccountEvent, SecurityEvent(id=..., event_type=EventType.LOGOUT, ...))

The table's stream hands an event (outbox `security-event`) to the queue `security`, whose worker keeps it
(`kalit.security`). An event is known by its id: one whose id is derived from what happened is one event, however often
that is told.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError

from . import queues
from .fields import Moment
from .resources import Queue
from .tables import Commit, Followed, condition_failed

OUTBOX = "security-event"
KEPT = timedelta(days=30)  # beside the worker's own rows
LONGEST_AGENT = 200  # characters; strangers write it
MANY_FAILURES = 5  # of one kind within a quarter of an hour are an attack
QUARTER = timedelta(minutes=15)


class EventType(StrEnum):
    LOGIN_SUCCESS = "LOGIN_SUCCESS"
    LOGIN_FAILED = "LOGIN_FAILED"
    LOGOUT = "LOGOUT"
    PASSWORD_CHANGE = "PASSWORD_CHANGE"
    DEVICE_ADDED = "DEVICE_ADDED"
    DEVICE_REMOVED = "DEVICE_REMOVED"
    UNLOCK_SUCCESS = "UNLOCK_SUCCESS"
    UNLOCK_FAILED = "UNLOCK_FAILED"
    INVALID_SIGNATURE = "INVALID_SIGNATURE"
    REPLAY_ATTACK = "REPLAY_ATTACK"
    TAMPER_DETECTED = "TAMPER_DETECTED"
    BRUTE_FORCE = "BRUTE_FORCE"
    UNAUTHORIZED_ACCESS = "UNAUTHORIZED_ACCESS"
    BATTERY_LOW = "BATTERY_LOW"
    DEVICE_OFFLINE = "DEVICE_OFFLINE"
    PAYMENT_MISMATCH = "PAYMENT_MISMATCH"
    REFUND_FAILED = "REFUND_FAILED"


class Severity(StrEnum):
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"


class SecurityEvent(BaseModel):
    """Something that happened. `metadata` is JSON, and holds no secret: no PIN, password, token or signature."""

    id: UUID
    event_type: EventType
    severity: Severity
    user: UUID | None = None  # the account that did it
    owner: UUID | None = None  # the account whose device it is about
    device: UUID | None = None
    device_name: str = ""
    ip_address: str = ""
    user_agent: Annotated[str, AfterValidator(lambda told: told[:LONGEST_AGENT])] = ""
    description: str = ""
    metadata: dict[str, Any] = {}
    created_at: Moment


class SecurityEventRow(Followed):
    """An event on its way to its worker. Domains subclass it to name their table."""

    event = UnicodeAttribute()
    ttl = NumberAttribute()


def quarter(at: datetime) -> str:
    """The quarter of an hour that a moment is in, in UTC: of an attack there is one event in it, whoever finds it."""
    at = at.astimezone(UTC)
    return f"{at - (at - datetime.min.replace(tzinfo=UTC)) % QUARTER:%Y-%m-%dT%H:%M}"


def write(commit: Commit, model: type[SecurityEventRow], event: SecurityEvent) -> None:
    """Put an event into a transaction. One put."""
    commit.put(_row(model, event))


def save(model: type[SecurityEventRow], event: SecurityEvent) -> None:
    """Keep an event by itself; one whose id is there already changes nothing and asks for nothing. One PutItem."""
    try:
        _row(model, event).save(model.pk.does_not_exist())
    except PutError as error:
        if not condition_failed(error):
            raise


def is_told(model: type[SecurityEventRow], event: SecurityEvent) -> bool:
    """Whether an event of this id was written. One read."""
    return model.find(*_key(event)) is not None


def forward(image: dict[str, Any]) -> None:
    """Hand a written event, as the table's stream brings it, to its worker. A SendMessage and a transaction."""
    event = SecurityEvent.model_validate_json(image["event"]["S"])
    queues.send(Queue.SECURITY, event, job=event.id)


def _row(model: type[SecurityEventRow], event: SecurityEvent) -> SecurityEventRow:
    row = model(*_key(event), event=event.model_dump_json(), outbox=OUTBOX)
    row.ttl = int((event.created_at + KEPT).timestamp())
    return row


def _key(event: SecurityEvent) -> tuple[str, str]:
    return f"SECURITY-EVENT#{event.id}", "SECURITY-EVENT"
