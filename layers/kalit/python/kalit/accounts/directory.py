"""Who may have an account, and under which names."""

import re
import unicodedata
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field

from kalit.kit.errors import Invalid, Unauthenticated
from kalit.kit.fields import CROSS_FIELD, Input, Output, said
from kalit.kit.limits import Limit
from kalit.kit.words import FIELD_TEXTS, Text

LONGEST_PASSWORD = 256

# Names that were taken are what a prober learns by registering; past this, an address learns nothing more.
REGISTRATIONS = Limit("registration", most=100, window=timedelta(minutes=15))

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
BAD_EMAIL = Text(
    "Enter a valid email address.",
    ru="Введите правильный адрес электронной почты.",
    uz="Toʻgʻri elektron pochta manzilini kiriting.",
)
EMAIL_TAKEN = Text(
    "User with this email already exists.",
    ru="Пользователь с таким адресом электронной почты уже существует.",
    uz="Bunday elektron pochtali foydalanuvchi allaqachon mavjud.",
)
BAD_PHONE = Text(
    "Invalid phone number format", ru="Неверный формат номера телефона", uz="Telefon raqami shakli notoʻgʻri"
)
BAD_LOGIN = Text("Invalid email or password", ru="Неверный адрес или пароль", uz="Elektron pochta yoki parol notoʻgʻri")


class Role(StrEnum):
    """What an account may do: its own, the staff's work, everything."""

    USER = "user"
    MANAGER = "manager"
    ADMIN = "admin"


class NoActiveAccount(Unauthenticated):
    """No active account found with the given credentials"""

    ru = "Не найдено активной учетной записи с указанными данными"
    uz = "Berilgan maʼlumotlar bilan faol hisob topilmadi"


def folded(name: str) -> str:
    """A name as it is looked up: addresses whatever their case, other names to the letter."""
    return name.lower() if "@" in name else name


def initial(name: str) -> str:
    """The letter that names are searched under, whatever their case."""
    return name[:1].casefold()[:1]


def listing(role: str, is_active: bool) -> str:
    """The list that an account stands in."""
    return role if is_active else f"{role}#blocked"


def ordinal(number: int) -> str:
    """An account's place in its list."""
    return f"{number:019d}"


def normal(text: Any) -> Any:
    """One spelling of a name (NFKC, as Django keeps it), whoever typed it."""
    return unicodedata.normalize("NFKC", text).strip() if isinstance(text, str) else text


def _composed(text: Any) -> Any:
    """One spelling of a password (NFC): keyboards differ in how they write the same letter."""
    return unicodedata.normalize("NFC", text) if isinstance(text, str) else text


def _plain(name: str) -> str:
    if not re.fullmatch(r"[\w.@+-]+", name):
        raise said(BAD_USERNAME)
    return name


def _address(text: str) -> str:
    local, _, domain = text.rpartition("@")
    if not re.fullmatch(r"[^\s@\"(),:;<>\[\\\]]{1,64}", local) or not re.fullmatch(r"([\w-]+\.)+[\w-]{2,}", domain):
        raise said(BAD_EMAIL)
    return f"{local}@{domain.lower()}"


def _address_or_none(text: str) -> str:
    return _address(text) if text else ""


def _dialled(text: str) -> str:
    if text and not (re.fullmatch(r"[0-9+\- ]+", text) and re.search(r"[0-9]", text)):
        raise said(BAD_PHONE)
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise said(FIELD_TEXTS["blank"])
    return text


Name = Annotated[str, Field(min_length=1, max_length=254), BeforeValidator(normal)]
Username = Annotated[str, Field(min_length=1, max_length=150), BeforeValidator(normal), AfterValidator(_plain)]
Email = Annotated[str, Field(min_length=1, max_length=150), BeforeValidator(normal), AfterValidator(_address)]
ContactEmail = Annotated[str, Field(max_length=150), BeforeValidator(normal), AfterValidator(_address_or_none)]
Phone = Annotated[str, Field(max_length=20), AfterValidator(_dialled)]
PersonName = Annotated[str, Field(max_length=150)]
# Kept as typed: a space at the end of a password is part of it.
Password = Annotated[str, Field(max_length=LONGEST_PASSWORD), BeforeValidator(_composed), AfterValidator(_not_blank)]


class NewAccount(Input, str_strip_whitespace=False):
    """A name and a password; any password that is not blank."""

    username: Annotated[Username, Field(examples=["seeduser"])]
    password: Annotated[Password, Field(examples=["password123"])]


class Credentials(Input, str_strip_whitespace=False):
    """What a login needs; `email` may stand for `username`."""

    username: Name = Field(validation_alias=AliasChoices("username", "email"), examples=["seeduser"])
    password: Password = Field(examples=["password123"])


class EmailCredentials(Input, str_strip_whitespace=False):
    """What a lock's app logs in with."""

    email: Name = Field(examples=["ali@example.com"])
    password: Password = Field(examples=["kalit va qulf"])


class Account(Output):
    """An account as its row keeps it, without the password."""

    id: int
    uuid: UUID
    username: str
    role: str = Role.USER
    email: str = ""
    phone: str = ""
    first_name: str = ""
    last_name: str = ""
    is_active: bool = True
    email_verified: bool = False
    phone_verified: bool = False
    created_at: datetime
    updated_at: datetime

    @property
    def names(self) -> set[str]:
        """What the account is looked up by when its owner logs in."""
        return {folded(name) for name in (self.username, self.email) if name}


class Registered(Output):
    id: int = Field(examples=[2])
    username: str = Field(examples=["seeduser"])


def username_taken() -> Invalid:
    return Invalid.field("username", USERNAME_TAKEN)


def email_taken() -> Invalid:
    return Invalid.field("email", EMAIL_TAKEN)


def bad_login() -> Invalid:
    return Invalid.field(CROSS_FIELD, BAD_LOGIN)
