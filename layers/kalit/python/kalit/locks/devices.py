"""A lock as it is registered, changed and shown."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field

from kalit.kit.errors import Forbidden, Invalid, NotFound
from kalit.kit.fields import Input, Moment, Output, Whole, said
from kalit.kit.pages import PageQuery
from kalit.kit.tunables import tunable
from kalit.kit.words import Text
from kalit.kit.zones import TASHKENT, ZoneName

LOW_BATTERY = 20  # percent, until the owner sets another threshold
PAGE_SIZE = 50

BAD_DEVICE_ID = Text(
    "Enter 6 to 50 capital letters, digits, hyphens or underscores.",
    ru="Введите от 6 до 50 знаков: заглавные латинские буквы, цифры, дефис или подчёркивание.",
    uz="6 tadan 50 tagacha belgi kiriting: bosh lotin harflari, raqamlar, chiziqcha yoki pastki chiziq.",
)
TAKEN = Text(
    "A device with this device id already exists.",
    ru="Устройство с таким device id уже существует.",
    uz="Bunday device id li qurilma allaqachon mavjud.",
)
NOT_ONE_LINE = Text(
    "Write it in one line, without control characters.",
    ru="Напишите одной строкой, без управляющих символов.",
    uz="Bir qatorda, boshqaruv belgilarisiz yozing.",
)
EXAMPLE_ID = "3f0f4f9e-6a35-4cb5-9b66-0a54cf0d1a11"


class DeviceNotFound(NotFound):
    """Device not found."""

    ru = "Устройство не найдено."
    uz = "Qurilma topilmadi."


class NotYourDevice(Forbidden):
    """You do not have permission to do this with this device."""

    ru = "У вас нет прав на это действие с этим устройством."
    uz = "Bu qurilma bilan bu amalni bajarishga ruxsatingiz yoʻq."


class DeviceType(StrEnum):
    LITE = "LITE"
    PRO = "PRO"
    DOOR_LOCK = "DOOR_LOCK"

    @property
    def has_keypad(self) -> bool:
        """Whether it takes PINs and cards."""
        return self is DeviceType.PRO


class Status(StrEnum):
    """What its owner says of it."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    MAINTENANCE = "MAINTENANCE"


def _hardware_id(text: str) -> str:
    if not re.fullmatch(r"[A-Z0-9_-]{6,50}", text):
        raise said(BAD_DEVICE_ID)
    return text


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise said(NOT_ONE_LINE)
    return text


def _six_decimals(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.000001"))


HardwareId = Annotated[str, AfterValidator(_hardware_id)]
Name = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_one_line)]
Location = Annotated[str, Field(max_length=255), AfterValidator(_one_line)]
Latitude = Annotated[Decimal, Field(ge=-90, le=90), AfterValidator(_six_decimals)]
Longitude = Annotated[Decimal, Field(ge=-180, le=180), AfterValidator(_six_decimals)]
Percent = Annotated[Whole, Field(ge=0, le=100)]


class NewDevice(Input):
    """A lock of yours, by the hardware id that stands on it."""

    device_id: HardwareId = Field(examples=["LOCK-001"])
    name: Name = Field(examples=["Front door"])
    device_type: DeviceType = Field(DeviceType.LITE, examples=[DeviceType.PRO])
    location: Location = Field("", examples=["Tashkent, Amir Temur 1"])
    latitude: Latitude | None = Field(None, examples=["41.311081"])
    longitude: Longitude | None = Field(None, examples=["69.240562"])
    timezone: ZoneName = Field(TASHKENT, description="Where it is, by whose clock codes open it.", examples=[TASHKENT])


class DeviceChange(Input):
    """What may be changed; what is left out stays. What a lock reports, nobody else can say."""

    name: Name = Field("", examples=["Back door"])
    location: Location = Field("", examples=["Samarkand, Registan 2"])
    latitude: Latitude | None = Field(None, examples=["39.654722"])
    longitude: Longitude | None = Field(None, examples=["66.975833"])
    battery_low_threshold: Percent = Field(LOW_BATTERY, examples=[25])
    timezone: ZoneName = Field(TASHKENT, examples=["Asia/Samarkand"])
    status: Status = Field(Status.ACTIVE, examples=[Status.MAINTENANCE])

    @property
    def told(self) -> dict[str, Any]:
        """What was told, as it is kept."""
        texts = {name: f"{value:.6f}" for name, value in self if isinstance(value, Decimal)}
        return self.model_dump(exclude_unset=True) | {k: v for k, v in texts.items() if k in self.model_fields_set}


class Listed(Output):
    """A lock in a list; what it does not report itself is what its owner set."""

    id: UUID = Field(examples=[EXAMPLE_ID])
    device_id: str = Field(examples=["LOCK-001"])
    name: str = Field(examples=["Front door"])
    device_type: str = Field(examples=[DeviceType.PRO])
    location: str = Field(examples=["Tashkent, Amir Temur 1"])
    status: str = Field(examples=[Status.ACTIVE])
    is_locked: bool = Field(description="As it last reported.", examples=[True])
    is_online: bool = Field(examples=[True])
    battery_level: int = Field(description="In percent.", examples=[87])
    is_battery_low: bool = Field(examples=[False])
    keypad_enabled: bool = Field(examples=[True])
    nfc_enabled: bool = Field(examples=[True])
    last_seen: Moment | None = Field(examples=["2026-11-21T09:00:00.000Z"])
    last_unlock: Moment | None = Field(examples=["2026-11-21T08:59:00.000Z"])
    is_shared: bool = Field(description="Whether it is somebody else's, shared with you.", examples=[False])


