"""Setting a forgotten password anew: by a link sent to the e-mail, or by a code sent to the phone on file."""

from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from pydantic import AliasChoices, Field, model_validator

from kalit.kit.errors import Refused
from kalit.kit.fields import Input, Output, said
from kalit.kit.limits import Limit
from kalit.kit.words import Text

from .directory import Name
from .people import NewPassword

LASTS = timedelta(minutes=30)
MOST_TRIES = 5  # of a code
CODE_DIGITS = 6

# Of one name from one address.
REQUESTS = Limit("reset", most=5, window=timedelta(minutes=15))
# Of one name from everywhere: nobody is to be flooded. Codes cost money and can be guessed: ten a day, five tries each,
# are one chance in twenty thousand.
SENT = {
    "email": Limit("reset-email", most=100, window=timedelta(days=1)),
    "sms": Limit("reset-sms", most=10, window=timedelta(days=1)),
}

ASKED = Text(
    "If there is such an account, instructions are on their way.",
    ru="Если такая учётная запись есть, инструкции уже отправлены.",
    uz="Bunday hisob mavjud boʻlsa, koʻrsatmalar yuborildi.",
)
LINK_BODY = Text(
    "Somebody, we hope you, wants to set a new password for your account. Do it here within half an hour:\n\n{link}\n\n"
    "If it was not you, do nothing: your password stays as it is.",
    ru="Кто-то, надеемся, что вы, хочет задать новый пароль для вашей учётной записи. Это можно сделать здесь в "
    "течение получаса:\n\n{link}\n\nЕсли это были не вы, ничего не делайте: пароль останется прежним.",
    uz="Kimdir, umid qilamizki siz, hisobingizga yangi parol oʻrnatmoqchi. Buni yarim soat ichida shu yerda qilish "
    "mumkin:\n\n{link}\n\nBu siz boʻlmasangiz, hech narsa qilmang: parolingiz oʻzgarmaydi.",
)
CODE_BODY = Text(
    "{code} is your code for a new password. It holds for half an hour. Give it to nobody.",
    ru="{code} - ваш код для нового пароля. Действует полчаса. Никому его не сообщайте.",
    uz="{code} - yangi parol uchun kodingiz. Yarim soat amal qiladi. Uni hech kimga bermang.",
)
NO_PROOF = Text(
    "Give the token of the link, or the reset and its code.",
    ru="Укажите token из ссылки или reset и code.",
    uz="Havoladagi token yoki reset va code kerak.",
)


class ResetNotValid(Refused):
    """This link or code is not valid any more. Ask for a new one."""

    ru = "Ссылка или код больше не действуют. Запросите новые."
    uz = "Havola yoki kod endi yaroqsiz. Yangisini soʻrang."


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"


class ResetRequest(Input):
    """Whose password, and where the way to a new one is to be sent."""

    username: Name = Field(validation_alias=AliasChoices("username", "email"), examples=["ali@example.com"])
    channel: Channel = Field(
        Channel.EMAIL, description="`email`: a link. `sms`: a code to the phone on file.", examples=["email"]
    )


class ResetAsked(Output):
    """Which reset was begun; a code is told together with it."""

    reset: UUID


class Reset(NewPassword):
    """A new password, with the token of the link, or with the reset and its code."""

    token: str = Field("", description="From the link.", max_length=200, examples=[""])
    reset: UUID | None = Field(
        None,
        description="As it was answered when the code was asked for.",
        examples=["3f0f4f9e-6a35-4cb5-9b66-0a54cf0d1a11"],
    )
    code: str = Field("", description="From the SMS.", max_length=20, examples=["654321"])

    @model_validator(mode="after")
    def _one_of_both(self) -> "Reset":
        if not self.token and not (self.reset and self.code):
            raise said(NO_PROOF)
        return self

    @property
    def id(self) -> UUID:
        """Which reset it is about. Raises `ResetNotValid`."""
        try:
            return UUID(self.token.partition(".")[0]) if self.token else UUID(str(self.reset))
        except ValueError:
            raise ResetNotValid from None

    @property
    def proof(self) -> str:
        """What shows that it was sent to whoever tells it."""
        return self.token.partition(".")[2] if self.token else self.code.strip()


def proof(channel: Channel, secret: bytes) -> str:
    """What a reset's link or message carries."""
    if channel is Channel.SMS:
        return f"{int.from_bytes(secret, 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}}"
    return secret.hex()
