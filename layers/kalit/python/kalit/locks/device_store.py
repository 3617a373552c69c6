"""Registering, showing, changing and deleting locks, in the locks table and in IoT Core."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from kalit.kit import audit, clock, security_events
from kalit.kit.audit import Act
from kalit.kit.caller import Admin, Caller
from kalit.kit.errors import Conflict
from kalit.kit.ids import derived, ordered
from kalit.kit.log import log
from kalit.kit.pages import Page, part
from kalit.kit.resources import Grant, Table
from kalit.kit.security_events import EventType, Severity
from kalit.kit.tables import Commit, condition_failed, find_both

from . import devices, fleet_store, history_store, share_store, store
from .access import show_store
from .devices import (
    Detailed,
    DeviceChange,
    DeviceNotFound,
    Glance,
    Listed,
    ListSold,
    NewDevice,
    Registered,
    Sold,
    SoldChange,
    Status,
)
from .event_store import event
from .history_store import HistoryRow
from .rights import Right, Role, gives
from .store import (
    Changed,
    DeviceAudit,
    DeviceCounts,
    DeviceEvent,
    DeviceRow,
    Lock,
    MineRow,
    ThingRow,
    moment,
)

CREATE: tuple[Grant, ...] = (
    Table.LOCKS.get,
    Table.LOCKS.put,
    Table.LOCKS.update,
    *fleet_store.NEW,
    *fleet_store.EQUIP,
    *fleet_store.RETIRE,
    *fleet_store.DERIVE,
)
LIST: tuple[Grant, ...] = (Table.LOCKS.query, Table.LOCKS.batch_get)
SHOW: tuple[Grant, ...] = (*store.REACH_WITH, Table.LOCKS.query)
CHANGE: tuple[Grant, ...] = (Table.LOCKS.get, Table.LOCKS.update)
DELETE: tuple[Grant, ...] = (
    Table.LOCKS.get,
    Table.LOCKS.update,
    Table.LOCKS.delete,
    Table.LOCKS.put,
    *fleet_store.RETIRE,
)
FOLLOW: tuple[Grant, ...] = (
    Table.LOCKS.get,
    Table.LOCKS.query,
    Table.LOCKS.update,
    Table.LOCKS.delete,
    *fleet_store.EQUIP,
    *fleet_store.RETIRE,
)
LIST_SOLD: tuple[Grant, ...] = (Table.LOCKS.query, Table.LOCKS.batch_get, Table.LOCKS.query_index("by_age"))
CHANGE_SOLD: tuple[Grant, ...] = (*CHANGE, Table.LOCKS.put)


class _Deleted(Exception):
    """There was a lock of this id."""


def create(new: NewDevice, caller: Caller, at: datetime, key: UUID | None = None) -> Registered:
    """Register a lock as the caller's own. Raises `Invalid` for a hardware id that is taken.

    A read, one CreateKeysAndCertificate, one transaction, four calls that let it connect, an UpdateItem, one
    kms:GenerateMac. What was cut off in between is done by the table's stream. The same key again gives the same lock
    new credentials: those that were told before may be lost, and are kept nowhere.
    """
    uuid = derived("device", str(key)) if key else ordered(at)
    known = ThingRow.find(*ThingRow.key(new.device_id))
    if known and known.device != str(uuid):
        raise devices.taken()
    certificate = fleet_store.new_certificate()
    try:
        if known:
            row, thing = _renewed(uuid, certificate.arn, at)
        else:
            row, thing = _added(uuid, new, certificate.arn, caller, at)
    except Changed:
        fleet_store.discard(certificate)
        raise devices.taken() from None
    shown = listed(row, thing, at, mine=True)
    try:
        _equip(row)
    except Exception:
        log.exception("not equipped yet")  # the stream does it, before anybody has told the lock
    return Registered(
        **shown.model_dump(),
        device_secret=fleet_store.secret(row.uuid),
        mqtt=fleet_store.mqtt(row.device_id, certificate),
    )


def all_of(caller: Caller, at: datetime) -> list[Listed]:
    """The caller's locks and those shared with him, the newest first. A Query, two or three BatchGetItems a hundred."""
    seen = store.reachable(caller, Right.SEE, at)
    things = _things(lock.row for lock in seen)
    return [
        listed(lock.row, things[lock.row.device_id], at, mine=lock.share is None)
        for lock in sorted(seen, key=lambda lock: lock.row.born, reverse=True)
        if lock.row.device_id in things
    ]


