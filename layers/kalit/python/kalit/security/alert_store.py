"""Alerts: listed, shown, resolved with the event that opened them, and forgotten with it."""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from kalit.kit import audit, clock
from kalit.kit.audit import Act
from kalit.kit.caller import Caller, Staff
from kalit.kit.pages import Page, PageQuery, Part, part, part_of
from kalit.kit.resources import Grant, Table
from kalit.kit.tables import Commit
from kalit.kit.v1 import Paged, PagedQuery

from .alerts import PAGE_SIZE, Alert, AlertNotFound, AlertStatus, ListAllAlerts, Resolution
from .store import AlertAudit, AlertCounts, AlertRow, EventRow

LIST_ALL: tuple[Grant, ...] = (
    Table.SECURITY.query,
    Table.SECURITY.query_index("by_status"),
    Table.SECURITY.batch_get,
)
LIST: tuple[Grant, ...] = (*LIST_ALL, Table.SECURITY.query_index("by_holder"))
SHOW: tuple[Grant, ...] = (Table.SECURITY.get,)
RESOLVE: tuple[Grant, ...] = (*SHOW, Table.SECURITY.update, Table.SECURITY.put)
PURGE: tuple[Grant, ...] = (Table.SECURITY.query_index("by_status"), Table.SECURITY.delete, Table.SECURITY.update)
KEPT = timedelta(days=90)  # of what was resolved; what was not is kept


class _Resolved(Exception):
    """Somebody was faster."""


class _Purged(Exception):
    """The alert is gone."""


def listed(query: PagedQuery, statuses: Sequence[AlertStatus], caller: Caller) -> Paged[Alert]:
    """A page of alerts, the newest first: of all for staff, else of the caller's own. Raises `InvalidPage`.

    For staff the keys of each status to the page's end, and counts where there is more; for others the keys of their
    own. A BatchGetItem.
    """
    if caller.role in Staff.roles:
        found = _of_all(query, query.size, statuses)
        return Paged.of(found, _alerts(found.things, statuses))
    held = AlertRow.by_holder.query(str(caller.uuid), scan_index_forward=False)
    own = part_of([row for row in held if row.status in statuses], query, query.size)
    return Paged.of(own, _alerts(own.things, statuses))


def listed_all(query: ListAllAlerts) -> Page[Alert]:
    """A page of everybody's alerts, the newest first. Raises `InvalidPage`. Costs what it costs staff in `listed`."""
    found = _of_all(query, PAGE_SIZE, query.statuses)
    return Page.of(found, _alerts(found.things, query.statuses))


def shown(id: UUID, caller: Caller) -> Alert:
    """An alert. Raises `AlertNotFound`, also for those of others unless staff ask. One read."""
    return _reached(id, caller).alert


def resolve(id: UUID, told: Resolution, caller: Caller, at: datetime) -> Alert:
    """Resolve an alert and the event that opened it; one that is resolved stays as it is. Raises `AlertNotFound`.

    A read; of an open one a transaction, and a read more where somebody else was faster. What staff do to alerts of
    others is audited.
    """
    row = _reached(id, caller)
    if row.status == AlertStatus.RESOLVED:
        return row.alert
    stamp = clock.wire(at)
    after = {"status": AlertStatus.RESOLVED.value, "notes": told.notes}
    changed = after | {"resolved_at": stamp, "resolved_by": str(caller.uuid)}
    try:
        with Commit() as commit:
            changes = [getattr(AlertRow, name).set(value) for name, value in changed.items()]
            commit.update(row, changes, AlertRow.status == AlertStatus.OPEN, unmet=_Resolved())
            event = EventRow(*EventRow.key(row.event))
            commit.update(event, [EventRow.resolved.set(True), EventRow.resolved_at.set(stamp)], EventRow.pk.exists())
            AlertCounts.add(commit, AlertCounts.KEY, {AlertStatus.OPEN: -1, AlertStatus.RESOLVED: 1})
            if row.holder != str(caller.uuid):
                act = Act(caller, "alert.resolve", "alert", id, {"status": row.status}, after)
                audit.write(commit, AlertAudit, act, at)
    except _Resolved:
        return _reached(id, caller).alert
    for name, value in changed.items():
        setattr(row, name, value)
    return row.alert


def outlived(at: datetime) -> Iterator[AlertRow]:
    """The keys of resolved alerts that need not be kept any longer. One Query, paged by 1 MB."""
    return AlertRow.by_status.query(AlertStatus.RESOLVED, AlertRow.opened < clock.wire(at - KEPT))


def purge(key: AlertRow) -> None:
    """Forget a resolved alert, and its event, whose day nobody can ask for any more. One transaction."""
    with suppress(_Purged), Commit() as commit:
        commit.delete(AlertRow(key.pk, key.sk), AlertRow.status == AlertStatus.RESOLVED, unmet=_Purged())
        commit.delete(EventRow(*EventRow.key(key.event)))
        AlertCounts.add(commit, AlertCounts.KEY, {AlertStatus.RESOLVED: -1})


def _reached(id: UUID, caller: Caller) -> AlertRow:
    row = AlertRow.find(*AlertRow.key(id))
    if row is None or (caller.role not in Staff.roles and row.holder != str(caller.uuid)):
        raise AlertNotFound
    return row


def _of_all(query: PageQuery, size: int, statuses: Sequence[AlertStatus]) -> Part[AlertRow]:
    """The keys of the alerts that a page shows of everybody's."""

    def first(most: int) -> Iterable[AlertRow]:
        found = (AlertRow.by_status.query(status, scan_index_forward=False, limit=most) for status in statuses)
        return islice(heapq.merge(*found, key=lambda row: str(row.opened), reverse=True), most)

    def all_of_them() -> int:
        total = AlertCounts.total(AlertCounts.KEY)
        return sum(total[status] for status in statuses)

    return part(query, size, first, all_of_them)


def _alerts(keys: Iterable[AlertRow], statuses: Sequence[AlertStatus]) -> list[Alert]:
    """The alerts of these keys, in their order. One BatchGetItem.

    One that is resolved while its key is looked for is found twice, or is not of the status any more.
    """
    places = list(dict.fromkeys((key.pk, key.sk) for key in keys))
    rows = {row.pk: row for row in AlertRow.batch_get(places, consistent_read=True)}
    return [rows[pk].alert for pk, _ in places if pk in rows and rows[pk].status in statuses]
