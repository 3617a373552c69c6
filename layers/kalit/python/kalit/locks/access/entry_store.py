"""Codes that are shown: at the door, where the lock asks, or to the app. Every try is on record with its outcome.

What an entry changes is one transaction: the code's use, the lock's last opening, its log, the record of the try, and
the security event. It holds only while the code is as it was read, its makers may have it, and the lock is the same.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from pynamodb.expressions.update import Action

from kalit.kit import clock, security_events
from kalit.kit.caller import Caller
from kalit.kit.errors import Unavailable
from kalit.kit.ids import derived, ordered
from kalit.kit.resources import Grant, Table
from kalit.kit.security_events import EventType, Severity, quarter
from kalit.kit.tables import Commit

from .. import command_store, history_store, notice_store, report_store, signed_store
from .. import store as locks
from ..commands import UNLOCK, DeviceOffline, Unlock
from ..devices import DeviceNotFound
from ..event_store import event
from ..history import Entry
from ..reports import HeartbeatReport, Notice
from ..signatures import BadSignature, Replayed, TooOld
from ..store import Changed, DeviceEvent, DeviceRow, Lock, ShareRow, ThingRow
from . import guess_store, store, try_store
from .codes import CodeNotFound
from .kinds import QR, Kind
from .qr import Admitted, Scanned, TurnedAway
from .store import CodeRow
from .tries import Try
from .verifying import (
    CodeRefused,
    Entered,
    Knock,
    NfcKnock,
    NoSuchDevice,
    TooManyGuesses,
    UnknownCode,
    refused,
    unknown,
)

VERIFY_CARD: tuple[Grant, ...] = (
    *signed_store.BELIEVE,
    *store.MATCH_CARD,
    *guess_store.GUESS,
    Table.LOCKS.check,
    Table.LOCKS.update,
)
VERIFY: tuple[Grant, ...] = (*VERIFY_CARD, *store.MATCH)
SCAN: tuple[Grant, ...] = (
    *store.MATCH,
    *guess_store.GUESS,
    *command_store.SEND_AS_SHARED,
)


@dataclass(frozen=True)
class Shown:
    """A code that somebody shows. `id`: of this try."""

    lock: DeviceRow
    kind: Kind
    value: str
    id: UUID
    address: str
    user: UUID | None = None
    only: UUID | None = None  # the code that it must be; then it is the app that asks

    @property
    def at_door(self) -> bool:
        return self.only is None

    @property
    def network(self) -> str:
        """Where it is shown, hashed; empty where that is not known."""
        return str(derived("network", str(self.lock.uuid), self.address)) if self.address else ""

    def tried(self, row: CodeRow | None, reason: str = "") -> Try:
        """What the record says of it."""
        return Try(
            method=self.kind.name,
            event_type=self.kind.event,
            attempted=self.kind.masked(self.value),
            success=not reason,
            reason=reason,
            ip_address=self.address,
            code=UUID(row.id) if row else None,
            name=row.name if row else "",
            user=self.user or (UUID(row.user) if row and row.user else None),
        )


def verify(knock: Knock, at: datetime, address: str) -> Entered:
    """Let in who shows a code at the door. Returns what is told of it.

    Raises `CodeMissing`, `Unsigned`, `NoSuchDevice`, `BadSignature`, `Throttled`, `TooOld`, `Replayed`,
    `TooManyGuesses`, `UnknownCode`, `CodeRefused`. Four reads, two kms:GenerateMac, a PutItem, two UpdateItems for what
    could be guessed, a transaction; a Query more for what stays shut.
    """
    knock.check_given()
    lock = _called(knock.device_id, at, address)
    shown = Shown(lock, knock.kind, knock.value, derived("try", knock.signature.lower()), address)
    try:
        with signed_store.believed(lock, knock.signed, "A code", at, address, heard=(UnknownCode, CodeRefused)):
            if isinstance(knock, NfcKnock):
                report_store.hear(lock.device_id, HeartbeatReport(battery_level=knock.battery_level), at)
            return _enter(shown, _whose(shown), at)
    except (BadSignature, TooOld, Replayed, TooManyGuesses) as error:
        # Another try than the one whose signature it may carry.
        try_store.save(lock, shown.tried(None, error.code.replace("_", " ")), at, ordered(at))
        raise


def scan(id: UUID, code: str, caller: Caller, at: datetime) -> Scanned:
    """Let in who shows a QR code to the app; a lock that is online is told to open.

    Raises `CodeNotFound`, `TooManyGuesses`. Four reads, a kms:GenerateMac, a transaction, and a command.
    """
    row = store.of_id(id)
    if row.what is not QR:
        raise CodeNotFound
    try:
        lock = locks.device(row.device)
    except DeviceNotFound:
        raise CodeNotFound from None
    shown = Shown(lock, QR, code, ordered(at), caller.address, caller.uuid, only=id)
    try:
        _enter(shown, f"{id} {caller.uuid}", at)
    except TooManyGuesses as error:
        try_store.save(lock, shown.tried(None, error.code.replace("_", " ")), at, shown.id)
        raise
    except UnknownCode:
        return Scanned(TurnedAway(reason="invalid code"))
    except CodeRefused as error:
        return Scanned(TurnedAway(reason=error.reason))
    except NoSuchDevice:
        raise CodeNotFound from None
    command = None
    with suppress(DeviceOffline):
        unlock, duration = replace(UNLOCK, limited=False), Unlock().duration
        command = command_store.send(Lock(lock, admitted=True), unlock, caller, at, duration=duration)
    return Scanned(Admitted(device_id=lock.device_id, command_id=command.id if command else None))


def _called(name: str, at: datetime, address: str) -> DeviceRow:
    """The lock that asks. Raises `NoSuchDevice`, with an event, one a minute and address. Two reads."""
    try:
        return signed_store.called(name)
    except DeviceNotFound:
        about = "A code for a lock that is not registered"
        minute = f"{at:%Y-%m-%dT%H:%M}"
        told = event(EventType.UNAUTHORIZED_ACCESS, Severity.LOW, about, at, address, minute, ip_address=address)
        security_events.save(DeviceEvent, told)
        raise NoSuchDevice from None


def _whose(shown: Shown) -> str:
    """With whom wrong codes are counted: those of the network that the lock was last opened from, and all others."""
    thing = ThingRow.find(*ThingRow.key(shown.lock.device_id))
    return "known" if thing and shown.network and thing.network == shown.network else "others"


def _enter(shown: Shown, whose: str, at: datetime) -> Entered:
    """Raises `TooManyGuesses`, `UnknownCode`, `CodeRefused`, `NoSuchDevice`."""
    lock, kind = shown.lock, shown.kind
    if not kind.guessable:
        mark = store.mark(lock.uuid, kind, shown.value)
        if mark and shown.only in (None, UUID(mark)):
            return _tried(shown, mark, at)
        with guess_store.guess(lock.pk, whose, at):
            return _tried(shown, None, at)
    with guess_store.guess(lock.pk, whose, at):
        return _tried(shown, store.mark(lock.uuid, kind, shown.value), at)


def _tried(shown: Shown, mark: str | None, at: datetime) -> Entered:
    for _ in locks.tries():
        with suppress(Changed):
            return _decided(shown, store.marked(shown.lock.uuid, shown.kind, mark), at)
    raise Unavailable


def _decided(shown: Shown, rows: Sequence[CodeRow], at: datetime) -> Entered:
    """Raises `UnknownCode`, `CodeRefused`, and `Changed` when the code is no more what was read."""
    standing = [(row, shares) for row in rows if (shares := store.standing(row, shown.lock, at)) is not None]
    if not standing:
        _stay_shut(shown, None, "unknown", at)
        raise unknown(shown.kind)
    zone = shown.lock.timezone
    row, shares = next((one for one in standing if not one[0].window.refusal(at, zone)), standing[0])
    if refusal := row.window.refusal(at, zone):
        _stay_shut(shown, row, refusal, at)
        raise refused(shown.kind, refusal)
    return _let_in(shown, row, shares, at)


def _let_in(shown: Shown, row: CodeRow, shares: Sequence[ShareRow], at: datetime) -> Entered:
    """One transaction. Raises `Changed`, `NoSuchDevice`."""
    lock, kind = shown.lock, shown.kind
    used = int(row.usage_count) + 1
    as_read = row.unchanged & (CodeRow.is_active == True)  # noqa: E712 - pynamodb's
    if row.limit is not None:
        as_read &= CodeRow.usage_count == row.usage_count
    tried = shown.tried(row)
    came_in = event(
        EventType.UNLOCK_SUCCESS,
        Severity.LOW,
        f"{kind.code} accepted",
        at,
        str(shown.id),
        lock=lock,
        user=tried.user,
        ip_address=shown.address,
        metadata={"method": kind.name, "code": row.id},
    )
    thing = ThingRow(*ThingRow.key(lock.device_id))
    with Commit() as commit:
        commit.update(row, [CodeRow.usage_count.add(1)], as_read, unmet=Changed())
        for share in shares:
            locks.still_shared(commit, share, at, unmet=Changed())
        if shown.at_door:
            commit.update(thing, _opened(shown, at), ThingRow.device == str(lock.uuid), unmet=NoSuchDevice())
            told = Entry(kind.event, f"{kind.code} accepted: {row.name}", user=tried.user, ip_address=shown.address)
            history_store.write(commit, lock.uuid, [told], at, str(shown.id))
        else:
            commit.check(thing, ThingRow.device == str(lock.uuid), unmet=NoSuchDevice())
        try_store.write(commit, lock, tried, at, shown.id)
        security_events.write(commit, DeviceEvent, came_in)
    until = datetime.fromisoformat(row.valid_until) if row.valid_until else None
    return Entered(name=row.name, valid_until=until, usage_count=used, max_usage=row.limit)


def _opened(shown: Shown, at: datetime) -> list[Action]:
    """What an entry at the door changes of what is known of the lock. That it opened, it says itself."""
    return [
        ThingRow.last_unlock.set(clock.wire(at)),
        ThingRow.admitted_by.set(shown.kind.name),
        ThingRow.admitted_at.set(clock.wire(at)),
        ThingRow.network.set(shown.network),
        ThingRow.moves.add(1),
    ]


def _stay_shut(shown: Shown, row: CodeRow | None, reason: str, at: datetime) -> None:
    """Keep a try that opened nothing, and what it says together with those before it. A Query and a transaction."""
    lock, kind = shown.lock, shown.kind
    tried = shown.tried(row, reason)
    failed = event(
        EventType.UNLOCK_FAILED,
        Severity.LOW,
        f"{kind.code} refused",
        at,
        str(shown.id),
        lock=lock,
        user=tried.user,
        ip_address=shown.address,
        metadata={"method": kind.name, "attempted": tried.attempted, "reason": reason},
    )
    often = try_store.has_failed_often(lock, at)
    with Commit() as commit:
        if shown.at_door:
            told = Entry(kind.event, f"{kind.code} refused", False, reason, tried.user, shown.address)
            history_store.write(commit, lock.uuid, [told], at, str(shown.id))
        try_store.write(commit, lock, tried, at, shown.id)
        security_events.write(commit, DeviceEvent, failed)
        if often:
            about = "Multiple failed codes at one lock"
            many = event(
                EventType.BRUTE_FORCE, Severity.HIGH, about, at, quarter(at), lock=lock, ip_address=shown.address
            )
            security_events.write(commit, DeviceEvent, many)
            notice_store.write(commit, lock.uuid, Notice.GUESSES, 0, at)