def shown(lock: Lock, at: datetime) -> Detailed:
    """A lock with all that is known of it, its codes for those who manage them. One read and two Queries."""
    row, manages = lock.row, lock.may(Right.MANAGE_ACCESS, at)
    known, history = find_both((ThingRow, ThingRow.key(row.device_id)), (HistoryRow, HistoryRow.key(row.uuid)))
    thing = store.thing_of(row, known)
    codes, shares = show_store.codes_and_shares(row) if manages else ([], share_store.shares(row))
    told = {name: getattr(row, name) for name in ("latitude", "longitude", "timezone", "created_at", "updated_at")}
    said = {name: getattr(thing, name) for name in ("battery_low_threshold", "firmware_version", "last_lock")}
    active = [share for share in shares if gives(Role(share.role), share.expires, Right.SEE, at)]
    return Detailed(
        **listed(row, thing, at, mine=True).model_dump(exclude={"is_shared"}),
        **told,
        **said,
        **(show_store.active(codes, at) if manages else {}),
        shared_with_count=len(active),
        access_stats=history_store.stats(row.uuid, history, at),
    )


def glance(lock: Lock, at: datetime) -> Glance:
    """What a lock last reported. One read."""
    return Glance(**listed(lock.row, store.thing(lock.row), at, mine=True).model_dump())


def listed(row: DeviceRow, thing: ThingRow, at: datetime, *, mine: bool) -> Listed:
    """A lock as lists show it."""
    return Listed(
        id=row.uuid,
        is_online=thing.is_online(at),
        is_battery_low=thing.known.is_battery_low,
        keypad_enabled=row.has_keypad,
        nfc_enabled=row.has_keypad,
        last_seen=moment(thing.last_seen),
        last_unlock=moment(thing.last_unlock),
        is_shared=not mine,
        is_locked=thing.is_locked,
        battery_level=int(thing.battery_level),
        **{name: getattr(row, name) for name in ("device_id", "name", "device_type", "location", "status")},
    )


def change(lock: Lock, told: DeviceChange, at: datetime) -> Detailed:
    """Change what is told. Raises `DeviceNotFound`, `NotYourDevice`, `Conflict`. A transaction, two reads, `shown`."""
    changed = told.told
    threshold = changed.pop("battery_low_threshold", None)
    for _ in store.tries():
        thing = None if threshold is None else store.thing(lock.row)
        actions: list[Action] = [
            getattr(DeviceRow, name).remove() if value is None else getattr(DeviceRow, name).set(value)
            for name, value in changed.items()
        ]
        try:
            with Commit() as commit:
                lock.still_reached(commit, at)
                stamp = DeviceRow.updated_at.set(clock.wire(at))
                there = DeviceRow.deleted_at.does_not_exist() & DeviceRow.pk.exists()
                commit.update(lock.row, [*actions, stamp], there, unmet=DeviceNotFound())
                if thing and threshold is not None:
                    _set_threshold(commit, thing, threshold)
        except Changed:
            continue
        return shown(Lock(store.device(lock.uuid), lock.share), at)
    raise Conflict


