"""Security events in a table of their own. All AWS of them is here.

pk             sk                               what
EVENT#<id>     EVENT                            an event; in index `by_place` under its day, type and severity, in
                                                `by_user` under who did it, in `by_owner` under whose device it is
COUNTS#events  <day>#<type>#<severity>#<shard>  how many there are in that place

The counts tell where a page of staff's list lies, so no other day is read for it; the list of anybody else is read from
his own part of two indexes. What may change of an event is in its row alone, which is found by the event's id.
"""

import heapq
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection

from kalit.kit.caller import Caller, Staff
from kalit.kit.counts import Counts
from kalit.kit.log import log
from kalit.kit.resources import Grant, Table
from kalit.kit.security_events import SecurityEvent
from kalit.kit.tables import Commit, Row, TableName
from kalit.kit.v1 import Paged

from .events import MOST_DAYS, Event, ListEvents, Part, Place, parts

RECORD: tuple[Grant, ...] = (Table.SECURITY.put, Table.SECURITY.update)
LIST: tuple[Grant, ...] = (
    Table.SECURITY.query,
    Table.SECURITY.query_index("by_place"),
    Table.SECURITY.query_index("by_user"),
    Table.SECURITY.query_index("by_owner"),
    Table.SECURITY.batch_get,
)
COUNTED = timedelta(days=MOST_DAYS + 2)  # as long as a day may be asked for


class ByPlace(GlobalSecondaryIndex["EventRow"]):
    class Meta:
        index_name = "by_place"
        projection = KeysOnlyProjection()

    place = UnicodeAttribute(hash_key=True)
    moment = UnicodeAttribute(range_key=True)


class ByUser(GlobalSecondaryIndex["EventRow"]):
    class Meta:
        index_name = "by_user"
        projection = IncludeProjection(["place"])

    user = UnicodeAttribute(hash_key=True)
    moment = UnicodeAttribute(range_key=True)


class ByOwner(GlobalSecondaryIndex["EventRow"]):
    class Meta:
        index_name = "by_owner"
        projection = IncludeProjection(["place"])

    owner = UnicodeAttribute(hash_key=True)
    moment = UnicodeAttribute(range_key=True)


class EventRow(Row):
    class Meta:
        table_name = TableName(Table.SECURITY)

    place = UnicodeAttribute()
    moment = UnicodeAttribute()  # <created_at>#<id>
    event_type = UnicodeAttribute()
    severity = UnicodeAttribute()
    user = UnicodeAttribute(null=True)
    owner = UnicodeAttribute(null=True)
    device = UnicodeAttribute(null=True)
    device_name = UnicodeAttribute()
    ip_address = UnicodeAttribute()
    user_agent = UnicodeAttribute()
    description = UnicodeAttribute()
    metadata = UnicodeAttribute()  # JSON
    created_at = UnicodeAttribute()
    resolved = BooleanAttribute(default=False)
    resolved_at = UnicodeAttribute(null=True)
    by_place = ByPlace()
    by_user = ByUser()
    by_owner = ByOwner()

    @classmethod
    def of(cls, event: SecurityEvent) -> "EventRow":
        told = event.model_dump(mode="json", exclude={"id", "metadata"})
        row = cls(f"EVENT#{event.id}", "EVENT", metadata=json.dumps(event.metadata, ensure_ascii=False), **told)
        row.place = Place(row.created_at[:10], row.event_type, row.severity).key
        row.moment = f"{row.created_at}#{event.id}"
        return row

    @property
    def event(self) -> Event:
        told = {name: getattr(self, name) for name in _SHARED}
        return Event(id=self.pk.removeprefix("EVENT#"), metadata=json.loads(self.metadata), **told)


_SHARED = set(Event.model_fields) - {"id", "metadata"}


class EventCounts(Counts):
    """How many events lie in each place; a place is a bucket."""

    class Meta:
        table_name = TableName(Table.SECURITY)

    number = NumberAttribute(default=0)

    KEY = "COUNTS#events"


class Kept(Exception):
    """The event was kept before."""


def record(event: SecurityEvent) -> None:
    """Keep an event and count it, once however often it comes. One transaction."""
    row = EventRow.of(event)
    until = int((event.created_at + COUNTED).timestamp())
    try:
        with Commit() as commit:
            commit.put(row, EventRow.pk.does_not_exist(), unmet=Kept())
            EventCounts.add(commit, EventCounts.KEY, {"number": 1}, bucket=row.place, ttl=until)
    except Kept:
        log.info("kept before", extra={"event_id": str(event.id)})


def listed(query: ListEvents, caller: Caller, at: datetime) -> Paged[Event]:
    """A page of events, the newest first: of all for staff, else of what the caller did and what his devices met.

    Raises `InvalidPage`. For staff a Query of counts, one for each place of the first day, which is not asked for
    whole, and one for each place of the days of the page; for others two. A BatchGetItem.
    """
    since = query.since(at)
    return _of_all(query, since) if caller.role in Staff.roles else _of_one(str(caller.uuid), query, since)


def _of_all(query: ListEvents, since: str) -> Paged[Event]:
    numbers = _numbers(query, since)
    count = sum(numbers.values())
    number = query.number(count, query.size)
    end = number * query.size
    found = (row for part in parts(numbers, end - query.size, end) for row in _part(part, since))
    return Paged(_events(found), count, number, query.size)


def _of_one(who: str, query: ListEvents, since: str) -> Paged[Event]:
    later = EventRow.moment >= since
    found = heapq.merge(
        EventRow.by_user.query(who, later, scan_index_forward=False),
        EventRow.by_owner.query(who, later, scan_index_forward=False),
        key=_moment,
        reverse=True,
    )
    # What he did to a device of his own is found twice.
    own = list({row.pk: row for row in found if query.wants(Place.read(row.place))}.values())
    number = query.number(len(own), query.size)
    end = number * query.size
    return Paged(_events(own[end - query.size : end]), len(own), number, query.size)


def _numbers(query: ListEvents, since: str) -> dict[Place, int]:
    """How many events that are asked for lie in each place."""
    first, numbers = since[:10], Counter[Place]()
    for row in EventCounts.buckets(EventCounts.KEY, first):
        place = Place.read(row.sk)
        if query.wants(place):
            numbers[place] += int(row.number)
    for place in numbers:
        if place.day == first:
            numbers[place] = EventRow.by_place.count(place.key, EventRow.moment >= since)
    return numbers


def _part(part: Part, since: str) -> Iterator[EventRow]:
    """The keys of a part of a page, the newest first."""
    found = (
        EventRow.by_place.query(place.key, EventRow.moment >= since, scan_index_forward=False, limit=part.end)
        for place in part.places
    )
    return islice(heapq.merge(*found, key=_moment, reverse=True), part.begin, part.end)


def _moment(row: EventRow) -> str:
    return row.moment


def _events(keys: Iterable[EventRow]) -> list[Event]:
    """The events of these keys, in their order. One BatchGetItem."""
    places = [(key.pk, key.sk) for key in keys]
    rows = {row.pk: row for row in EventRow.batch_get(places, consistent_read=True)}
    return [rows[pk].event for pk, _ in places if pk in rows]
