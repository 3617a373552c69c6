"""A client: somebody whom campaigns write to, with the phone as it was typed."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field

from kalit.kit.errors import NotFound
from kalit.kit.fields import Input, Output, said
from kalit.kit.words import Text
from kalit.kit.zones import TASHKENT, zone

FEWEST_DIGITS = 10

FEW_DIGITS = Text(
    "Телефон должен содержать не менее 10 цифр.",
    en="A phone must have at least 10 digits.",
    uz="Telefon raqamida kamida 10 ta raqam boʻlishi kerak.",
)
UNKNOWN_ZONE = Text(
    "Неизвестный часовой пояс.",
    en="Unknown time zone. Such as: Asia/Tashkent, Europe/Berlin, UTC.",
    uz="Nomaʼlum vaqt mintaqasi. Masalan: Asia/Tashkent, Europe/Berlin, UTC.",
)


class ClientNotFound(NotFound):
    """No such client."""

    ru = "Такого клиента нет."
    uz = "Bunday mijoz yoʻq."


def digits(phone: str) -> str:
    """What makes two ways of writing a phone the same."""
    return re.sub(r"[^0-9]", "", phone)


def _long_enough(phone: str) -> str:
    if len(digits(phone)) < FEWEST_DIGITS:
        raise said(FEW_DIGITS)
    return phone


def _known(name: str) -> str:
    try:
        zone(name)
    except ValueError:
        raise said(UNKNOWN_ZONE) from None
    return name


Phone = Annotated[str, Field(min_length=1, max_length=20), AfterValidator(_long_enough)]
Operator = Annotated[str, Field(min_length=1, max_length=3)]
Tag = Annotated[str, Field(min_length=1, max_length=100)]
Zone = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_known)]


class NewClient(Input):
    """A client of yours; the same phone may be there more than once."""

    phone_number: Phone = Field(examples=["+998 90 123-45-67"])
    mobile_operator_code: Operator = Field(examples=["90"])
    tag: Tag = Field(examples=["vip"])
    timezone: Zone = Field(examples=[TASHKENT])


class ClientChange(Input):
    """What may be changed; what is left out stays."""

    phone_number: Phone = Field("", examples=["+998 91 765-43-21"])
    mobile_operator_code: Operator = Field("", examples=["91"])
    tag: Tag = Field("", examples=["new"])
    timezone: Zone = Field("", examples=["Asia/Samarkand"])


class Client(Output):
    id: int = Field(examples=[1])
    phone_number: str = Field(examples=["+998 90 123-45-67"])
    mobile_operator_code: str = Field(examples=["90"])
    tag: str = Field(examples=["vip"])
    timezone: str = Field(examples=[TASHKENT])


def told(body: BaseModel) -> dict[str, Any]:
    """What a body says, and nothing of what it leaves out."""
    return body.model_dump(exclude_unset=True)