def delete(lock: DeviceRow, caller: Caller, at: datetime) -> None:
    """Delete a lock: nobody reaches it any more, and it reaches nobody. Raises `DeviceNotFound`.

    One transaction, a read, the five calls that take its certificate, an UpdateItem; what is cut off in between the
    stream does.
    """
    gone: list[Action] = [
        DeviceRow.deleted_at.set(clock.wire(at)),
        DeviceRow.listing.remove(),
        # Where people live is nobody's business any more.
        *(place.remove() for place in (DeviceRow.location, DeviceRow.latitude, DeviceRow.longitude)),
        DeviceRow.outbox.set("retire"),
        DeviceRow.asked_at.set(clock.wire(at)),
    ]
    removed = event(EventType.DEVICE_REMOVED, Severity.MEDIUM, "Device removed", at, lock=lock, user=caller.uuid)
    with Commit() as commit:
        commit.update(lock, gone, DeviceRow.deleted_at.does_not_exist(), unmet=DeviceNotFound())
        own = ThingRow.device == str(lock.uuid)
        commit.delete(ThingRow(*ThingRow.key(lock.device_id)), own, unmet=DeviceNotFound())
        commit.delete(MineRow(*MineRow.key(caller.uuid, lock.uuid)))
        DeviceCounts.add(commit, DeviceCounts.KEY, {"devices": -1})
        security_events.write(commit, DeviceEvent, removed)
    try:
        _retire(DeviceRow.get(lock.pk, lock.sk, consistent_read=True))
    except Exception:
        log.exception("not retired yet")  # the stream does it


def equip(row: DeviceRow) -> None:
    """Let a lock connect whose registration was cut off. A read; four calls, five for each replaced certificate."""
    now = DeviceRow.find(row.pk, row.sk)
    if now and now.outbox == row.outbox:
        _equip(now)


def retire(row: DeviceRow) -> None:
    """Take all from a deleted lock, and from those it was shared with. A read, a Query, a transaction a share."""
    _retire(DeviceRow.get(row.pk, row.sk, consistent_read=True))
    for share in share_store.shares(row):
        share_store.take_away(row, share.id, share.account)


def sold(query: ListSold, at: datetime) -> Page[Sold]:
    """A page of all locks, the newest first. Raises `InvalidPage`.

    Keys up to its end and two BatchGetItems; the counts where there is more.
    """
    page = part(
        query,
        devices.PAGE_SIZE,
        lambda most: DeviceRow.by_age.query(DeviceRow.LISTING, scan_index_forward=False, limit=most),
        lambda: DeviceCounts.total(DeviceCounts.KEY)["devices"],
    )
    found = store.devices(key.pk.removeprefix("DEVICE#") for key in page.things)
    rows = sorted(found, key=lambda row: row.born, reverse=True)
    things = _things(rows)
    there = [row for row in rows if row.device_id in things and not row.deleted_at]
    return Page.of(page, [_sold(row, things[row.device_id], at) for row in there])


def sold_one(uuid: UUID, at: datetime) -> Sold:
    """Anybody's lock. Raises `DeviceNotFound`. Two reads."""
    row = store.device(uuid)
    return _sold(row, store.thing(row), at)


def change_sold(uuid: UUID, told: SoldChange, caller: Admin, at: datetime) -> Sold:
    """Set the status of anybody's lock. Raises `DeviceNotFound`. Two reads and a transaction.

    One that has it already is left as it is: who asks again after an answer that got lost is not audited twice.
    """
    row = store.device(uuid)
    if row.status == told.status:
        return _sold(row, store.thing(row), at)
    changes: list[Action] = [DeviceRow.status.set(told.status), DeviceRow.updated_at.set(clock.wire(at))]
    act = Act(caller, "device.update", "device", uuid, {"status": row.status}, {"status": told.status})
    with Commit() as commit:
        commit.update(row, changes, DeviceRow.deleted_at.does_not_exist(), unmet=DeviceNotFound())
        audit.write(commit, DeviceAudit, act, at)
    row.status = told.status
    return _sold(row, store.thing(row), at)


def _sold(row: DeviceRow, thing: ThingRow, at: datetime) -> Sold:
    return Sold(**listed(row, thing, at, mine=True).model_dump(), owner=row.owner, created_at=row.created_at)


def _added(uuid: UUID, new: NewDevice, certificate: str, caller: Caller, at: datetime) -> tuple[DeviceRow, ThingRow]:
    """Write a new lock, and return it. Raises `Changed` when its hardware id was taken meanwhile.

    One transaction; two where the lock that this key made has been deleted since.
    """
    try:
        return _add(uuid, new, certificate, caller, at)
    except _Deleted:
        return _add(ordered(at), new, certificate, caller, at)


