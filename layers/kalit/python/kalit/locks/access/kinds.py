"""The kinds of codes, what is said of them, and what of a tried one may be told."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from kalit.kit.words import Text

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
    code: Text
    what: Text
    event: LogEvent
    shape: str
    guessable: bool = True
    told: int = 0
    compared: Callable[[str], str] = str

    def read(self, text: str) -> str | None:
        """A code as it is compared; None of what is none of this kind."""
        value = self.compared(text)
        return value if re.fullmatch(self.shape, value, re.ASCII) else None

    def masked(self, text: str, *, ours: bool = False) -> str:
        """What a log may tell of a code that was tried; a little more where it is one of `ours`."""
        value = self.read(text)
        return MASK + (value[-self.told :] if ours and value and self.told else "")


def uid(text: str) -> str:
    """A card's number as it is compared: without case, spaces and colons."""
    return re.sub(r"[\s:]", "", text).upper()


PIN_CODE = Text("PIN code", ru="PIN-код", uz="PIN-kod")
NFC_CARD = Text("NFC card", ru="карта NFC", uz="NFC karta")
QR_CODE = Text("QR code", ru="QR-код", uz="QR-kod")
PIN = Kind("pin", "pin_code", Text("PIN"), PIN_CODE, LogEvent.UNLOCK_PIN, shape=r"[0-9]{4,8}")
NFC = Kind("nfc", "nfc_uid", Text("NFC"), NFC_CARD, LogEvent.UNLOCK_NFC, r"[0-9A-F]{6,23}", told=4, compared=uid)
QR = Kind("qr", "qr_code", QR_CODE, QR_CODE, LogEvent.UNLOCK_QR, shape=r"[!-~]{1,200}", guessable=False)
KINDS = {kind.name: kind for kind in (PIN, NFC, QR)}
