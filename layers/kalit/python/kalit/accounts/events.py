"""What accounts tell as security events."""

from datetime import datetime
from typing import NamedTuple

from kalit.kit import clock
from kalit.kit.ids import derived, ordered
from kalit.kit.security_events import EventType, SecurityEvent, Severity

from .sessions import Client


class Kind(NamedTuple):
    """What happened, and how grave it is."""

    event_type: EventType
    severity: Severity
    description: str


LOGGED_IN = Kind(EventType.LOGIN_SUCCESS, Severity.LOW, "Logged in")
LOGGED_OUT = Kind(EventType.LOGOUT, Severity.LOW, "Logged out")
CHANGED = Kind(EventType.PASSWORD_CHANGE, Severity.MEDIUM, "Changed the password")
RESET = Kind(EventType.PASSWORD_CHANGE, Severity.MEDIUM, "Set a forgotten password anew")
REPLACED = Kind(EventType.PASSWORD_CHANGE, Severity.MEDIUM, "Replaced a one-time password")


def event(kind: Kind, account: str, client: Client, at: datetime) -> SecurityEvent:
    """Something that the owner of an account did."""
    return SecurityEvent(
        id=ordered(at),
        **kind._asdict(),
        user=account,
        ip_address=client.address,
        user_agent=client.agent,
        created_at=at,
    )


def failed_login(account: str | None, client: Client, at: datetime) -> SecurityEvent:
    """A login that failed. Strangers make it: it is one event for an account, an address and a minute.

    All names that nobody has are one account, and untold: a password may have been typed in the name's place.
    """
    return SecurityEvent(
        id=derived("failed login", account or "", client.address, clock.wire(at)[:16]),
        event_type=EventType.LOGIN_FAILED,
        severity=Severity.MEDIUM,
        user=account,
        ip_address=client.address,
        user_agent=client.agent,
        description="Login failed" if account else "Login failed: no such account",
        created_at=at,
    )
