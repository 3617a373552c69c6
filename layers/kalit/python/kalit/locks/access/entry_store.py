"""Codes that are shown: at the door, where the lock asks, or to the app. Every try is on record with its outcome.

What an entry changes is one transaction: the code's use, the lock's last opening, its log, the record of the try, and
the security event. It holds only while the code is as it was read, its makers may have it, and the lock is the same.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from pynamodb.expressions.update import Action

from kalit.kit import clock, limits, security_events
from kalit.kit.caller import Caller
from kalit.kit.errors import AppError, Throttled, Unavailable
from kalit.kit.ids import derived, ordered
from kalit.kit.limits import Limit
from kalit.kit.resources import Grant, Table
from kalit.kit.security_events import EventType, SecurityEvent, Severity, quarter
from kalit.kit.tables import Commit

from .. import command_store, history_store, notice_store, report_store, signed_store
from .. import store as locks
from ..command_store import CommandRow
from ..commands import UNLOCK, Unlock
from ..devices import DeviceNotFound
from ..event_store import event
from ..history import Entry
from ..reports import HeartbeatReport, Notice
from ..signatures import BadSignature, Replayed, TooOld, Unsigned
from ..store import Changed, DeviceEvent, DeviceRow, Lock, ShareRow, ThingRow
from . import guess_store, guesses, store, try_store
from .codes import CodeNotFound
from .kinds import QR, Kind
from .qr import Admitted, Scanned, TurnedAway
from .store import CodeRow
from .tries import UNKNOWN, Try
from .verifying import (
    CodeMissing,
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
    *limits.COUNT,
)

# Anybody may send what is signed badly: so many of a lock go on record, the rest is told by their event alone.
FORGED = Limit("forged", most=20, window=timedelta(hours=1))
MOST_WAITING = 20  # entries that a lock has not confirmed


@dataclass(frozen=True)
class Shown:
    """A code that somebody shows. `id`: of this try. `caller`: who shows it to the app; at the door, the lock asks."""

    lock: DeviceRow
    thing: ThingRow
    kind: Kind
    value: str
    id: UUID
    address: str
    caller: Caller | None = None
    only: UUID | None = None  # the code that it must be, where the app asks

    @property
    def network(self) -> str:
        """Where it is shown, hashed; empty where that is not known."""
        return str(derived("network", str(self.lock.uuid), self.address)) if self.address else ""

    @property
    def networks(self) -> dict[str, str]:
        """Where right codes were shown, and when last."""
        known: dict[str, str] = json.loads(self.thing.networks)
        return known

    def tried(self, row: CodeRow | None, reason: str = "") -> Try:
        """What the record says of it."""
        mine = row is not None and row.user in (self.lock.owner, *row.hangs_on)
        whose = UUID(row.user) if row and row.user and mine else None  # of strangers their ids are not even told
        return Try(
            method=self.kind.name,
            event_type=self.kind.event,
            attempted=self.kind.masked(self.value, ours=row is not None),
            success=not reason,
            reason=reason,
            ip_address=self.address,
            code=UUID(row.id) if row else None,
            name=row.name if row else "",
            user=self.caller.uuid if self.caller else whose,
        )

    def event(self, type: EventType, about: str, at: datetime, **metadata: str) -> SecurityEvent:
        """What is told of it. Who is named did it under his own login: a code may be anybody's."""
        return event(
            type,
            Severity.LOW,
            f"{self.kind.code.say()} {about}",
            at,
            str(self.id),
            lock=self.lock,
            user=self.caller.uuid if self.caller else None,
            ip_address=self.address,
            metadata={"method": self.kind.name, **metadata},
        )


class Admission(NamedTuple):
    """That somebody was let in, and the command that opens where the app asked."""

    entered: Entered
    command: CommandRow | None


def verify(knock: Knock, at: datetime, address: str) -> Entered:
    """Let in who shows a code at the door. Returns what is told of it.

    Raises `CodeMissing`, `Unsigned`, `NoSuchDevice`, `BadSignature`, `Throttled`, `TooOld`, `Replayed`,
    `TooManyGuesses`, `UnknownCode`, `CodeRefused`. Three reads, two kms:GenerateMac, a PutItem, two UpdateItems for
    what could be guessed, a Query, a transaction; an UpdateItem, a Query and a read more for what stays shut.
    """
    try:
        knock.check_given()
    except (CodeMissing, Unsigned):
        _makes_no_sense("A request without a code or a signature", at, address)
        raise
    lock, thing = _called(knock.device_id, at, address)
    shown = Shown(lock, thing, knock.kind, knock.value, derived("try", knock.signature.lower()), address)
    try:
        with signed_store.believed(lock, knock.signed, "A code", at, address, heard=(UnknownCode, CodeRefused)):
            if isinstance(knock, NfcKnock):
                report_store.hear(lock.device_id, HeartbeatReport(battery_level=knock.battery_level), at)
            return _enter(shown, guesses.whose(shown.networks, shown.network, at), at).entered
    except BadSignature as error:
        _note(shown, error, FORGED, at)
        raise
    except (TooOld, Replayed, TooManyGuesses) as error:
        _note(shown, error, guesses.limit(), at)
        raise


