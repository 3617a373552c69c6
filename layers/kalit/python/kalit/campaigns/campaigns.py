"""A campaign: what is said, to whom, from when to when, and at which hours of the reader's day."""

from datetime import UTC, datetime, time
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from kalit.kit.errors import Conflict, NotFound, Refused
from kalit.kit.fields import Input, Instant, Moment, Output, said
from kalit.kit.words import Text

from .audience import NO_AUDIENCE, Audience, Filter
from .messages import Words

DAY = (time(0), time(23, 59, 59))  # the window of who names none
EXAMPLE_FILTER = {"phone_numbers": [], "tags": ["vip"], "operator_codes": ["90"]}

END_BEFORE_START = Text(
    "Время окончания должно быть больше времени начала.",
    en="The end must be after the start.",
    uz="Tugash vaqti boshlanish vaqtidan keyin boʻlishi kerak.",
)


class CampaignNotFound(NotFound):
    """No such campaign."""

    ru = "Такой рассылки нет."
    uz = "Bunday kampaniya yoʻq."


class AlreadyStarted(Conflict):
    """Campaign is already scheduled or running."""

    ru = "Рассылка уже запланирована или идёт."
    uz = "Kampaniya allaqachon rejalashtirilgan yoki ketmoqda."


class NobodyMatches(Refused):
    """Аудитория пуста, запуск невозможен."""

    en = "Nobody matches: add clients, or change the tag or the filter."
    uz = "Hech kim mos kelmaydi: mijoz qoʻshing yoki tag va filtrni oʻzgartiring."


class AlreadyOver(Refused):
    """The campaign's end is past: set a later end_datetime."""

    ru = "Время рассылки прошло: задайте более позднее end_datetime."
    uz = "Kampaniya vaqti oʻtgan: keyinroq end_datetime belgilang."


class NotThatFar(Conflict):
    """The campaign is {status}: {needs}"""

    ru = "Состояние рассылки {status}: {needs}"
    uz = "Kampaniya holati {status}: {needs}"


class Status(StrEnum):
    DRAFT = "DRAFT"
    SCHEDULED = "SCHEDULED"
    RUNNING = "RUNNING"
    FINISHED = "FINISHED"
    PAUSED = "PAUSED"
    FAILED = "FAILED"


class Failure(StrEnum):
    """Why a run failed."""

    END_PAST = "end_past"  # the campaign's end was past when the run began
    NOBODY = "nobody"  # there was nobody who could be written to in time
    REFUSED = "refused"  # the provider took some messages at no attempt


UNDER_WAY = (Status.SCHEDULED, Status.RUNNING)


def _no_offset(at: time) -> time:
    return at.replace(tzinfo=None, microsecond=0)


DayTime = Annotated[
    time,
    AfterValidator(_no_offset),
    PlainSerializer(lambda at: f"{at:%H:%M:%S}"),
    WithJsonSchema({"type": "string", "pattern": "^([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d)?$"}),
]
"""A time of the day, by the clock of who reads it."""


def _blank_is_none(value: Any) -> Any:
    return "" if isinstance(value, str) and not value.strip() else value


OptionalTag = Annotated[str, Field(max_length=500), BeforeValidator(_blank_is_none)]


class Told(Input):
    """What a campaign is told to be. `client_filter` may also be a list of phones."""

    start_datetime: Instant = Field(examples=["2030-01-01T05:00:00Z"])
    end_datetime: Instant = Field(examples=["2030-01-01T23:00:00Z"])
    text_message: Words = Field(
        description="Where it says `{opt_out}`, each reader gets a link by which to opt out.",
        examples=["New locks are here."],
    )
    tag: OptionalTag = Field("", examples=["vip"])
    client_filter: Filter = Field(default_factory=dict, examples=[EXAMPLE_FILTER])

    @property
    def audience(self) -> Audience:
        return Audience.of(self.tag, self.client_filter)

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.start_datetime >= self.end_datetime:
            raise said(END_BEFORE_START)
        return self


class NewCampaign(Told):
    """A campaign of yours. A window that ends before it starts goes over midnight."""

    time_interval_start: DayTime = Field(examples=["09:00:00"])
    time_interval_end: DayTime = Field(examples=["18:00:00"])

    @model_validator(mode="after")
    def _has_an_audience(self) -> Self:
        if not self.audience.named:
            raise said(NO_AUDIENCE)
        return self


class NewNewsletter(Told):
    """A campaign of yours, in the words of the first apps: all day, and a draft while nobody is named."""

    time_interval_start: DayTime = Field(DAY[0], examples=["09:00:00"])
    time_interval_end: DayTime = Field(DAY[1], examples=["18:00:00"])


class Plan(Told):
    """What is kept of a campaign as it was told, and of a run as the campaign was when it began."""

    time_interval_start: DayTime
    time_interval_end: DayTime


class CampaignChange(Input):
    """What may be changed; what is left out stays. Messages already planned stay as they are."""

    start_datetime: Instant = Field(datetime(2000, 1, 1, tzinfo=UTC), examples=["2030-01-01T06:00:00Z"])
    end_datetime: Instant = Field(datetime(2000, 1, 1, tzinfo=UTC), examples=["2030-01-02T23:00:00Z"])
    text_message: Words = Field("", examples=["New locks are here, and cheaper."])
    time_interval_start: DayTime = Field(DAY[0], examples=["10:00:00"])
    time_interval_end: DayTime = Field(DAY[1], examples=["19:00:00"])
    tag: OptionalTag = Field("", examples=["vip"])
    client_filter: Filter = Field(default_factory=dict, examples=[EXAMPLE_FILTER])


class Campaign(Output):
    id: int = Field(examples=[1])
    start_datetime: Moment
    end_datetime: Moment
    text_message: str = Field(examples=["New locks are here."])
    time_interval_start: DayTime
    time_interval_end: DayTime
    tag: str = Field(examples=["vip"])
    client_filter: dict[str, list[str]] = Field(examples=[EXAMPLE_FILTER])
    status: Status = Field(examples=[Status.SCHEDULED])
    is_active: bool = Field(description="Whether a run of it is under way.", examples=[False])
    last_started_at: Moment | None = None
    active_run: UUID | None = None
    failure: Failure | None = Field(None, description="Why its last run failed.")


class Stats(Output):
    """What became of a campaign's messages, over all its runs; the six add up to the total."""

    id: int = Field(examples=[1])
    status: Status = Field(examples=[Status.RUNNING])
    total_messages: int = Field(examples=[6])
    sent_messages: int = Field(examples=[1])
    failed_messages: int = Field(examples=[1])
    pending_messages: int = Field(examples=[1])
    cancelled_messages: int = Field(examples=[1])
    skipped_messages: int = Field(examples=[1])
    unknown_messages: int = Field(examples=[1])


class CampaignStats(Stats):
    eligible_clients: int = Field(description="Whom the campaign would go to now.", examples=[6])


class StatsInList(Stats):
    recipients: int = Field(description="Clients who have a message of it.", examples=[6])
