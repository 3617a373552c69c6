"""Time zones, by their IANA names."""

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from .fields import said
from .words import Text

TASHKENT = "Asia/Tashkent"

BAD_ZONE = Text(
    "No such time zone. Such as: Asia/Tashkent, Europe/Berlin, UTC.",
    ru="Нет такого часового пояса. Например: Asia/Tashkent, Europe/Berlin, UTC.",
    uz="Bunday vaqt mintaqasi yoʻq. Masalan: Asia/Tashkent, Europe/Berlin, UTC.",
)


def zone(name: str) -> ZoneInfo:
    """The zone of that name. Raises pydantic's error of `BAD_ZONE`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise said(BAD_ZONE) from None


def _known(name: str) -> str:
    zone(name)
    return name


ZoneName = Annotated[str, Field(max_length=100), AfterValidator(_known)]
"""The name of a zone, as it is asked for."""
