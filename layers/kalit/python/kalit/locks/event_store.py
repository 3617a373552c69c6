"""Security events of locks: what is told of attacks, and of locks that come and go."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from kalit.kit.ids import derived
from kalit.kit.security_events import EventType, SecurityEvent, Severity

from .store import DeviceRow

# What of one kind and severity happens to one lock within this time is told once: who knocks for hours fills no table,
# and what is harmless does not hide what is not.
WINDOW = "%Y-%m-%dT%H:%M"


def event(
    type: EventType,
    severity: Severity,
    description: str,
    at: datetime,
    *told_by: str,
    lock: DeviceRow | None = None,
    user: UUID | None = None,
    ip_address: str = "",
    device_id: str = "",
    metadata: Mapping[str, str] = MappingProxyType({}),
) -> SecurityEvent:
    """An event about a lock, or about a `device_id` that is none; it is one a minute, or one for each `told_by`."""
    name = str(lock.uuid) if lock else device_id
    return SecurityEvent(
        id=derived("lock event", type, severity, name, *(told_by or (f"{at:{WINDOW}}",))),
        event_type=type,
        severity=severity,
        user=user,
        owner=UUID(lock.owner) if lock else None,
        device=lock.uuid if lock else None,
        device_name=lock.name if lock else "",
        ip_address=ip_address,
        description=description,
        metadata={"device_id": lock.device_id if lock else device_id, **metadata},
        created_at=at,
    )
