"""What an account's owner tells of himself: registering with an e-mail, the profile, a new password."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AliasChoices, Field, ValidationInfo, field_validator

from kalit.kit.errors import Invalid
from kalit.kit.fields import Input, Moment, Output, said
from kalit.kit.v1 import Done
from kalit.kit.words import Text

from .directory import LONGEST_PASSWORD, Account, Email, Password, PersonName, Phone
from .strength import weakness
from .tokens import Tokens

PASSWORDS_DIFFER = Text("Passwords do not match", ru="Пароли не совпадают", uz="Parollar mos kelmadi")
NEW_PASSWORDS_DIFFER = Text(
    "New passwords do not match", ru="Новые пароли не совпадают", uz="Yangi parollar mos kelmadi"
)
PASSWORD_WRONG = Text("Incorrect password", ru="Неверный пароль", uz="Parol notoʻgʻri")
OLD_PASSWORD_WRONG = Text("Incorrect old password", ru="Неверный старый пароль", uz="Eski parol notoʻgʻri")


class WrongPassword(Invalid):
    """The password is not that of the account."""

    ru = "Пароль не подходит к учётной записи."
    uz = "Parol bu hisobniki emas."

    def __init__(self) -> None:
        super().__init__({"old_password": [(OLD_PASSWORD_WRONG, {})]})


class WrongProfilePassword(WrongPassword):
    """The password is not that of the account; nothing was changed."""

    ru = "Пароль не подходит к учётной записи; ничего не изменено."
    uz = "Parol bu hisobniki emas; hech narsa oʻzgartirilmadi."

    def __init__(self) -> None:
        Invalid.__init__(self, {"password": [(PASSWORD_WRONG, {})]})


def check_strength(password: str, account: Account) -> None:
    """Raises `Invalid` when a new password is too weak for this account."""
    if weak := weakness(password, {name: getattr(account, name) for name in ("email", "first_name", "last_name")}):
        raise Invalid.field("new_password", weak)


class SignUp(Input, str_strip_whitespace=False):
    """A new account with an e-mail, which is also its username."""

    email: Email = Field(examples=["ali@example.com"])
    first_name: PersonName = Field("", examples=["Ali"])
    last_name: PersonName = Field("", examples=["Valiyev"])
    phone: Phone = Field("", validation_alias=AliasChoices("phone", "phone_number"), examples=["+998 90 123-45-67"])
    password: Password = Field(examples=["kalit va qulf"])
    password_confirm: Password = Field(examples=["kalit va qulf"])

    @property
    def about(self) -> dict[str, str]:
        """What is told beside the password."""
        return self.model_dump(include={"email", "first_name", "last_name", "phone"})

    @field_validator("first_name", "last_name", "phone", mode="before")
    @classmethod
    def _trimmed(cls, text: object) -> object:
        return text.strip() if isinstance(text, str) else text

    @field_validator("password")
    @classmethod
    def _strong(cls, password: str, told: ValidationInfo) -> str:
        about = {name: told.data.get(name, "") for name in ("email", "first_name", "last_name")}
        if weak := weakness(password, about):
            raise said(weak)
        return password

    @field_validator("password_confirm")
    @classmethod
    def _same(cls, again: str, told: ValidationInfo) -> str:
        if again != told.data.get("password", again):
            raise said(PASSWORDS_DIFFER)
        return again


class ProfileChange(Input):
    """What may be changed; what is left out stays. An e-mail is ignored: it is what the owner logs in with."""

    first_name: PersonName = Field("", examples=["Ali"])
    last_name: PersonName = Field("", examples=["Valiyev"])
    phone: Phone = Field("", validation_alias=AliasChoices("phone", "phone_number"), examples=["+998 90 123-45-67"])
    password: Annotated[str, Field(max_length=LONGEST_PASSWORD)] = Field(
        "", description="With it, codes for a forgotten password go to the phone from now on.", examples=[""]
    )


class NewPassword(Input, str_strip_whitespace=False):
    """A new password, twice. Whether it is strong depends on whose it is."""

    new_password: Password = Field(examples=["kalit va qulf"])
    new_password_confirm: Password = Field(examples=["kalit va qulf"])

    @field_validator("new_password_confirm")
    @classmethod
    def _same(cls, again: str, told: ValidationInfo) -> str:
        if again != told.data.get("new_password", again):
            raise said(NEW_PASSWORDS_DIFFER)
        return again


class PasswordChange(NewPassword):
    old_password: Password = Field(examples=["password123"])


class User(Output):
    """An account as its owner sees it."""

    id: UUID
    email: str
    phone: str
    first_name: str
    last_name: str
    full_name: str
    is_active: bool
    email_verified: bool
    phone_verified: bool
    created_at: Moment
    updated_at: Moment

    @classmethod
    def of(cls, account: Account) -> "User":
        full_name = f"{account.first_name} {account.last_name}".strip() or account.email
        return cls(id=account.uuid, full_name=full_name, **account.model_dump(include=_SHARED))


_SHARED = set(User.model_fields) - {"id", "full_name"}


class UserWithTokens(Output):
    user: User
    tokens: Tokens


class SignedIn(Done[UserWithTokens]):
    """The account and its tokens; at the top as well, since existing apps read either."""

    user: User
    tokens: Tokens

    @classmethod
    def of(cls, message: str, account: Account, tokens: Tokens) -> "SignedIn":
        both = UserWithTokens(user=User.of(account), tokens=tokens)
        return cls(message=message, data=both, user=both.user, tokens=tokens)

    @property
    def first(self) -> "FirstSignedIn":
        """The same, for whoever came by a one-time password."""
        data = FirstUserWithTokens(user=self.user, tokens=self.tokens)
        return FirstSignedIn(message=self.message, data=data, user=self.user, tokens=self.tokens)


class FirstUserWithTokens(UserWithTokens):
    must_change_password: Literal[True] = True


class FirstSignedIn(SignedIn):
    """Until a new password is set, the tokens open the door that does that, and no other."""

    data: FirstUserWithTokens
    must_change_password: Literal[True] = True
