"""What we sign for a lock and a lock for us: hex HMAC-SHA256 under its secret, over parts joined by colons.

What a lock signs over HTTP holds once, for five minutes: `device_id:timestamp:value`, each as it was sent.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from kalit.kit.errors import Refused, Unauthenticated
from kalit.kit.limits import Limit

FORGERIES = Limit("forgery", most=20, window=timedelta(minutes=15))  # of one lock, from one address
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


@dataclass(frozen=True)
class Signed:
    """What a lock says over HTTP; `name` is what it calls itself, its UUID or its hardware id."""

    name: str
    timestamp: str
    value: str
    signature: str

    def check_given(self) -> None:
        """Raises `Unsigned`."""
        if not (self.timestamp and self.signature):
            raise Unsigned

    def check_signature(self, secret: str) -> None:
        """Raises `BadSignature`."""
        if not signed(secret, self.signature, self.name, self.timestamp, self.value):
            raise BadSignature

    def check_time(self, at: datetime) -> None:
        """Raises `TooOld` for what was signed too long ago, or is still to come."""
        try:
            off = abs(at.timestamp() - float(self.timestamp))
        except ValueError:
            raise TooOld from None
        if not off <= WINDOW:
            raise TooOld


def sign(secret: str, *parts: object) -> str:
    """The signature; the key is the UTF-8 text of the secret as it was answered."""
    return hmac.digest(secret.encode(), ":".join(map(str, parts)).encode(), "sha256").hex()


def signed(secret: str, signature: str, *parts: object) -> bool:
    """Whether a signature is that of these parts."""
    return hmac.compare_digest(sign(secret, *parts).encode(), signature.lower().encode())
