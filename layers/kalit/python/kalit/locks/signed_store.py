"""What locks sign over HTTP, believed once: by the lock's secret, its time, and a mark in the locks table."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError

from kalit.kit import limits, security_events
from kalit.kit.log import log
from kalit.kit.resources import Grant, Table
from kalit.kit.security_events import EventType, Severity
from kalit.kit.tables import Row, TableName, condition_failed

from . import fleet_store, signatures, store
from .devices import DeviceNotFound
from .event_store import event
from .signatures import BadSignature, Replayed, Signed, TooOld
from .store import DeviceEvent, DeviceRow, ThingRow

BELIEVE: tuple[Grant, ...] = (
    Table.LOCKS.get,
    Table.LOCKS.put,
    Table.LOCKS.delete,
    *fleet_store.DERIVE,
    *limits.COUNT,
)


class SignedRow(Row):
    """That something signed was heard; kept as long as its time would let it through."""

    class Meta:
        table_name = TableName(Table.LOCKS)

    claim = UnicodeAttribute()  # whose it is: a write that is sent twice finds its own
    ttl = NumberAttribute()


def called(name: str) -> tuple[DeviceRow, ThingRow | None]:
    """The lock of this UUID or hardware id, and what it reported if that was read. Raises `DeviceNotFound`.

    One or two reads.

    UUIDs go first: a hardware id may look like another lock's.
    """
    with suppress(ValueError, DeviceNotFound):
        return store.device(UUID(name)), None
    thing = ThingRow.find(*ThingRow.key(name)) if name.isprintable() and len(name) <= 100 else None
    if thing is None:
        raise DeviceNotFound
    return store.device(UUID(thing.device)), thing


@contextmanager
def believed(
    lock: DeviceRow, told: Signed, what: str, at: datetime, address: str, heard: tuple[type[Exception], ...] = ()
) -> Iterator[None]:
    """Let the body take in, once, what a lock signed; `what` it is, as events tell.

    Raises `BadSignature`, `TooOld`, `Replayed`, each with a security event, and `Throttled`. A kms:GenerateMac and a
    PutItem; a count for each forgery. Where the body fails, but by `heard`, it was not heard, and may come again.
    """
    try:
        told.check_signature(fleet_store.secret(lock.uuid))
    except BadSignature:
        limits.spend(signatures.FORGERIES, f"{lock.uuid} {address}", at)
        # Anybody can send one: an hour of them is one event, and one alert.
        hour = f"{at:%Y-%m-%dT%H}"
        _attacked(lock, EventType.INVALID_SIGNATURE, Severity.HIGH, f"{what} with a bad signature", at, address, hour)
        raise
    try:
        told.check_time(at)
    except TooOld:
        _attacked(lock, EventType.REPLAY_ATTACK, Severity.MEDIUM, f"{what} of another time", at, address)
        raise
    mark = _first_time(told.signature, at)
    if mark is None:
        _attacked(lock, EventType.REPLAY_ATTACK, Severity.HIGH, f"{what} that was heard before", at, address)
        raise Replayed
    try:
        yield
    except heard:
        raise
    except Exception:
        mark.delete()
        raise


def _attacked(
    lock: DeviceRow, type: EventType, severity: Severity, about: str, at: datetime, address: str, *told_by: str
) -> None:
    log.warning("doubted", extra={"reason": about})
    security_events.save(DeviceEvent, event(type, severity, about, at, *told_by, lock=lock, ip_address=address))


def _first_time(signature: str, at: datetime) -> SignedRow | None:
    """The mark of a signature that was not heard in its time. One PutItem; a read more of one that was."""
    digest = hashlib.sha256(signature.lower().encode()).hexdigest()
    # Its time may lie ahead of ours by the window, and is believed for as long after.
    kept = timedelta(seconds=3 * signatures.WINDOW)
    row = SignedRow(f"SIGNED#{digest}", "SIGNED", claim=uuid4().hex, ttl=int((at + kept).timestamp()))
    try:
        row.save(SignedRow.pk.does_not_exist())
    except PutError as error:
        if not condition_failed(error):
            raise
        there = SignedRow.find(row.pk, row.sk)
        return row if there and there.claim == row.claim else None
    return row
