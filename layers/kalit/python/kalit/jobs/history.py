"""The history of jobs as staff see it: what may be asked for, and what is told."""

import json
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from kalit.kit.errors import Conflict, NotFound
from kalit.kit.fields import Input, Moment, Output
from kalit.kit.jobs import KEPT, State
from kalit.kit.pages import PageQuery
from kalit.kit.resources import Machine, Queue
from kalit.kit.schedules import QUEUE as TICKS

# Where jobs wait: queues, machines, ticks, and what streams and topics could not deliver.
QUEUES = (*(queue.value for queue in Queue), *(machine.value for machine in Machine), TICKS, "streams", "topics")
RECENT = timedelta(days=7)  # that the success rate is about
AnyQueue = Literal[(*QUEUES, "")]  # type: ignore[valid-type]
AnyState = Literal[(*(state.value for state in State), "")]  # type: ignore[valid-type]


class JobNotFound(NotFound):
    """Job not found."""

    ru = "Задание не найдено."
    uz = "Vazifa topilmadi."


class NotDead(Conflict):
    """Only a dead job can be sent again; this one is {state}."""

    ru = "Повторить можно только погибшее задание (dead); это сейчас {state}."
    uz = "Faqat oʻlik (dead) vazifani qayta yuborish mumkin; bu esa {state}."


class NothingToSend(Conflict):
    """This job has no message that could be sent again: the next tick, or the sweeper, does its work."""

    ru = "У этого задания нет сообщения, которое можно повторить: его сделает следующий запуск по расписанию."
    uz = "Bu vazifada qayta yuboriladigan xabar yoʻq: uni keyingi jadval boʻyicha ishga tushish bajaradi."


class Attempt(Output):
    started_at: Moment
    took_ms: int | None = Field(description="null while it runs, or where its process died.")
    error: str | None


class Job(Output):
    """A run, a chunk or a tick, and what became of it."""

    id: UUID
    name: str
    queue: str
    state: State
    created_at: Moment
    ended_at: Moment | None
    tries: int
    attempts: list[Attempt] = Field(description="Of more than twenty, the first and the latest ten.")
    arguments: Any = Field(description="What it was asked to do; texts that may be personal are masked.")
    result: Any = Field(description="What came of it, where it says something.")
    asked_by: int | None = Field(description="The account that asked.")
    request_id: str = Field(description="Under which the log tells of it.")
    retryable: bool = Field(description="Whether it is dead and can be sent again.")


class ListJobs(PageQuery):
    queue: AnyQueue = Field("", examples=["sum"])
    state: AnyState = Field("", examples=["dead"])  # type: ignore[valid-type]
    ticks: Literal["", "failed"] = Field(
        "",
        description="Of all queues' jobs in all states, leave out the ticks of schedules but for those that `failed`.",
        examples=["failed"],
    )

    def places(self) -> list[tuple[str, str]]:
        """Queue and state of the jobs that are asked for; any state where it is empty."""
        if self.queue or self.state or not self.ticks:
            return [(name, self.state) for name in ([self.queue] if self.queue else QUEUES)]
        return [*((name, "") for name in QUEUES if name != TICKS), (TICKS, State.RETRYING), (TICKS, State.DEAD)]


class RedriveAsked(Input):
    queue: AnyQueue = Field("", description="Only of this queue; left out, of all.", examples=["sum"])


class Depth(BaseModel):
    """How many messages are in a queue: waiting, being worked on, and put off."""

    waiting: int
    in_flight: int
    delayed: int


class QueueFigures(Output):
    name: str
    depth: Depth | None = Field(description="What the queue says itself; null where there is no queue.")
    oldest_seconds: int | None = Field(
        description="Age of the oldest job that has not ended; null where there is none."
    )
    pending: int
    running: int
    retrying: int
    completed: int
    dead: int
    cancelled: int
    success_rate: float | None = Field(description="Of the jobs of the last seven days that ended; null without any.")


class Timetable(Output):
    """A schedule, the product's own or one of the staff's, and when it runs next."""

    name: str
    kind: Literal["tick", "schedule"]
    expression: str
    zone: str
    next: list[Moment]
    last: Moment | None = Field(description="When a tick was last at work.")
    last_state: State | None


class Overview(Output):
    """What whoever is on call looks at first."""

    at: Moment
    queues: list[QueueFigures]
    schedules: list[Timetable]


def kept_since(at: datetime) -> str:
    """The day from which on jobs are kept; those of the day before are over since midnight."""
    return (at - KEPT + timedelta(days=1)).strftime("%Y-%m-%d")


def success_rate(counts: dict[str, int]) -> float | None:
    """Completed of all that ended one way or the other, from 0 to 1."""
    ended = counts["completed"] + counts["dead"]
    return round(counts["completed"] / ended, 4) if ended else None


def attempts(told: str) -> list[Attempt]:
    """The attempts of a job from the text that its row keeps."""
    return [Attempt(**{"took_ms": None, "error": None, **attempt}) for attempt in json.loads(told)]
