"""One-time passwords: what staff give a manager, who sets one of his own with it."""

import secrets
import string
from datetime import datetime, timedelta
from typing import Literal, Protocol

from pydantic import Field

from kalit.kit import clock
from kalit.kit.errors import Invalid, NotFound, Refused
from kalit.kit.fields import Input, Output
from kalit.kit.words import Text

from .directory import ContactEmail, Name, Password, Role, Username
from .people import NewPassword

LASTS = timedelta(hours=72)
LENGTH = 12
ALPHABET = string.ascii_letters + string.digits

NOT_NEW = Text(
    "Choose a password other than the one-time password.",
    ru="Выберите пароль, отличный от одноразового.",
    uz="Bir martalik paroldan boshqa parol tanlang.",
)


class NoManager(NotFound):
    """No matching manager found."""

    ru = "Подходящий менеджер не найден."
    uz = "Mos menejer topilmadi."


class OneTimeNotValid(Refused):
    """The username or the one-time password is wrong, or it was used, or it has run out: ask for a new one."""

    ru = "Имя пользователя или одноразовый пароль неверны, или пароль уже использован либо истёк: попросите новый."
    uz = "Foydalanuvchi nomi yoki bir martalik parol xato, ishlatilgan yoki muddati oʻtgan: yangisini soʻrang."


class NewManager(Input, str_strip_whitespace=False):
    """A manager's name. The e-mail is to reach him at, not to log in by; others may have the same."""

    username: Username = Field(examples=["dilshod"])
    email: ContactEmail = Field("", examples=["dilshod@example.com"])
    password: Password | None = Field(
        None, description="The one-time password; without it, one is made.", examples=["q7RfW2mZx9Lk"]
    )


class Issued(Output):
    """A manager's one-time password. It lets him in once, within 72 hours."""

    username: str = Field(examples=["dilshod"])
    one_time_password: str = Field(examples=["q7RfW2mZx9Lk"])
    role: Literal[Role.MANAGER] = Field(Role.MANAGER, examples=["manager"])


class FirstPassword(NewPassword):
    """What the login page sends: a one-time password, and what is to take its place."""

    username: Name = Field(examples=["dilshod"])
    one_time_password: Password = Field(examples=["q7RfW2mZx9Lk"])


class Kept(Protocol):
    """What an account's row says of its password."""

    @property
    def must_change_password(self) -> bool: ...

    @property
    def one_time_until(self) -> str | None: ...


def generated() -> str:
    """Twelve letters and digits: 71 bits of chance."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def opens(kept: Kept, at: datetime) -> bool:
    """Whether the right password still lets its owner in."""
    return not kept.must_change_password or unused(kept, at)


def unused(kept: Kept, at: datetime) -> bool:
    """Whether the password is a one-time one that was not used and has not run out."""
    return bool(kept.must_change_password and kept.one_time_until and clock.wire(at) < kept.one_time_until)


def not_new() -> Invalid:
    return Invalid.field("new_password", NOT_NEW)
