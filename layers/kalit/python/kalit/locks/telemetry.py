"""What a lock that has no MQTT tells over HTTP: a signed report, believed once and for five minutes."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field, StringConstraints

from kalit.kit.errors import Refused, Unauthenticated
from kalit.kit.fields import Input, read
from kalit.kit.limits import Limit
from kalit.kit.request import read_json

from .reports import REPORTS, Channel, Report

FORGERIES = Limit("telemetry", most=20, window=timedelta(minutes=15))  # of one lock, from one address
WINDOW = 300  # seconds that a lock's clock may be off, and that a signature is remembered for


class BadSignature(Unauthenticated):
    """Invalid signature - authentication failed"""

    ru = "Неверная подпись - доступ отклонён"
    uz = "Imzo notoʻgʻri - tasdiqlanmadi"
    bare = True


class TooOld(Unauthenticated):
    """Request expired - timestamp too old"""

    ru = "Запрос устарел - время слишком старое"
    uz = "Soʻrov eskirgan - vaqt juda eski"
    bare = True


class Replayed(Unauthenticated):
    """Request replayed - it was accepted before"""

    ru = "Повтор запроса - он уже был принят"
    uz = "Takroriy soʻrov - u avval qabul qilingan"
    bare = True


class Unsigned(Refused):
    """Timestamp and signature are required for secure communication"""

    ru = "Для защищённой связи нужны timestamp и signature"
    uz = "Xavfsiz aloqa uchun timestamp va signature kerak"
    bare = True


class Telemetry(Input):
    """A report, and the proof that it is the lock's own."""

    timestamp: Annotated[str, Field(max_length=20)] = Field(
        "", description="When it was signed, in unix seconds.", examples=["1795000000"]
    )
    channel: Channel = Field(examples=[Channel.HEARTBEAT])
    payload: Annotated[str, StringConstraints(strip_whitespace=False, max_length=4000)] = Field(
        description="The report as JSON text, to the letter as it was signed.", examples=['{"battery_level": 87}']
    )
    signature: Annotated[str, Field(max_length=128)] = Field(
        "", description="Hex HMAC-SHA256 of `device_id:timestamp:payload` under the lock's secret.", examples=["5f…"]
    )

    @property
    def report(self) -> Report:
        """What is told. Raises `Invalid` or `ParseError`."""
        return read(REPORTS[self.channel], read_json(self.payload))


def check_given(timestamp: str, signature: str) -> None:
    """Raises `Unsigned`."""
    if not (timestamp and signature):
        raise Unsigned


def check_time(timestamp: str, at: datetime) -> None:
    """Raises `TooOld` for what was signed too long ago, or is still to come."""
    try:
        off = abs(at.timestamp() - float(timestamp))
    except ValueError:
        raise TooOld from None
    if not off <= WINDOW:
        raise TooOld
