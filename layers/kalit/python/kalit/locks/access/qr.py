"""QR codes: what one says, and its picture.

A code says `KALIT1.<id>.<seal>`, letters and digits that a QR code holds well. The seal is what a key of KMS makes of
the id and its lock, so nobody makes one up and none is stored.
"""

from datetime import datetime, timedelta
from typing import Literal, Self
from uuid import UUID

from pydantic import Field, RootModel, model_validator

from kalit.kit.errors import Invalid
from kalit.kit.fields import Input, Instant, Output
from kalit.kit.v1 import PagedQuery
from kalit.kit.words import Text

from ..devices import EXAMPLE_ID, Name
from .codes import Code
from .validity import check_order

PREFIX = "KALIT1"
LASTS = timedelta(days=1)  # where nothing else is asked for
NO_QUIET_TIME = Text(
    "valid_until must lie ahead.",
    ru="valid_until должно быть в будущем.",
    uz="valid_until kelajakda boʻlishi kerak.",
)


class NewQr(Input):
    """A code to be shown to a lock's camera."""

    device: UUID = Field(examples=[EXAMPLE_ID])
    name: Name = Field("QR code", examples=["Courier"])
    is_single_use: bool = Field(True, description="Whether it opens but once.", examples=[True])
    valid_from: Instant | None = Field(
        None, description="From now on, when left out.", examples=["2026-11-21T09:00:00Z"]
    )
    valid_until: Instant | None = Field(None, description="A day when left out.", examples=["2026-11-22T09:00:00Z"])

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        check_order(self.valid_from, self.valid_until)
        return self

    def window(self, at: datetime) -> tuple[datetime, datetime]:
        """From when until when it opens. Raises `Invalid` when that is over."""
        begin = self.valid_from or at
        end = self.valid_until or max(begin, at) + LASTS
        if end <= at:
            raise Invalid.field("valid_until", NO_QUIET_TIME)
        return begin, end


class ListQr(PagedQuery):
    device: UUID | None = Field(None, description="Those of this lock only.", examples=[EXAMPLE_ID])


class Qr(Code):
    name: str = Field(examples=["Courier"])
    is_single_use: bool = Field(examples=[True])


class QrShown(Qr):
    """With the code itself."""

    code: str = Field(description="What the picture says.", examples=["KALIT1.3F0F4F9E6A354CB59B660A54CF0D1A11.9F2B…"])
    qr_image: str = Field(description="An SVG as a data URL.", examples=["data:image/svg+xml;charset=utf-8,%3Csvg…"])


class Scan(Input):
    code: str = Field(max_length=500, examples=["KALIT1.3F0F4F9E6A354CB59B660A54CF0D1A11.9F2B…"])


class Admitted(Output):
    """The code opens the lock; where it is online, the command to open is on its way."""

    valid: Literal[True] = True
    device_id: str = Field(examples=["LOCK-001"])
    action: Literal["unlock"] = "unlock"
    message: Literal["Access granted"] = "Access granted"
    command_id: UUID | None = Field(description="The command to open.", examples=[EXAMPLE_ID])


class TurnedAway(Output):
    """The code does not open the lock."""

    valid: Literal[False] = False
    reason: str = Field(examples=["already used"])


class Scanned(RootModel[Admitted | TurnedAway]):
    """Whether the code opens the lock."""


def text(id: UUID, seal: str) -> str:
    """What a code says."""
    return f"{PREFIX}.{id.hex}.{seal}".upper()


def read(code: str) -> tuple[UUID, str] | None:
    """The id and the seal of a code; None of what is none."""
    match code.strip().upper().split("."):
        case [prefix, id, seal] if prefix == PREFIX and len(id) == 32:
            try:
                return UUID(id), seal
            except ValueError:
                return None
    return None


def picture(code: str) -> str:
    """A QR code as the data URL of an SVG."""
    import segno  # loading it takes longer than most doors

    drawn: str = segno.make_qr(code).svg_data_uri(scale=8)
    return drawn
