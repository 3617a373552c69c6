"""What the queues `default` and `sms_queue` carry: one model for each kind of job."""

from contextlib import suppress
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field, FiniteFloat, RootModel, ValidationInfo

from kalit.kit.fields import Input, Output, said
from kalit.kit.words import FIELD_TEXTS, Text

CODE_TEXT = Text("Kalit: your code is {code}.", ru="Kalit: ваш код {code}.", uz="Kalit: kodingiz {code}.")


class SendSms(BaseModel):
    """Make a six-digit code, keep it among the responses, and send it where there is a phone."""

    id: UUID
    phone: str = ""
    language: str = ""


class Task1(BaseModel):
    """Write a number to the log."""

    job: Literal["task_1"] = "task_1"
    num: int | float


class ProcessSchedule(BaseModel):
    """Run a schedule."""

    job: Literal["process_schedule"] = "process_schedule"
    id: int


class AutoTaskRunner(BaseModel):
    """Begin the runs of the schedules that are due."""

    job: Literal["auto_task_runner"] = "auto_task_runner"


class Redrive(BaseModel):
    """Send the jobs again that were dead before a time."""

    job: Literal["redrive"] = "redrive"
    queue: str = ""
    before: datetime


Kind = Task1 | ProcessSchedule | AutoTaskRunner | Redrive


class Order(RootModel[Annotated[Kind, Field(discriminator="job")]]):
    """A message of the queue `default`."""


class SmsAsked(Input):
    """To whom a code is to be sent; left out, it is only made and kept."""

    phone: Annotated[str, Field(pattern=r"^(\+?[0-9][0-9\- ]{6,18})?$")] = Field("", examples=["+998901234567"])


def _number(value: object, told: ValidationInfo) -> object:
    """A form carries numbers as text; elsewhere a text is none, and a boolean nowhere."""
    if isinstance(value, str) and told.context == "form":
        for kind in (int, float):
            with suppress(ValueError):
                return kind(value)
    if type(value) not in (int, float):
        raise said(FIELD_TEXTS["number"])
    return value


class NumberAsked(Input):
    num: Annotated[int | FiniteFloat, Field(union_mode="left_to_right"), BeforeValidator(_number)] = Field(examples=[5])


class Accepted(Output):
    """Which job it is: `GET /api/jobs/{task_id}/` tells how it goes."""

    task_id: UUID


class Response(Output):
    response: int = Field(description="A code from 100000 to 999999.", examples=[482913])
