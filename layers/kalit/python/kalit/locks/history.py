"""What happened at a lock, as its log tells it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar
from uuid import UUID

from pydantic import Field

from kalit.kit.fields import Moment, Output

from .devices import EXAMPLE_ID

User = TypeVar("User")


class LogEvent(StrEnum):
    UNLOCK = "UNLOCK"
    LOCK = "LOCK"
    UNLOCK_APP = "UNLOCK_APP"
    UNLOCK_NFC = "UNLOCK_NFC"
    UNLOCK_PIN = "UNLOCK_PIN"
    UNLOCK_PHYSICAL = "UNLOCK_PHYSICAL"
    UNLOCK_QR = "UNLOCK_QR"
    BATTERY_LOW = "BATTERY_LOW"
    DEVICE_ONLINE = "DEVICE_ONLINE"
    DEVICE_OFFLINE = "DEVICE_OFFLINE"
    TAMPER_DETECTED = "TAMPER_DETECTED"
    REBOOT = "REBOOT"


@dataclass(frozen=True)
class Entry:
    """What is to be logged; `user` is who did it, where an account did."""

    event_type: str
    description: str
    success: bool = True
    error_message: str = ""
    user: UUID | None = None
    ip_address: str | None = None

    @property
    def is_unlock(self) -> bool:
        """Whether it counts as somebody's way in, or as his failure."""
        return self.event_type.startswith("UNLOCK")


class Logged(Output, Generic[User]):
    """One entry of a lock's log."""

    id: UUID = Field(examples=[EXAMPLE_ID])
    device: UUID = Field(examples=[EXAMPLE_ID])
    device_name: str = Field(examples=["Front door"])
    user: User | None
    event_type: str = Field(examples=[LogEvent.UNLOCK_APP])
    description: str = Field(examples=["Unlocked from the app for 5 s"])
    ip_address: str | None = Field(examples=["198.51.100.7"])
    success: bool = Field(examples=[True])
    error_message: str = Field(examples=[""])
    created_at: Moment = Field(examples=["2026-11-21T08:59:00.000Z"])
