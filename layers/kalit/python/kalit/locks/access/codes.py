"""PINs, cards and the codes of guests: as they are made, changed and shown. A PIN itself is told by nobody."""

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from kalit.kit.errors import Invalid, NotFound
from kalit.kit.fields import CROSS_FIELD, Input, Instant, Moment, Output, said
from kalit.kit.words import FIELD_TEXTS, Text

from ..devices import EXAMPLE_ID, Name
from .kinds import MASK, NFC, PIN, Kind
from .validity import ENDS_BEFORE, AnyHours, Day, Days, Hours, Terms, Usage

GENERATED_DIGITS = 6

BAD_PIN = Text(
    "A PIN is 4 to 8 digits.",
    ru="PIN - это от 4 до 8 цифр.",
    uz="PIN 4 tadan 8 tagacha raqamdan iborat.",
)
BAD_UID = Text(
    "A card's UID is 8 to 23 hexadecimal digits and colons.",
    ru="UID карты - от 8 до 23 шестнадцатеричных цифр и двоеточий.",
    uz="Karta UID si 8 tadan 23 tagacha oʻn oltilik raqam va ikki nuqtadan iborat.",
)
UID_TAKEN = Text(
    "NFC card with this uid already exists.",
    ru="NFC-карта с таким uid уже существует.",
    uz="Bunday uid li NFC karta allaqachon mavjud.",
)
NO_USER = Text(
    "There is no account with this id.",
    ru="Учётной записи с таким id нет.",
    uz="Bunday id li hisob yoʻq.",
)
NO_PIN = Text(
    "Give a pin_code, or let one be generated: auto_generate_pin.",
    ru="Укажите pin_code или разрешите создать его: auto_generate_pin.",
    uz="pin_code bering yoki uni yaratishga ruxsat bering: auto_generate_pin.",
)


class CodeNotFound(NotFound):
    """Code not found."""

    ru = "Код не найден."
    uz = "Kod topilmadi."


def _pin(text: str) -> str:
    if PIN.read(text) is None:
        raise said(BAD_PIN)
    return text


def _uid(text: str) -> str:
    if not re.fullmatch(r"[0-9A-Fa-f:]{8,23}", text) or NFC.read(text) is None:
        raise said(BAD_UID)
    return text.upper()


PinCode = Annotated[str, StringConstraints(max_length=100), AfterValidator(_pin)]
Uid = Annotated[str, StringConstraints(max_length=100), AfterValidator(_uid)]


class NewPin(Terms):
    """A PIN for a keypad; it is kept as what a key of KMS makes of it, and told by nobody."""

    pin_code: PinCode = Field(description="4 to 8 digits.", examples=["482913"])
    name: Name = Field(examples=["Cleaner"])
    user: UUID | None = Field(None, description="The account that it is for.", examples=[EXAMPLE_ID])


class NewCard(Terms):
    """A card, by its number; no other lock may have it."""

    uid: Uid = Field(description="Hexadecimal, with or without colons.", examples=["04:A3:5B:1C"])
    name: Name = Field(examples=["Office card"])
    user: UUID | None = Field(None, description="The account that it is for.", examples=[EXAMPLE_ID])


class CardChange(Input):
    """What may be changed of a card; what is left out stays."""

    name: Name = Field("", examples=["Spare card"])
    valid_from: Instant = Field(datetime.min, examples=["2026-11-21T09:00:00Z"])
    valid_until: Instant | None = Field(None, examples=["2027-01-01T00:00:00Z"])
    max_usage: Usage | None = Field(None, examples=[5])
    allowed_days: Days = Field([], examples=[["sat", "sun"]])
    allowed_hours: AnyHours = Field(None, examples=[{"start": "09:00", "end": "18:00"}])
    is_active: bool = Field(True, examples=[False])

    @property
    def told(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.model_fields_set}

    def check_order(self, begin: datetime, end: datetime | None) -> None:
        """Hold it against what stays of a card. Raises `Invalid`."""
        begin, end = self.told.get("valid_from", begin), self.told.get("valid_until", end)
        if end and end <= begin and self.told.keys() & {"valid_from", "valid_until"}:
            raise Invalid.field(CROSS_FIELD, ENDS_BEFORE)


