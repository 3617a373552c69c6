"""A lock's log and its counts, written in the transaction of what they tell of. In the locks table."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from kalit.kit import clock
from kalit.kit.caller import Caller
from kalit.kit.ids import derived
from kalit.kit.resources import Grant, Table
from kalit.kit.tables import Commit, Row, TableName
from kalit.kit.v1 import Paged, PagedQuery

from . import store
from .devices import AccessStats
from .history import Entry, Logged
from .rights import Right
from .store import DeviceRow, Who, moment

WRITE: tuple[Grant, ...] = (Table.LOCKS.put, Table.LOCKS.update)
LIST: tuple[Grant, ...] = (*store.REACH_WITH, Table.LOCKS.query)

COUNTED = 30  # days that the counts are about


class LogRow(Row):
    class Meta:
        table_name = TableName(Table.LOCKS)

    event_type = UnicodeAttribute()
    description = UnicodeAttribute()
    success = BooleanAttribute()
    error_message = UnicodeAttribute(default="")
    user = UnicodeAttribute(null=True)
    ip_address = UnicodeAttribute(null=True)

    @property
    def id(self) -> str:
        return self.sk.rpartition("#")[2]

    @property
    def created_at(self) -> str:
        return self.sk.split("#")[1]


class HistoryRow(Row):
    class Meta:
        table_name = TableName(Table.LOCKS)

    entries = NumberAttribute(default=0)
    last_at = UnicodeAttribute(null=True)

    @staticmethod
    def key(device: UUID) -> tuple[str, str]:
        return DeviceRow.key(device)[0], "HISTORY"


class DayRow(Row):
    class Meta:
        table_name = TableName(Table.LOCKS)

    unlocks = NumberAttribute(default=0)
    failures = NumberAttribute(default=0)
    ttl = NumberAttribute()

    @staticmethod
    def key(device: UUID, day: date) -> tuple[str, str]:
        return DeviceRow.key(device)[0], f"DAY#{day}"


class Told(Exception):
    """The log has this already."""


def write(commit: Commit, device: UUID, entries: Sequence[Entry], at: datetime, *told_by: str) -> None:
    """Put entries into a transaction, with the counts that they change. For each a put, and at most two updates more.

    `told_by`: what tells them from others of their kind; raises `Told` when the log has them already.
    """
    pk, _ = DeviceRow.key(device)
    for entry in entries:
        id = derived("log", str(device), entry.event_type, *told_by)
        row = LogRow(pk, f"LOG#{clock.wire(at)}#{id}", success=entry.success, error_message=entry.error_message)
        row.event_type, row.description, row.ip_address = entry.event_type, entry.description, entry.ip_address
        row.user = str(entry.user) if entry.user else None
        commit.put(row, LogRow.pk.does_not_exist(), unmet=Told())
    if entries:
        longer = [HistoryRow.entries.add(len(entries)), HistoryRow.last_at.set(clock.wire(at))]
        commit.update(HistoryRow(*HistoryRow.key(device)), longer)
    ways_in = [entry for entry in entries if entry.is_unlock]
    if ways_in:
        opened = sum(entry.success for entry in ways_in)
        ttl = int((at + timedelta(days=COUNTED + 1)).timestamp())
        more = [DayRow.unlocks.add(opened), DayRow.failures.add(len(ways_in) - opened), DayRow.ttl.set(ttl)]
        commit.update(DayRow(*DayRow.key(device, at.date())), more)


def listed(device: UUID, query: PagedQuery, caller: Caller, who: Who, at: datetime) -> Paged[Logged[Any]]:
    """A page of a lock's log, the newest first. Raises `InvalidPage`, `DeviceNotFound`, `NotYourDevice`.

    One read or two, a Query up to the page's end, `who`.
    """
    reached, history = store.reached_with(device, (HistoryRow, HistoryRow.key(device)), caller, Right.VIEW_LOGS, at)
    lock = reached.row
    count, size = int(history.entries) if history else 0, query.size
    number = query.number(count, size)
    end = number * size
    found = LogRow.query(
        lock.pk, LogRow.sk.startswith("LOG#"), consistent_read=True, scan_index_forward=False, limit=end
    )
    rows = list(islice(found, end - size, end))
    users = who(row.user for row in rows if row.user)
    return Paged([_logged(row, lock, users) for row in rows], count, number, size)


def _logged(row: LogRow, lock: DeviceRow, users: Mapping[str, Any]) -> Logged[Any]:
    told = {name: getattr(row, name) for name in _SHARED}
    return Logged(device=lock.uuid, device_name=lock.name, user=users.get(row.user or ""), **told)


_SHARED = set(Logged.model_fields) - {"device", "device_name", "user"}


def stats(device: UUID, history: HistoryRow | None, at: datetime) -> AccessStats:
    """How often a lock was opened lately. A Query of its days."""
    since = DayRow.key(device, (at - timedelta(days=COUNTED)).date())[1]
    days = list(DayRow.query(DeviceRow.key(device)[0], DayRow.sk.between(since, "DAY#~"), consistent_read=True))
    return AccessStats(
        total_unlocks_30d=sum(int(day.unlocks) for day in days),
        failed_attempts_30d=sum(int(day.failures) for day in days),
        last_activity=moment(history.last_at) if history else None,
    )
