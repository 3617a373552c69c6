"""Who may have an account, and under which name."""

import re
import unicodedata
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field

from kalit.kit.errors import Invalid, Unauthenticated
from kalit.kit.fields import Input, Output, said
from kalit.kit.words import FIELD_TEXTS, Text

LONGEST_PASSWORD = 256

BAD_USERNAME = Text(
    "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.",
    ru="Введите правильное имя пользователя. Оно может содержать только буквы, цифры и знаки @/./+/-/_.",
    uz="Toʻgʻri foydalanuvchi nomini kiriting: faqat harflar, raqamlar va @/./+/-/_ belgilari.",
)
USERNAME_TAKEN = Text(
    "A user with that username already exists.",
    ru="Пользователь с таким именем уже существует.",
    uz="Bunday nomli foydalanuvchi allaqachon mavjud.",
)


class NoActiveAccount(Unauthenticated):
    """No active account found with the given credentials"""

    ru = "Не найдено активной учетной записи с указанными данными"
    uz = "Berilgan maʼlumotlar bilan faol hisob topilmadi"


def _normal(text: Any) -> Any:
    """One spelling of a name (NFKC, as Django keeps it), whoever typed it."""
    return unicodedata.normalize("NFKC", text).strip() if isinstance(text, str) else text


def _plain(name: str) -> str:
    if not re.fullmatch(r"[\w.@+-]+", name):
        raise said(BAD_USERNAME)
    return name


def _not_blank(text: str) -> str:
    if not text.strip():
        raise said(FIELD_TEXTS["blank"])
    return text


Name = Annotated[str, Field(min_length=1, max_length=254), BeforeValidator(_normal)]
Username = Annotated[str, Field(min_length=1, max_length=150), BeforeValidator(_normal), AfterValidator(_plain)]
# Kept as typed: a space at the end of a password is part of it.
Password = Annotated[str, Field(max_length=LONGEST_PASSWORD), AfterValidator(_not_blank)]


class NewAccount(Input, str_strip_whitespace=False):
    """A name and a password; any password that is not blank."""

    username: Annotated[Username, Field(examples=["seeduser"])]
    password: Annotated[Password, Field(examples=["password123"])]


class Credentials(Input, str_strip_whitespace=False):
    """What a login needs; `email` may stand for `username`."""

    username: Name = Field(validation_alias=AliasChoices("username", "email"), examples=["seeduser"])
    password: Password = Field(examples=["password123"])


class Account(Output):
    """An account as its row keeps it, without the password."""

    id: int
    uuid: UUID
    username: str
    role: str = "user"
    email: str = ""
    created_at: datetime


class Registered(Output):
    id: int = Field(examples=[2])
    username: str = Field(examples=["seeduser"])


def username_taken() -> Invalid:
    return Invalid.field("username", USERNAME_TAKEN)