def scan(id: UUID, code: str, caller: Caller, at: datetime, key: UUID | None = None) -> Scanned:
    """Let in who shows a QR code to the app; a lock that is online is told to open, in the same transaction.

    Raises `CodeNotFound`, `TooManyGuesses`. Four reads, a kms:GenerateMac, a Query, a transaction, and a command's
    publishing. The same key again gives the same answer.
    """
    row, lock = store.with_lock(id)
    if row.what is not QR:
        raise CodeNotFound
    try:
        thing = locks.thing(lock)
    except DeviceNotFound:
        raise CodeNotFound from None
    entry = derived("scan", str(key)) if key else ordered(at)
    if row.last_entry == str(entry):
        command = UUID(row.last_command) if row.last_command else None
        if command:
            command_store.again_in_time(lock.uuid, command, at)
        return Scanned(Admitted(device_id=lock.device_id, command_id=command))
    shown = Shown(lock, thing, QR, code, entry, caller.address, caller, only=id)
    try:
        admission = _enter(shown, f"{id} {caller.uuid}", at)
    except TooManyGuesses as error:
        _note(shown, error, guesses.limit(), at)
        raise
    except UnknownCode:
        return Scanned(TurnedAway(reason="invalid code"))
    except CodeRefused as error:
        return Scanned(TurnedAway(reason=error.reason))
    except NoSuchDevice:
        raise CodeNotFound from None
    if admission.command:
        command_store.publish(admission.command, at)
    return Scanned(Admitted(device_id=lock.device_id, command_id=admission.command.id if admission.command else None))


def _called(name: str, at: datetime, address: str) -> tuple[DeviceRow, ThingRow]:
    """The lock that asks. Raises `NoSuchDevice`, with an event. Two reads."""
    try:
        lock, thing = signed_store.called(name)
        return lock, thing or locks.thing(lock)
    except DeviceNotFound:
        _makes_no_sense("A code for a lock that is not registered", at, address)
        raise NoSuchDevice from None


def _makes_no_sense(about: str, at: datetime, address: str) -> None:
    """Tell of a request that nobody signed: once a minute and address. One PutItem."""
    minute = f"{at:%Y-%m-%dT%H:%M}"
    told = event(EventType.UNAUTHORIZED_ACCESS, Severity.LOW, about, at, about, address, minute, ip_address=address)
    security_events.save(DeviceEvent, told)


def _note(shown: Shown, error: AppError, limit: Limit, at: datetime) -> None:
    """Put a try on record that was not looked at, but for those of who tries on and on. An UpdateItem and a PutItem."""
    with suppress(Throttled):
        limits.spend(limit, str(shown.lock.uuid), at)
        # Another try than the one whose signature it may carry.
        try_store.save(shown.lock, shown.tried(None, error.code.replace("_", " ")), at, ordered(at))


def _enter(shown: Shown, whose: str, at: datetime) -> Admission:
    """Raises `TooManyGuesses`, `UnknownCode`, `CodeRefused`, `NoSuchDevice`, `Throttled`."""
    lock, kind = shown.lock, shown.kind
    if kind.guessable:
        with guess_store.guess(lock.pk, f"{kind.name}#{whose}", at):
            return _tried(shown, store.mark(lock.uuid, kind, shown.value), at)
    mark = store.mark(lock.uuid, kind, shown.value)
    if mark and shown.only in (None, UUID(mark)):
        return _tried(shown, mark, at)
    if shown.only is None:  # nobody can make one up, so a wrong one makes no right one wait
        limits.spend(guesses.limit(), str(lock.uuid), at)
        return _tried(shown, None, at)
    with guess_store.guess(lock.pk, whose, at):
        return _tried(shown, None, at)


def _tried(shown: Shown, mark: str | None, at: datetime) -> Admission:
    for _ in locks.tries():
        try:
            return _decided(shown, store.marked(shown.lock.uuid, shown.kind, mark), at)
        except Changed:
            try:
                shown = replace(shown, lock=locks.device(shown.lock.uuid))
            except DeviceNotFound:
                raise NoSuchDevice from None
    raise Unavailable


