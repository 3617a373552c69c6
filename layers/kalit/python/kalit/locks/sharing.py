"""With whom a lock is shared, and as what."""

from typing import Annotated, Generic, TypeVar
from uuid import UUID

from pydantic import Field

from kalit.kit.errors import Forbidden, Invalid, NotFound, Refused
from kalit.kit.fields import Input, Instant, Moment, NonBlank, Output
from kalit.kit.words import Text

from .devices import EXAMPLE_ID
from .rights import Role

User = TypeVar("User")

UNKNOWN_EMAIL = Text(
    "User with this email does not exist",
    ru="Пользователь с таким адресом не существует",
    uz="Bunday elektron pochtali foydalanuvchi mavjud emas",
)


class OwnerOnly(Forbidden):
    """Only owner can share device"""

    ru = "Делиться устройством может только владелец"
    uz = "Qurilmani faqat egasi ulasha oladi"
    bare = True


class AlreadyShared(Refused):
    """Device already shared with this user"""

    ru = "Устройство уже доступно этому пользователю"
    uz = "Qurilma bu foydalanuvchiga allaqachon ulashilgan"
    bare = True


class OwnersOwn(Refused):
    """The device is yours already"""

    ru = "Это и так ваше устройство"
    uz = "Bu qurilma sizniki"
    bare = True


class ShareNotFound(NotFound):
    """Share not found."""

    ru = "Общий доступ не найден."
    uz = "Ulashish topilmadi."


class NewShare(Input):
    """Whom a lock is to be shared with, by the e-mail of his account."""

    email: Annotated[NonBlank, Field(max_length=254)] = Field(examples=["vali@example.com"])
    role: Role = Field(Role.MEMBER, description="`ADMIN`, `MEMBER` or `VIEWER`.", examples=[Role.MEMBER])
    expires_at: Instant | None = Field(
        None, description="Until when; for good when left out.", examples=["2027-01-01T00:00:00Z"]
    )


class Shared(Output, Generic[User]):
    """That a lock is shared with somebody, and what he may do."""

    id: UUID = Field(examples=[EXAMPLE_ID])
    device: UUID = Field(examples=[EXAMPLE_ID])
    shared_with: User | None
    shared_by: User | None
    role: Role = Field(examples=[Role.MEMBER])
    can_unlock: bool = Field(examples=[True])
    can_lock: bool = Field(examples=[True])
    can_view_logs: bool = Field(examples=[True])
    can_manage_access: bool = Field(examples=[False])
    can_share: bool = Field(examples=[False])
    expires_at: Moment | None = Field(examples=["2027-01-01T00:00:00.000Z"])
    is_active: bool = Field(description="Whether it has not run out.", examples=[True])
    created_at: Moment = Field(examples=["2026-11-20T08:00:00.000Z"])


def unknown_email() -> Invalid:
    return Invalid.field("email", UNKNOWN_EMAIL)