def _add(uuid: UUID, new: NewDevice, certificate: str, caller: Caller, at: datetime) -> tuple[DeviceRow, ThingRow]:
    stamp = clock.wire(at)
    row = DeviceRow(
        *DeviceRow.key(uuid),
        owner=str(caller.uuid),
        device_type=new.device_type,
        status=Status.ACTIVE,
        certificate=certificate,
        created_at=stamp,
        updated_at=stamp,
        listing=DeviceRow.LISTING,
        born=f"{stamp}#{uuid}",
        outbox="equip",
        device_id=new.device_id,
        name=new.name,
        location=new.location,
        timezone=new.timezone,
        latitude=None if new.latitude is None else f"{new.latitude:.6f}",
        longitude=None if new.longitude is None else f"{new.longitude:.6f}",
    )
    thing = ThingRow(*ThingRow.key(new.device_id), device=str(uuid), battery_low_threshold=devices.LOW_BATTERY)
    added = event(EventType.DEVICE_ADDED, Severity.LOW, "Device added", at, lock=row, user=caller.uuid)
    with Commit() as commit:
        commit.put(thing, ThingRow.pk.does_not_exist(), unmet=Changed())
        commit.put(row, DeviceRow.pk.does_not_exist(), unmet=_Deleted())
        commit.put(MineRow(*MineRow.key(caller.uuid, uuid)))
        DeviceCounts.add(commit, DeviceCounts.KEY, {"devices": 1})
        security_events.write(commit, DeviceEvent, added)
    return row, thing


def _renewed(uuid: UUID, certificate: str, at: datetime) -> tuple[DeviceRow, ThingRow]:
    """Give a lock another certificate, and note the one it had. Three reads, a transaction. Raises `Changed`."""
    row = store.device(uuid)
    changes: list[Action] = [
        DeviceRow.certificate.set(certificate),
        DeviceRow.replaced.add({row.certificate}),
        DeviceRow.outbox.set("equip"),
        DeviceRow.asked_at.set(clock.wire(at)),
    ]
    as_read = (DeviceRow.certificate == row.certificate) & DeviceRow.deleted_at.does_not_exist()
    with Commit() as commit:
        commit.update(row, changes, as_read, unmet=Changed())
    now = store.device(uuid)
    return now, store.thing(now)


def _equip(row: DeviceRow) -> None:
    """Let a lock connect, and take from it the certificates that it had before; it asks for that no more.

    Four calls, five for each certificate, one or two UpdateItems.
    """
    fleet_store.equip(row.device_id, row.certificate)
    for certificate in row.replaced or ():
        fleet_store.retire(row.device_id, certificate)
    if row.replaced:
        row.update([DeviceRow.replaced.delete(row.replaced)])
    try:
        row.update([DeviceRow.outbox.remove()], (DeviceRow.outbox == row.outbox) & (DeviceRow.asked_at == row.asked_at))
    except UpdateError as error:
        if not condition_failed(error):  # else it asks for something new by now
            raise


def _retire(row: DeviceRow) -> None:
    """Take all its certificates from a deleted lock. Five calls for each, and an UpdateItem."""
    if row.certificate:
        for certificate in (row.certificate, *(row.replaced or ())):
            fleet_store.retire(row.device_id, certificate)
        row.update([DeviceRow.certificate.set(""), DeviceRow.replaced.remove()])


def _set_threshold(commit: Commit, thing: ThingRow, threshold: int) -> None:
    actions: list[Action] = [ThingRow.battery_low_threshold.set(threshold), ThingRow.moves.add(1)]
    low = thing.battery_level <= threshold
    actions.append(ThingRow.low.set(store.shard(thing.device_id)) if low else ThingRow.low.remove())
    commit.update(thing, actions, ThingRow.moves == thing.moves, unmet=Changed())


def _things(rows: Iterable[DeviceRow]) -> dict[str, Any]:
    """What these locks reported, by hardware id; a lock that was deleted and registered anew is another one's."""
    ids = {row.device_id: str(row.uuid) for row in rows}
    found = ThingRow.batch_get([ThingRow.key(id) for id in ids], consistent_read=True)
    return {thing.device_id: thing for thing in found if thing.device == ids[thing.device_id]}
