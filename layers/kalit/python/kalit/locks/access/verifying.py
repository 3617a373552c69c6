"""What a lock asks at its door, and what it is answered. It opens on `access_granted` alone."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from kalit.kit.errors import AppError, Forbidden, NotFound, Refused, Throttled, Unauthenticated
from kalit.kit.fields import Input, Moment, Output
from kalit.kit.words import Text

from ..signatures import BadSignature, Replayed, Signed, TooOld, Unsigned
from .kinds import NFC, PIN, PIN_CODE, QR, QR_CODE, Kind
from .validity import Refusal

DENIED: dict[str, Any] = {"access_granted": False, "command": "DENY"}


class NoSuchDevice(NotFound):
    """Device not found"""

    ru = "Устройство не найдено"
    uz = "Qurilma topilmadi"
    bare = True


class CodeMissing(Refused):
    """Device ID and {what} are required"""

    ru = "Нужны Device ID и {what}"
    uz = "Device ID va {what} kerak"
    bare = True


class UnknownCode(Unauthenticated):
    """Invalid {what}"""

    ru = "Неверный код: {what}"
    uz = "Notoʻgʻri kod: {what}"
    bare = True


class CodeRefused(Forbidden):
    """{code} does not open now"""

    ru = "{code} сейчас не открывает"
    uz = "{code} hozir ochmaydi"
    bare = True
    reason: str = ""


class NotYetValid(CodeRefused):
    """{code} is not yet valid"""

    ru = "{code} ещё не действует"
    uz = "{code} hali amal qilmaydi"


class Expired(CodeRefused):
    """{code} is expired"""

    ru = "Срок действия {code} истёк"
    uz = "{code} muddati tugagan"


class UsedUp(CodeRefused):
    """{code} is max usage reached"""

    ru = "{code} больше не действует: число входов исчерпано"
    uz = "{code} endi amal qilmaydi: kirishlar soni tugagan"


class NotNow(CodeRefused):
    """{code} is not allowed at this time"""

    ru = "{code} в это время не действует"
    uz = "{code} bu vaqtda amal qilmaydi"


REFUSED: dict[Refusal, type[CodeRefused]] = {
    Refusal.NOT_YET: NotYetValid,
    Refusal.EXPIRED: Expired,
    Refusal.USED_UP: UsedUp,
    Refusal.WRONG_TIME: NotNow,
}


class TooManyGuesses(Throttled):
    """Too many wrong codes. The next one is looked at in {seconds} seconds; the app opens the lock meanwhile."""

    ru = "Слишком много неверных кодов. Следующий проверим через {seconds} с; приложение откроет замок и сейчас."
    uz = "Notoʻgʻri kodlar juda koʻp. Keyingisi {seconds} soniyadan soʻng tekshiriladi; ilova qulfni hozir ham ochadi."


AsSent = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]


class Knock(Input):
    """A code that is shown to a lock, and the proof that the lock says so, over all of it to the letter."""

    model_config = ConfigDict(str_strip_whitespace=False)

    device_id: AsSent = Field("", description="The lock's UUID or hardware id.", examples=["LOCK-001"])
    timestamp: AsSent = Field("", description="When it was signed, in unix seconds.", examples=["1795000000"])
    signature: AsSent = Field(
        "", description="Hex HMAC-SHA256 of `device_id:timestamp:value` under the lock's secret.", examples=["5f…"]
    )

    kind: ClassVar[Kind]
    needed: ClassVar[Text]  # what the code is called where it is missing

    @property
    def value(self) -> str:
        """The code, as it was sent."""
        return str(getattr(self, self.kind.field))

    @property
    def signed(self) -> Signed:
        return Signed(self.device_id, self.timestamp, self.value, self.signature)

    def check_given(self) -> None:
        """Raises `CodeMissing` or `Unsigned`."""
        if not (self.device_id and self.value):
            raise CodeMissing(what=self.needed)
        self.signed.check_given()


class PinKnock(Knock):
    pin_code: AsSent = Field("", examples=["482913"])

    kind, needed = PIN, PIN_CODE


def _percent(value: Any) -> Any:
    """A battery level; what is none is no reason to leave somebody at the door."""
    text = str(value).strip() if isinstance(value, int | str) else ""
    return int(text) if text.isdecimal() and len(text) <= 3 and int(text) <= 100 else None


class NfcKnock(Knock):
    nfc_uid: AsSent = Field("", examples=["04:A3:5B:1C"])
    battery_level: Annotated[int | None, BeforeValidator(_percent)] = Field(
        None, description="In percent.", examples=[87]
    )

    kind, needed = NFC, Text("NFC UID")


class QrKnock(Knock):
    qr_code: AsSent = Field("", examples=["KALIT1.3F0F4F9E6A354CB59B660A54CF0D1A11.9F2B…"])

    kind, needed = QR, QR_CODE


class Entered(Output):
    """The code that opened."""

    name: str = Field(examples=["Cleaner"])
    valid_until: Moment | None = Field(examples=["2027-01-01T00:00:00.000Z"])
    usage_count: int = Field(description="With this time.", examples=[3])
    max_usage: int | None = Field(examples=[5])


class Granted(Output):
    success: Literal[True] = True
    access_granted: Literal[True] = True
    command: Literal["UNLOCK"] = "UNLOCK"


class PinGranted(Granted):
    """The lock is to open."""

    message: Literal["PIN verified successfully"] = "PIN verified successfully"
    pin_info: Entered


class NfcGranted(Granted):
    """The lock is to open."""

    message: Literal["NFC verified successfully"] = "NFC verified successfully"
    nfc_info: Entered


class QrGranted(Granted):
    """The lock is to open."""

    message: Literal["QR code verified successfully"] = "QR code verified successfully"
    qr_info: Entered


def unknown(kind: Kind) -> UnknownCode:
    return UnknownCode(what=kind.what)


def refused(kind: Kind, refusal: Refusal) -> CodeRefused:
    error = REFUSED[refusal](code=kind.code)
    error.reason = refusal
    return error


REFUSALS: tuple[type[AppError], ...] = (
    CodeMissing,
    Unsigned,
    NoSuchDevice,
    BadSignature,
    TooOld,
    Replayed,
    UnknownCode,
    *REFUSED.values(),
    TooManyGuesses,
)
