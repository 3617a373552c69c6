"""A message of a run to a client: its states, and how it is asked for and shown."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from kalit.kit.errors import Conflict, Invalid, NotFound
from kalit.kit.fields import CROSS_FIELD, Input, Moment, Output, Whole
from kalit.kit.words import Text

CLIENTS = 10**9  # more than there can be: ids of clients fill the lower digits of a message's id
LONGEST_TEXT = 1_600  # characters that providers take in one message

Words = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
Id = Annotated[Whole, Field(ge=1)]


class MessageNotFound(NotFound):
    """No such message."""

    ru = "Такого сообщения нет."
    uz = "Bunday xabar yoʻq."


class MessageLeft(Conflict):
    """The message is {status}: only one that waits can be changed or deleted."""

    ru = "Сообщение уже {status}: изменить или удалить можно только то, что ещё ждёт."
    uz = "Xabar holati {status}: faqat kutayotganini oʻzgartirish yoki oʻchirish mumkin."


TWICE = Text(
    "The fields campaign, client, run must make a unique set.",
    ru="Поля campaign, client, run должны образовывать уникальный набор.",
    uz="campaign, client, run maydonlari birgalikda takrorlanmasligi kerak.",
)
NO_SUCH = Text(
    'Invalid pk "{id}" - object does not exist.',
    ru="Недопустимый первичный ключ «{id}» - объект не существует.",
    uz="«{id}» kaliti yaroqsiz - bunday obyekt yoʻq.",
)
ANOTHERS = Text(
    "This run is of another campaign.",
    ru="Этот запуск относится к другой рассылке.",
    uz="Bu ishga tushirish boshqa kampaniyaniki.",
)
FIXED = Text(
    "This cannot be changed: delete the message and make another one.",
    ru="Это нельзя изменить: удалите сообщение и создайте другое.",
    uz="Buni oʻzgartirib boʻlmaydi: xabarni oʻchirib, boshqasini yarating.",
)


class State(StrEnum):
    """Where a message is. The four that count as pending come first."""

    PENDING = "PENDING"  # planned; also one that was refused and is tried again
    SENDING = "SENDING"  # claimed by a sender
    SENT = "SENT"
    FAILED = "FAILED"  # refused for the last time
    CANCELLED = "CANCELLED"  # its run was superseded, or called off
    SKIPPED = "SKIPPED"  # not wanted, or no time left in which it may be sent
    UNKNOWN = "UNKNOWN"  # nobody knows whether the provider took it


class Reason(StrEnum):
    """Why a message was skipped."""

    OPTED_OUT = "opted_out"
    WINDOW_CLOSED = "window_closed"


class Status(StrEnum):
    """A message's state as it is shown."""

    PENDING = "PENDING"
    QUEUED = "QUEUED"  # due, and on its way
    SENT = "SENT"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    SKIPPED = "SKIPPED"
    UNKNOWN = "UNKNOWN"


OPEN = (State.PENDING, State.SENDING)


def shown(state: State, planned_at: datetime, at: datetime) -> Status:
    """A message that is due is queued, whether a sender has it in hand or not."""
    if state in OPEN:
        return Status.QUEUED if state is State.SENDING or planned_at <= at else Status.PENDING
    return Status(state)


def id_of(run: int, client: int) -> int:
    return run * CLIENTS + client


def place_of(id: int) -> tuple[int, int]:
    """The run and the client that a message's id is made of."""
    return id // CLIENTS, id % CLIENTS


def no_such(field: str, id: object) -> Invalid:
    return Invalid.field(field, NO_SUCH, id=id)


def twice() -> Invalid:
    return Invalid.field(CROSS_FIELD, TWICE)


class NewMessage(Input):
    """A message by hand, in a run that there is; it leaves at the next full minute."""

    campaign: Id = Field(examples=[1])
    client: Id = Field(examples=[1])
    run: UUID = Field(examples=["3f0f4f9e-6a35-4cb5-9b66-0a54cf0d1a11"])
    message_text: Words = Field(examples=["Your lock is ready."])


class MessageChange(Input):
    """Another text for a message that waits; to whom it goes and in which run stays."""

    campaign: Id = Field(0, examples=[1])
    client: Id = Field(0, examples=[1])
    run: UUID | None = Field(None, examples=["3f0f4f9e-6a35-4cb5-9b66-0a54cf0d1a11"])
    message_text: Words = Field("", examples=["Your lock is ready."])


class Message(Output):
    id: int = Field(examples=[1000000001])
    created_at: Moment
    planned_send_at: Moment
    status: Status = Field(examples=[Status.SENT])
    campaign: int = Field(examples=[1])
    client: int = Field(examples=[1])
    run: UUID
    message_text: str = Field(examples=["Your lock is ready."])
    reason: Reason | None = Field(None, description="Why it was skipped.", examples=[Reason.OPTED_OUT])
