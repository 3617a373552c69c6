"""Accounts as administrators see and change them."""

from collections.abc import Iterable
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, Field

from kalit.kit.errors import Invalid, NotFound
from kalit.kit.fields import Input, Moment, Output
from kalit.kit.pages import PageQuery
from kalit.kit.words import Text

from .directory import PersonName, Phone, Role, listing, normal

PAGE_SIZE = 50
MOST_FOUND = 1_000  # accounts that a search looks at

NOT_YOUR_ROLE = Text(
    "You cannot take the administrator's role from yourself; ask another administrator.",
    ru="Нельзя лишить роли администратора самого себя; попросите другого администратора.",
    uz="Oʻzingizdan administrator rolini olib boʻlmaydi; boshqa administratorga ayting.",
)
NOT_YOURSELF = Text(
    "You cannot block yourself; ask another administrator.",
    ru="Нельзя заблокировать самого себя; попросите другого администратора.",
    uz="Oʻzingizni bloklab boʻlmaydi; boshqa administratorga ayting.",
)
TOO_MANY = Text(
    f"More than {MOST_FOUND} accounts begin like this. Write more of the name.",
    ru=f"Так начинаются более {MOST_FOUND} учётных записей. Введите больше букв.",
    uz=f"Bunday boshlanadigan hisoblar {MOST_FOUND} tadan koʻp. Nomni toʻliqroq yozing.",
)


class UserNotFound(NotFound):
    """User not found."""

    ru = "Пользователь не найден."
    uz = "Foydalanuvchi topilmadi."


def _blank_is_none(value: Any) -> Any:
    return None if value == "" else value


class ListUsers(PageQuery):
    """Accounts by what their names begin with, their role, and whether they may call."""

    search: Annotated[str, Field(max_length=254), BeforeValidator(normal)] = Field(
        "", description="What a username, or an e-mail to log in by, begins with, whatever its case.", examples=["ali"]
    )
    role: Annotated[Role | None, BeforeValidator(_blank_is_none)] = Field(None, examples=[Role.USER])
    is_active: Annotated[bool | None, BeforeValidator(_blank_is_none)] = Field(None, examples=[True])

    @property
    def lists(self) -> list[str]:
        """The lists that they stand in."""
        roles = [self.role] if self.role else list(Role)
        states = [True, False] if self.is_active is None else [self.is_active]
        return [listing(role, is_active) for role in roles for is_active in states]

    def begins(self, name: str) -> bool:
        """Whether a name is one that was searched for."""
        return name.casefold().startswith(self.search.casefold())


class ChangeUser(Input):
    """What may be changed; what is left out stays."""

    role: Role = Field(Role.USER, examples=[Role.MANAGER])
    is_active: bool = Field(True, description="Without it, he is blocked: all his sessions end.", examples=[True])
    first_name: PersonName = Field("", examples=["Ali"])
    last_name: PersonName = Field("", examples=["Valiyev"])
    phone: Phone = Field("", examples=["+998 90 123-45-67"])

    def beside(self, now: "Person") -> dict[str, Any]:
        """What would be different."""
        told = self.model_dump(exclude_unset=True)
        return {name: value for name, value in told.items() if value != getattr(now, name)}


class Person(Output):
    """An account as administrators see it."""

    id: int = Field(examples=[2])
    uuid: UUID = Field(examples=["3f0f4f9e-6a35-4cb5-9b66-0a54cf0d1a11"])
    username: str = Field(examples=["ali@example.com"])
    email: str = Field(examples=["ali@example.com"])
    phone: str = Field(examples=["+998 90 123-45-67"])
    first_name: str = Field(examples=["Ali"])
    last_name: str = Field(examples=["Valiyev"])
    role: str = Field(examples=[Role.USER])
    is_active: bool = Field(examples=[True])
    is_staff: bool = Field(description="Whether the role is that of an administrator.", examples=[False])
    email_verified: bool = Field(examples=[True])
    phone_verified: bool = Field(examples=[False])
    must_change_password: bool = Field(description="Whether the password was given to him.", examples=[False])
    last_login_at: Moment | None = Field(examples=["2026-11-21T00:09:51.973Z"])
    last_login_ip: str | None = Field(examples=["198.51.100.7"])
    date_joined: Moment = Field(examples=["2026-11-20T08:00:00.000Z"])
    updated_at: Moment = Field(examples=["2026-11-20T08:00:00.000Z"])


def check_not_himself(changed: Iterable[str]) -> None:
    """What an administrator may not change of his own account. Raises `Invalid`."""
    texts = {"role": NOT_YOUR_ROLE, "is_active": NOT_YOURSELF}
    refused = {name: [(text, dict[str, object]())] for name, text in texts.items() if name in changed}
    if refused:
        raise Invalid(refused)


def too_many() -> Invalid:
    return Invalid.field("search", TOO_MANY)
