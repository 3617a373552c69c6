"""The kinds of codes, what is said of them, and what of a tried one may be told."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from ..history import LogEvent

MASK = "****"


@dataclass(frozen=True)
class Kind:
    """One kind of codes.

    `field`: what doors call the code itself. `code`, `what`: what messages call it. `shape`: of those that there can
    be. `guessable`: whether there are so few that tries are to be counted. `told`: how many of its last characters a
    log may tell. `compared`: a code without what does not matter.
    """

    name: str
    field: str
    code: str
    what: str
    event: LogEvent
    shape: str
    guessable: bool = True
    told: int = 0
    compared: Callable[[str], str] = str

    def read(self, text: str) -> str | None:
        """A code as it is compared; None of what is none of this kind."""
        value = self.compared(text)
        return value if re.fullmatch(self.shape, value, re.ASCII) else None

    def masked(self, text: str) -> str:
        """What a log may tell of a code that was tried."""
        value = self.read(text)
        return MASK + (value[-self.told :] if value and self.told else "")


def uid(text: str) -> str:
    """A card's number as it is compared: without case, spaces and colons."""
    return re.sub(r"[\s:]", "", text).upper()


PIN = Kind("pin", "pin_code", "PIN", "PIN code", LogEvent.UNLOCK_PIN, shape=r"[0-9]{4,8}")
NFC = Kind("nfc", "nfc_uid", "NFC", "NFC card", LogEvent.UNLOCK_NFC, shape=r"[0-9A-F]{6,23}", told=4, compared=uid)
QR = Kind("qr", "qr_code", "QR code", "QR code", LogEvent.UNLOCK_QR, shape=r"[!-~]{1,200}", guessable=False)
KINDS = {kind.name: kind for kind in (PIN, NFC, QR)}