class Mqtt(Output):
    """How the lock connects: mutual TLS with its own certificate."""

    endpoint: str = Field(examples=["localhost"])
    port: int = Field(examples=[8883])
    client_id: str = Field(examples=["LOCK-001"])
    certificate_pem: str = Field(examples=["-----BEGIN CERTIFICATE-----…"])
    private_key_pem: str = Field(description="Kept nowhere: it is told this once.", examples=["-----BEGIN …"])
    ca_pem: str = Field(examples=["-----BEGIN CERTIFICATE-----…"])


class Registered(Listed):
    """A new lock, with what it needs to be told: it is shown this once."""

    device_secret: str = Field(
        description="What commands and reports are signed with.", examples=["9f2b…64 hexadecimal digits"]
    )
    mqtt: Mqtt


class AccessStats(Output):
    total_unlocks_30d: int = Field(examples=[42])
    failed_attempts_30d: int = Field(examples=[1])
    last_activity: Moment | None = Field(examples=["2026-11-21T08:59:00.000Z"])


class ActiveCode(Output):
    """A code that opens the lock, or will."""

    id: UUID = Field(examples=[EXAMPLE_ID])
    name: str = Field(examples=["Cleaner"])
    valid_until: Moment | None = Field(examples=["2027-01-01T00:00:00.000Z"])


class ActiveCard(ActiveCode):
    uid: str = Field(description="Masked.", examples=["****5B:1C"])


class ActiveGuest(ActiveCode):
    access_type: str = Field(examples=["PIN"])


class Detailed(Output):
    """A lock with all that is known of it."""

    id: UUID = Field(examples=[EXAMPLE_ID])
    device_id: str = Field(examples=["LOCK-001"])
    name: str = Field(examples=["Front door"])
    device_type: str = Field(examples=[DeviceType.PRO])
    location: str = Field(examples=["Tashkent, Amir Temur 1"])
    latitude: str | None = Field(examples=["41.311081"])
    longitude: str | None = Field(examples=["69.240562"])
    timezone: str = Field(description="By whose clock codes open it.", examples=[TASHKENT])
    status: str = Field(examples=[Status.ACTIVE])
    is_locked: bool = Field(description="As it last reported.", examples=[True])
    is_online: bool = Field(examples=[True])
    battery_level: int = Field(description="In percent.", examples=[87])
    is_battery_low: bool = Field(examples=[False])
    battery_low_threshold: int = Field(examples=[LOW_BATTERY])
    keypad_enabled: bool = Field(examples=[True])
    nfc_enabled: bool = Field(examples=[True])
    firmware_version: str | None = Field(examples=["1.0.0"])
    last_seen: Moment | None = Field(examples=["2026-11-21T09:00:00.000Z"])
    last_unlock: Moment | None = Field(examples=["2026-11-21T08:59:00.000Z"])
    last_lock: Moment | None = Field(examples=["2026-11-21T08:59:05.000Z"])
    active_pins: list[ActiveCode] = Field([], description="For those who may manage access.")
    active_nfcs: list[ActiveCard] = Field([], description="Likewise.")
    active_guests: list[ActiveGuest] = Field([], description="Likewise.")
    shared_with_count: int = Field(examples=[2])
    access_stats: AccessStats
    created_at: Moment = Field(examples=["2026-11-20T08:00:00.000Z"])
    updated_at: Moment = Field(examples=["2026-11-20T08:00:00.000Z"])


class Glance(Output):
    """What a lock last reported."""

    device_id: str = Field(examples=["LOCK-001"])
    name: str = Field(examples=["Front door"])
    is_locked: bool = Field(examples=[True])
    is_online: bool = Field(examples=[True])
    battery_level: int = Field(examples=[87])
    is_battery_low: bool = Field(examples=[False])
    last_seen: Moment | None = Field(examples=["2026-11-21T09:00:00.000Z"])
    last_unlock: Moment | None = Field(examples=["2026-11-21T08:59:00.000Z"])


class Sold(Listed):
    """A lock as staff see it."""

    owner: UUID = Field(examples=[EXAMPLE_ID])
    created_at: Moment = Field(examples=["2026-11-20T08:00:00.000Z"])


class ListSold(PageQuery):
    """All locks, the newest first."""


class SoldChange(Input):
    """What an administrator may set of anybody's lock."""

    status: Status = Field(examples=[Status.INACTIVE])


def taken() -> Invalid:
    return Invalid.field("device_id", TAKEN)


def silence() -> timedelta:
    """How long a lock may say nothing until it counts as offline."""
    return timedelta(seconds=tunable("OFFLINE_AFTER", 300))


def sighting() -> timedelta:
    """How old the last sighting may be before it is written anew: till then, what changes nothing costs no write."""
    return silence() / 5


def offline_since(at: datetime) -> datetime:
    """Whoever was last seen before this is offline. The write of a sighting may be late by that of `sighting`."""
    return at - silence() - sighting()