def _decided(shown: Shown, rows: Sequence[CodeRow], at: datetime) -> Admission:
    """Raises `UnknownCode`, `CodeRefused`, `Throttled`, and `Changed` when the code is no more what was read."""
    standing = [(row, shares) for row in rows if (shares := store.standing(row, shown.lock, at)) is not None]
    if not standing:
        _stay_shut(shown, None, UNKNOWN, at)
        raise unknown(shown.kind)
    zone = shown.lock.timezone
    row, shares = next((one for one in standing if not one[0].window.refusal(at, zone)), standing[0])
    if refusal := row.window.refusal(at, zone):
        if shown.caller is None:
            limits.spend(guesses.limit(), str(shown.lock.uuid), at)
        _stay_shut(shown, row, refusal, at)
        raise refused(shown.kind, refusal)
    return _let_in(shown, row, shares, at)


def _let_in(shown: Shown, row: CodeRow, shares: Sequence[ShareRow], at: datetime) -> Admission:
    """One transaction. Raises `Changed`, `NoSuchDevice`."""
    lock, thing, command = shown.lock, shown.thing, None
    as_read = row.unchanged & (CodeRow.is_active == True)  # noqa: E712 - pynamodb's
    if row.limit is not None:
        as_read &= CodeRow.usage_count == row.usage_count
    used: list[Action] = [CodeRow.usage_count.add(1), CodeRow.last_entry.set(str(shown.id))]
    tried = shown.tried(row)
    with Commit() as commit:
        for share in shares:
            locks.still_shared(commit, share, at, unmet=Changed())
        if shown.caller:
            commit.check(thing, ThingRow.device == str(lock.uuid), unmet=NoSuchDevice())
            if thing.is_online(at):
                command = command_store.join(commit, Lock(lock), UNLOCK, shown.caller, at, Unlock().duration)
        else:
            commit.update(thing, _opened(shown, at), ThingRow.device == str(lock.uuid), unmet=NoSuchDevice())
            about = f"{shown.kind.code.say()} accepted: {row.name}"
            told = Entry(shown.kind.event, about, user=tried.user, ip_address=shown.address)
            history_store.write(commit, lock.uuid, [told], at, str(shown.id))
        used.append(CodeRow.last_command.set(str(command.id)) if command else CodeRow.last_command.remove())
        commit.update(row, used, as_read, unmet=Changed())
        try_store.write(commit, lock, tried, at, shown.id)
        came_in = shown.event(EventType.UNLOCK_SUCCESS, "accepted", at, code=row.id)
        security_events.write(commit, DeviceEvent, came_in)
    until = datetime.fromisoformat(row.valid_until) if row.valid_until else None
    entered = Entered(name=row.name, valid_until=until, usage_count=int(row.usage_count) + 1, max_usage=row.limit)
    return Admission(entered, command)


def _opened(shown: Shown, at: datetime) -> list[Action]:
    """What an entry at the door changes of what is known of the lock. That it opened, it says itself."""
    let_in = {f"{shown.kind.name} {clock.wire(at)} {shown.id}"}
    # A lock that never says that it opened leaves them all behind.
    too_many = len(shown.thing.admitted or ()) >= MOST_WAITING
    return [
        ThingRow.last_unlock.set(clock.wire(at)),
        ThingRow.admitted.set(let_in) if too_many else ThingRow.admitted.add(let_in),
        ThingRow.networks.set(json.dumps(guesses.remembered(shown.networks, shown.network, at))),
        ThingRow.moves.add(1),
    ]


def _stay_shut(shown: Shown, row: CodeRow | None, reason: str, at: datetime) -> None:
    """Keep a try that opened nothing, and what it says together with those before it.

    A Query and a transaction; a read or two more for one of many.
    """
    lock = shown.lock
    tried = shown.tried(row, reason)
    failed = shown.event(EventType.UNLOCK_FAILED, "refused", at, attempted=tried.attempted, reason=reason)
    many = event(
        EventType.BRUTE_FORCE,
        Severity.HIGH,
        "Multiple failed codes at one lock",
        at,
        quarter(at),
        lock=lock,
        ip_address=shown.address,
    )
    is_news = try_store.has_failed_often(lock, at) and not security_events.is_told(DeviceEvent, many)
    with Commit() as commit:
        if shown.caller is None:
            about = f"{shown.kind.code.say()} refused"
            told = Entry(shown.kind.event, about, False, reason, tried.user, shown.address)
            history_store.write(commit, lock.uuid, [told], at, str(shown.id))
        try_store.write(commit, lock, tried, at, shown.id)
        security_events.write(commit, DeviceEvent, failed)
        if is_news:
            security_events.write(commit, DeviceEvent, many)
            if not notice_store.is_written(lock.uuid, Notice.GUESSES, at):
                notice_store.write(commit, lock.uuid, Notice.GUESSES, 0, at)
