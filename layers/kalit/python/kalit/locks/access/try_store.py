"""The record of every try at a door, in the locks table below the lock."""

import heapq
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from kalit.kit import clock
from kalit.kit.caller import Caller
from kalit.kit.pages import part
from kalit.kit.resources import Grant, Table
from kalit.kit.security_events import MANY_FAILURES, QUARTER
from kalit.kit.tables import Commit, Row, TableName
from kalit.kit.v1 import Paged, PagedQuery

from .. import store
from ..rights import Right
from ..store import DeviceRow, Lock
from .tries import LOOKED_AT, Tried, Try

WRITE: tuple[Grant, ...] = (Table.LOCKS.put,)
KEPT = timedelta(days=365)
LIST: tuple[Grant, ...] = (Table.LOCKS.get, Table.LOCKS.query, Table.LOCKS.batch_get)


class TryRow(Row):
    class Meta:
        table_name = TableName(Table.LOCKS)

    method = UnicodeAttribute()
    event_type = UnicodeAttribute()
    attempted = UnicodeAttribute()
    success = BooleanAttribute()
    reason = UnicodeAttribute(default="")
    ip_address = UnicodeAttribute(default="")
    code = UnicodeAttribute(null=True)
    name = UnicodeAttribute(default="")
    user = UnicodeAttribute(null=True)
    ttl = NumberAttribute()

    @property
    def place(self) -> tuple[str, str]:
        """By which tries are put in order: their time, and an id."""
        _, at, id = self.sk.split("#")
        return at, id


def write(commit: Commit, lock: DeviceRow, told: Try, at: datetime, id: UUID) -> None:
    """Put a try into a transaction. One put."""
    commit.put(_row(lock, told, at, id))


def save(lock: DeviceRow, told: Try, at: datetime, id: UUID) -> None:
    """Keep a try by itself. One PutItem."""
    _row(lock, told, at, id).save()


def has_failed_often(lock: DeviceRow, at: datetime) -> bool:
    """Whether one failure more makes many in a quarter of an hour. One Query, which reads little more than they are."""
    since, until = (f"TRY#{clock.wire(moment)}" for moment in (at - QUARTER, at + timedelta(minutes=1)))
    failed = TryRow.reason.is_in(*LOOKED_AT)
    found = TryRow.query(
        lock.pk,
        TryRow.sk.between(since, until),
        filter_condition=failed,
        consistent_read=True,
        scan_index_forward=False,
        page_size=4 * MANY_FAILURES,
    )
    return len(list(islice(found, MANY_FAILURES - 1))) == MANY_FAILURES - 1


def listed(query: PagedQuery, only: UUID | None, span: tuple[str, str], caller: Caller, at: datetime) -> Paged[Tried]:
    """A page of the tries at locks whose logs the caller may read, in a span of time, the newest first.

    Raises `DeviceNotFound`, `NotYourDevice`, `InvalidPage`. `store.reached_all`, and for each lock a Query up to the
    page's end; where there is more, one that counts the span.
    """
    reached = store.reached_all(caller, Right.VIEW_LOGS, at, only)
    # DynamoDB refuses to look for what ends before it begins.
    locks = {lock.row.pk: lock for lock in reached if span[0] <= span[1]}
    within = TryRow.sk.between(f"TRY#{span[0]}", f"TRY#{span[1]}~")

    def first(most: int) -> Iterable[Any]:
        found = (TryRow.query(pk, within, consistent_read=True, scan_index_forward=False, limit=most) for pk in locks)
        return islice(heapq.merge(*found, key=lambda row: row.place, reverse=True), most)

    def all_of_them() -> int:
        return sum(TryRow.count(pk, within, consistent_read=True) for pk in locks)

    page = part(query, query.size, first, all_of_them)
    return Paged.of(page, [_tried(row, locks[row.pk]) for row in page.things])


def _row(lock: DeviceRow, told: Try, at: datetime, id: UUID) -> TryRow:
    return TryRow(
        lock.pk,
        f"TRY#{clock.wire(at)}#{id}",
        method=told.method,
        event_type=told.event_type,
        attempted=told.attempted,
        success=told.success,
        reason=told.reason,
        ip_address=told.ip_address,
        code=str(told.code) if told.code else None,
        name=told.name,
        user=str(told.user) if told.user else None,
        ttl=int((at + KEPT).timestamp()),
    )


def _tried(row: TryRow, lock: Lock) -> Tried:
    at, id = row.place
    told = {name: getattr(row, name) for name in _SHARED}
    return Tried(id=id, device=lock.uuid, device_name=lock.row.name, created_at=at, **told)


_SHARED = set(Tried.model_fields) - {"id", "device", "device_name", "created_at"}
