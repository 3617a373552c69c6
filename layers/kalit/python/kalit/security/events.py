"""Security events as they are listed: what may be asked for, what is told, and where a page of them lies."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Literal, NamedTuple
from uuid import UUID

from pydantic import Field

from kalit.kit import clock
from kalit.kit.fields import Moment, Output
from kalit.kit.security_events import EventType, Severity
from kalit.kit.v1 import PagedQuery

MOST_DAYS = 90
MASK = "****"
AnyType = Literal[(*(each.value for each in EventType), "")]  # type: ignore[valid-type]
AnySeverity = Literal[(*(each.value for each in Severity), "")]  # type: ignore[valid-type]


class Place(NamedTuple):
    """Where events lie that are counted together: those of one day, type and severity."""

    day: str
    event_type: str
    severity: str

    @property
    def key(self) -> str:
        return "#".join(self)

    @classmethod
    def read(cls, key: str) -> "Place":
        """The place of a key, whatever comes behind it."""
        return cls(*key.split("#")[:3])


class ListEvents(PagedQuery):
    severity: AnySeverity = Field("", examples=["HIGH"])  # type: ignore[valid-type]
    event_type: AnyType = Field("", examples=["LOGIN_FAILED"])  # type: ignore[valid-type]
    days: int = Field(7, ge=1, le=MOST_DAYS, description="How far back.", examples=[7])

    def wants(self, place: Place) -> bool:
        """Whether events of this place are asked for, but for their time."""
        return self.event_type in ("", place.event_type) and self.severity in ("", place.severity)

    def since(self, at: datetime) -> str:
        """The moment from which on events are asked for."""
        return clock.wire(at - timedelta(days=self.days))


class Event(Output):
    """A login, an opening of a lock, an attack."""

    id: UUID = Field(examples=["01a1fc4a-5701-7a4e-93fe-5bb48994bc32"])
    event_type: EventType = Field(examples=["LOGIN_FAILED"])
    severity: Severity = Field(examples=["MEDIUM"])
    user: UUID | None = Field(
        description="The account that did it; null for strangers.", examples=["087e3556-b7e5-44b3-8009-3bff7a47340b"]
    )
    device: UUID | None = Field(description="The lock that it is about.", examples=[None])
    device_name: str = Field(examples=[""])
    ip_address: str = Field(examples=["203.0.113.7"])
    user_agent: str = Field(examples=["Kalit/3.1 (Android)"])
    description: str = Field(examples=["Login failed"])
    metadata: dict[str, Any] = Field(examples=[{}])
    resolved: bool = Field(description="Whether staff have dealt with it.", examples=[False])
    resolved_at: Moment | None = Field(examples=[None])
    created_at: Moment = Field(examples=["2026-11-21T00:09:51.973Z"])


class ListAttempts(PagedQuery):
    days: int = Field(7, ge=1, le=MOST_DAYS, description="How far back.", examples=[7])

    @property
    def events(self) -> ListEvents:
        """The events that the attempts are."""
        return ListEvents(page=self.page, page_size=self.page_size, days=self.days, event_type=EventType.UNLOCK_FAILED)


class FailedAttempt(Output):
    """Somebody tried to open a lock, and could not."""

    id: UUID = Field(examples=["01a1fc4a-5701-7a4e-93fe-5bb48994bc32"])
    device: UUID | None = Field(examples=["01a1fdb0-d187-7f78-b0e0-6fcf1ef7c580"])
    device_name: str = Field(examples=["Front door"])
    method: str = Field(examples=["pin"])
    attempted: str = Field(description="What was tried, masked.", examples=[MASK])
    reason: str = Field(examples=["Invalid PIN code"])
    ip_address: str = Field(examples=["203.0.113.7"])
    created_at: Moment = Field(examples=["2026-11-21T00:09:51.973Z"])

    @classmethod
    def of(cls, event: Event) -> "FailedAttempt":
        told = {name: str(event.metadata.get(name, "")) for name in ("method", "attempted", "reason")}
        return cls(**event.model_dump(include=_SHARED), **told)


_SHARED = {"id", "device", "device_name", "ip_address", "created_at"}


class Part(NamedTuple):
    """A part of a page: of what lies in these places of one day, the newest first, that from `begin` to `end`."""

    places: list[Place]
    begin: int
    end: int


def parts(numbers: Mapping[Place, int], begin: int, end: int) -> Iterator[Part]:
    """Where the events from `begin` to `end` lie, the newest first, by how many there are in each place."""
    filled = sorted((place for place, number in numbers.items() if number > 0), reverse=True)
    for _, each in groupby(filled, lambda place: place.day):
        places = list(each)
        number = sum(numbers[place] for place in places)
        if begin < number and end > 0:
            yield Part(places, max(begin, 0), min(end, number))
        begin, end = begin - number, end - number
