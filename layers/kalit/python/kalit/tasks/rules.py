"""What a task is, what may be asked for, and how it ends."""

import json
import math
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, ValidationInfo, field_validator

from kalit.kit.errors import Conflict, NotFound, Refused
from kalit.kit.fields import AnyJson, Input, Output, said
from kalit.kit.pages import PageQuery
from kalit.kit.words import FIELD_TEXTS, Text

MOST_ACTIVE = 5
MOST_NUMBERS = 10_000
LONGEST_COUNTDOWN = 86_400  # seconds
LARGEST_INPUT = 256 * 1024  # bytes as JSON

# A sum is done within about two seconds. When it is not, its message was lost or keeps failing:
# the sweeper sends it again, waiting longer each time, and gives up after the last.
SUM_PATIENCE = timedelta(seconds=90)
MOST_SENDINGS = 4
# A countdown is finished by its state machine. When that is this late, the sweeper does it.
COUNTDOWN_PATIENCE = timedelta(seconds=30)


class TaskType(StrEnum):
    SUM = "sum"
    COUNTDOWN = "countdown"


class Status(StrEnum):
    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    ERROR = "error"


ACTIVE = (Status.PENDING, Status.IN_PROGRESS)


class TooManyTasks(Refused):
    """Вы не можете создать более 5 активных задач."""

    en = "You cannot have more than 5 active tasks."
    uz = "Bir vaqtda 5 tadan ortiq faol topshiriq yarata olmaysiz."


class TaskNotFound(NotFound):
    """Not found."""

    ru = "Задача не найдена."
    uz = "Topshiriq topilmadi."


class TaskFinished(Conflict):
    """The task is finished and can no longer be cancelled."""

    ru = "Задача завершена, отменить её уже нельзя."
    uz = "Topshiriq tugagan, uni endi bekor qilib boʻlmaydi."


NOT_AN_OBJECT = Text(
    "Поле `input_data` должно быть объектом JSON.",
    en="The field `input_data` must be a JSON object.",
    uz="`input_data` maydoni JSON obyekti boʻlishi kerak.",
)
NUMBERS_REQUIRED = Text(
    "Для задач типа 'sum' поле `numbers` должно быть обязательным.",
    en="Tasks of type 'sum' need the field `numbers`.",
    uz="'sum' turidagi topshiriqda `numbers` maydoni boʻlishi shart.",
)
NUMBERS_LIST = Text(
    "Для задач типа 'sum' поле `numbers` должно быть списком чисел.",
    en="For tasks of type 'sum' the field `numbers` must be a list of numbers.",
    uz="'sum' turidagi topshiriqda `numbers` sonlar roʻyxati boʻlishi kerak.",
)
NUMBERS_TOO_MANY = Text(
    "Для задач типа 'sum' поле `numbers` может содержать не более {limit} чисел.",
    en="For tasks of type 'sum' the field `numbers` may hold at most {limit} numbers.",
    uz="'sum' turidagi topshiriqda `numbers` koʻpi bilan {limit} ta son boʻlishi mumkin.",
)
SECONDS_REQUIRED = Text(
    "Для задач типа 'countdown' поле `seconds` должно быть обязательным.",
    en="Tasks of type 'countdown' need the field `seconds`.",
    uz="'countdown' turidagi topshiriqda `seconds` maydoni boʻlishi shart.",
)
SECONDS_POSITIVE = Text(
    "Для задач типа 'countdown' поле `seconds` должно быть положительным целым числом.",
    en="For tasks of type 'countdown' the field `seconds` must be a positive integer.",
    uz="'countdown' turidagi topshiriqda `seconds` musbat butun son boʻlishi kerak.",
)
SECONDS_TOO_LONG = Text(
    "Для задач типа 'countdown' поле `seconds` не может превышать {limit}.",
    en="For tasks of type 'countdown' the field `seconds` may be at most {limit}.",
    uz="'countdown' turidagi topshiriqda `seconds` {limit} dan oshmasligi kerak.",
)

# What a task's result says to the user who made it: in the service's own language, as it is stored.
COUNTED_DOWN = "Обратный отсчёт завершён"
CANCELLED = "Задача отменена."
TOO_LARGE_A_SUM = "Сумма не помещается в число."
GAVE_UP = "Не удалось выполнить задачу. Создайте её ещё раз."


def _is_number(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))


def _check_sum(data: dict[str, Any]) -> None:
    numbers = data.get("numbers")
    if not numbers:
        raise said(NUMBERS_REQUIRED)
    if not isinstance(numbers, list) or not all(map(_is_number, numbers)):
        raise said(NUMBERS_LIST)
    if len(numbers) > MOST_NUMBERS:
        raise said(NUMBERS_TOO_MANY, limit=MOST_NUMBERS)


