"""Security events: kept and counted once, with the alerts that they open; listed; looked through for attacks."""

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice, product

from kalit.kit import clock
from kalit.kit.caller import Caller, Staff
from kalit.kit.log import log
from kalit.kit.pages import part_of
from kalit.kit.resources import Grant, Table
from kalit.kit.security_events import SecurityEvent, Severity
from kalit.kit.tables import Commit
from kalit.kit.v1 import Paged

from . import suspicion
from .alerts import AlertStatus, opens
from .events import MOST_DAYS, Event, FailedAttempt, ListAttempts, ListEvents, Part, Place, parts
from .store import AlertCounts, AlertRow, EventCounts, EventRow

RECORD: tuple[Grant, ...] = (Table.SECURITY.put, Table.SECURITY.update)
LIST: tuple[Grant, ...] = (
    Table.SECURITY.query,
    Table.SECURITY.query_index("by_place"),
    Table.SECURITY.query_index("by_user"),
    Table.SECURITY.query_index("by_owner"),
    Table.SECURITY.batch_get,
)
NUMBERS: tuple[Grant, ...] = (Table.SECURITY.query, Table.SECURITY.query_index("by_place"))
FIND: tuple[Grant, ...] = (*RECORD, Table.SECURITY.query_index("by_place"), Table.SECURITY.batch_get)
COUNTED = timedelta(days=MOST_DAYS + 2)  # as long as a day may be asked for
NOW = "~"  # behind all moments


class Kept(Exception):
    """The event was kept before."""


def record(event: SecurityEvent) -> None:
    """Keep an event and count it, and the alert that it opens, once however often it comes. One transaction."""
    row = EventRow.of(event)
    until = int((event.created_at + COUNTED).timestamp())
    try:
        with Commit() as commit:
            commit.put(row, EventRow.pk.does_not_exist(), unmet=Kept())
            EventCounts.add(commit, EventCounts.KEY, {"number": 1}, bucket=row.place, ttl=until)
            if opens(event):
                commit.put(AlertRow.of(event))
                AlertCounts.add(commit, AlertCounts.KEY, {AlertStatus.OPEN: 1})
    except Kept:
        log.info("kept before", extra={"event_id": str(event.id)})


def listed(query: ListEvents, caller: Caller, at: datetime) -> Paged[Event]:
    """A page of events, the newest first: of all for staff, else of what the caller did and what his devices met.

    Raises `InvalidPage`. For staff a Query of counts, one for each place of the first day, which is not asked for
    whole, and one for each place of the days of the page; for others two. A BatchGetItem.
    """
    since = query.since(at)
    return _of_all(query, since) if caller.role in Staff.roles else _of_one(str(caller.uuid), query, since)


def attempts(query: ListAttempts, caller: Caller, at: datetime) -> Paged[FailedAttempt]:
    """A page of the openings that failed, as `listed` makes it."""
    page = listed(query.events, caller, at)
    return Paged([FailedAttempt.of(event) for event in page.results], page.count, page.number, page.size)


def numbers(wants: Callable[[Place], bool], since: str, until: str = NOW) -> dict[Place, int]:
    """How many events lie in each place that is wanted, from one moment to before another.

    A Query of counts, and one for each place of the first and the last day, which are not asked for whole.
    """
    edges, filled = (since[:10], until[:10]), Counter[Place]()
    for row in EventCounts.buckets(EventCounts.KEY, since[:10]):
        place = Place.read(row.sk)
        if place.day <= until and wants(place):
            filled[place] += int(row.number)
    for place in filled:
        if place.day in edges:
            filled[place] = EventRow.by_place.count(place.key, EventRow.moment.between(since, until))
    return filled


def attacks(at: datetime) -> list[SecurityEvent]:
    """What failures of late amount to. A Query for each type and severity of a day, and a BatchGetItem a hundred."""
    since = clock.wire(at - suspicion.LOOKED_BACK)
    places = product(sorted({since[:10], clock.wire(at)[:10]}), suspicion.FAILURES, Severity)
    keys = [
        (key.pk, key.sk)
        for place in places
        for key in EventRow.by_place.query(Place(*place).key, EventRow.moment >= since)
    ]
    return suspicion.suspicious(row.told for row in EventRow.batch_get(keys, consistent_read=True))


def _of_all(query: ListEvents, since: str) -> Paged[Event]:
    filled = numbers(query.wants, since)
    count = sum(filled.values())
    number = query.number(count, query.size)
    end = number * query.size
    found = (row for part in parts(filled, end - query.size, end) for row in _part(part, since))
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
    page = part_of(own, query, query.size)
    return Paged.of(page, _events(page.things))


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