class AccessType(StrEnum):
    NFC = "NFC"
    PIN = "PIN"


class NewGuest(Terms):
    """A way in for somebody without an account, for a time."""

    guest_name: Name = Field(examples=["Aziza"])
    access_type: AccessType = Field(description="`NFC` or `PIN`.", examples=["PIN"])
    valid_from: Instant = Field(examples=["2026-11-21T09:00:00Z"])
    valid_until: Instant = Field(examples=["2026-11-23T12:00:00Z"])
    guest_email: Annotated[str, Field(max_length=254)] = Field("", examples=["aziza@example.com"])
    guest_phone: Annotated[str, Field(max_length=30)] = Field("", examples=["+998 90 123 45 67"])
    nfc_uid: Uid | None = Field(None, description="For `NFC`.", examples=["04:A3:5B:1C"])
    pin_code: PinCode | None = Field(None, description="For `PIN`, where one is wished.", examples=["482913"])
    auto_generate_pin: bool = Field(
        True, description="Make six random digits where no pin_code is given; the answer tells them.", examples=[True]
    )

    def code(self) -> tuple[Kind, str, bool]:
        """The code: its kind, what it is, and whether it was made here. Raises `Invalid`."""
        if self.access_type is AccessType.NFC:
            if self.nfc_uid is None:
                raise Invalid.field("nfc_uid", FIELD_TEXTS["missing"])
            return NFC, self.nfc_uid, False
        if self.pin_code is None and not self.auto_generate_pin:
            raise Invalid.field("pin_code", NO_PIN)
        return PIN, self.pin_code or generated(), self.pin_code is None


@dataclass(frozen=True)
class New:
    """A code that is to be made. `person`: what is known of a guest."""

    kind: Kind
    value: str
    name: str
    terms: Terms
    user: UUID | None = None
    person: dict[str, str] = field(default_factory=dict)

    @property
    def field(self) -> str:
        """What a request calls the number of a card."""
        return "nfc_uid" if self.person else "uid"


class Code(Output):
    """A way into a lock, and when it opens."""

    id: UUID = Field(examples=[EXAMPLE_ID])
    device: UUID = Field(examples=[EXAMPLE_ID])
    device_name: str = Field(examples=["Front door"])
    valid_from: Moment = Field(examples=["2026-11-21T09:00:00.000Z"])
    valid_until: Moment | None = Field(examples=["2027-01-01T00:00:00.000Z"])
    usage_count: int = Field(examples=[2])
    max_usage: int | None = Field(examples=[5])
    allowed_days: list[Day] = Field(examples=[["mon", "tue", "wed"]])
    allowed_hours: Hours | None = Field(examples=[{"start": "09:00:00", "end": "18:00:00"}])
    is_active: bool = Field(examples=[True])
    is_valid: bool = Field(description="Whether it would open now.", examples=[True])
    created_at: Moment = Field(examples=["2026-11-20T08:00:00.000Z"])


class Pin(Code):
    user: UUID | None = Field(examples=[EXAMPLE_ID])
    user_email: str | None = Field(examples=["vali@example.com"])
    name: str = Field(examples=["Cleaner"])


class Card(Pin):
    uid: str = Field(examples=["04:A3:5B:1C"])


class Guest(Code):
    guest_name: str = Field(examples=["Aziza"])
    guest_email: str = Field(examples=["aziza@example.com"])
    guest_phone: str = Field(examples=["+998 90 123 45 67"])
    access_type: str = Field(examples=["PIN"])
    nfc_uid: str | None = Field(description="Masked.", examples=[None])


class NewGuestShown(Guest):
    generated_pin: str | None = Field(description="Told this once.", examples=["482913"])


def generated() -> str:
    """A random PIN."""
    return f"{secrets.randbelow(10**GENERATED_DIGITS):0{GENERATED_DIGITS}}"


def masked_uid(text: str) -> str:
    """What a card's number is shown as to those who only look."""
    return MASK + text[-5:]


def uid_taken(field: str) -> Invalid:
    return Invalid.field(field, UID_TAKEN)


def no_user() -> Invalid:
    return Invalid.field("user", NO_USER)