def _check_countdown(data: dict[str, Any]) -> None:
    seconds = data.get("seconds")
    if isinstance(seconds, bool):
        raise said(SECONDS_POSITIVE)
    if not seconds:
        raise said(SECONDS_REQUIRED)
    if not isinstance(seconds, int) or seconds < 1:
        raise said(SECONDS_POSITIVE)
    if seconds > LONGEST_COUNTDOWN:
        raise said(SECONDS_TOO_LONG, limit=LONGEST_COUNTDOWN)


CHECKS = {TaskType.SUM: _check_sum, TaskType.COUNTDOWN: _check_countdown}


class NewTask(Input):
    """A task to be made. Keys of `input_data` that its type does not know are kept."""

    task_type: TaskType = Field(examples=[TaskType.SUM, TaskType.COUNTDOWN])
    input_data: AnyJson = Field(
        description="For sum `{numbers: [...]}`, for countdown `{seconds: n}`.",
        examples=[{"numbers": [1, 2, 3]}, {"seconds": 5}],
    )

    @field_validator("input_data")
    @classmethod
    def _input_fits_the_type(cls, value: Any, info: ValidationInfo) -> Any:
        if not isinstance(value, dict):
            raise said(NOT_AN_OBJECT)
        if check := CHECKS.get(info.data.get("task_type")):  # type: ignore[arg-type]
            check(value)
        size = len(json.dumps(value, ensure_ascii=False).encode())
        if size > LARGEST_INPUT:
            raise said(FIELD_TEXTS["too_big"], size=size, limit=LARGEST_INPUT)
        return value


def _blank_is_none(value: Any) -> Any:
    return value or None


class ListTasks(PageQuery):
    """Own tasks, of one status where one is named."""

    status: Annotated[Status | None, BeforeValidator(_blank_is_none)] = Field(None, examples=[Status.COMPLETED])


class TaskRef(BaseModel):
    """A task by owner and number, as messages name it."""

    owner: int
    id: int


class Task(Output):
    """A task as its owner sees it; `result` is null until it ends."""

    id: int = Field(examples=[1])
    task_type: TaskType = Field(examples=[TaskType.SUM])
    input_data: Any = Field(examples=[{"numbers": [1, 2, 3]}])
    status: Status = Field(examples=[Status.COMPLETED])
    result: dict[str, Any] | None = Field(None, examples=[{"result": 6}])
    created_at: str = Field(examples=["2026-11-21T00:09:51.973Z"])


class Countdown(TaskRef):
    """What the countdown's state machine carries: which task, and when it is over."""

    due_at: datetime


class Outcome(BaseModel):
    """How a task ends."""

    status: Status
    result: dict[str, Any]


COUNTED = Outcome(status=Status.COMPLETED, result={"message": COUNTED_DOWN})
CANCELLATION = Outcome(status=Status.ERROR, result={"error": CANCELLED})
SURRENDER = Outcome(status=Status.ERROR, result={"error": GAVE_UP})


def due_at(task: NewTask, at: datetime) -> datetime:
    """When a task made at `at` should be over: for a countdown the first whole second that is not too early."""
    if task.task_type is TaskType.SUM:
        return at + SUM_PATIENCE
    end = at + timedelta(seconds=task.input_data["seconds"])
    return end if end.microsecond == 0 else end.replace(microsecond=0) + timedelta(seconds=1)


def added(numbers: list[int | float]) -> Outcome:
    """The sum, or why there is none: too large for a float, or for JSON."""
    try:
        total = sum(numbers)
        json.dumps(total, allow_nan=False)
        return Outcome(status=Status.COMPLETED, result={"result": total})
    except (OverflowError, ValueError):
        pass
    return Outcome(status=Status.ERROR, result={"error": TOO_LARGE_A_SUM})


class Repair(StrEnum):
    """What the sweeper does about a task that is still active."""

    WAIT = "wait"
    FINISH = "finish"
    SEND_AGAIN = "send again"
    GIVE_UP = "give up"


def repair(task_type: TaskType, due: datetime, sendings: int, at: datetime) -> Repair:
    """The cure for a task that should have been over at `due` and was sent to its worker `sendings` times."""
    if task_type is TaskType.COUNTDOWN:
        return Repair.FINISH if at >= due + COUNTDOWN_PATIENCE else Repair.WAIT
    if at < due:
        return Repair.WAIT
    return Repair.GIVE_UP if sendings >= MOST_SENDINGS else Repair.SEND_AGAIN
