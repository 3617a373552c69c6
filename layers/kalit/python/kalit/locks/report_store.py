"""What locks report, kept in the locks table: state in its order, answers once, the rest as it happened."""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from kalit.kit import clock, metrics, security_events
from kalit.kit.aws import busy
from kalit.kit.doors import Again
from kalit.kit.log import log
from kalit.kit.resources import Grant, Table
from kalit.kit.security_events import EventType, Severity
from kalit.kit.tables import Commit, Row, TableName, condition_failed

from . import command_store, commands, devices, history_store, notice_store, signed_store, store
from .command_store import CommandRow, NotOpen
from .commands import State, Verdict
from .event_store import event
from .history import Entry, LogEvent
from .history_store import Told
from .reports import Change, Notice, Report, ResponseReport
from .signatures import Signed
from .store import Changed, DeviceEvent, DeviceRow, ThingRow
from .telemetry import Telemetry

HEAR: tuple[Grant, ...] = (Table.LOCKS.get, Table.LOCKS.put, Table.LOCKS.update)
ANSWER: tuple[Grant, ...] = (*HEAR, Table.LOCKS.query)
TELEMETRY: tuple[Grant, ...] = (*ANSWER, *signed_store.BELIEVE)
SILENT: tuple[Grant, ...] = (*HEAR, Table.LOCKS.query_index("by_silence"))
CHARGE: tuple[Grant, ...] = (Table.LOCKS.get, Table.LOCKS.put, Table.LOCKS.query_index("by_charge"))


HEARD_KEPT = timedelta(days=90)  # locks send again what nobody thanked them for, however long they were offline


class Overtaken(Again):
    """Other reports of the same lock were faster, time and again."""


class HeardRow(Row):
    """That a report was heard of which the log tells: what comes again is received at another time.

    `digest`: of what it told, since a lock that has lost its memory counts anew.
    """

    class Meta:
        table_name = TableName(Table.LOCKS)

    digest = UnicodeAttribute()
    ttl = NumberAttribute()


def hear(device_id: str, report: Report, at: datetime) -> None:
    """Take in what a lock reported, received at `at`. Raises `Overtaken`.

    One read, and an UpdateItem where its state changes, a transaction where somebody is to hear of it; an answer to a
    command reads that too.
    """
    for _ in store.tries():
        try:
            _hear(device_id, report, at)
        except (Changed, NotOpen):
            continue
        except Told:
            log.info("heard before")
        return
    raise Overtaken


def hear_signed(name: str, told: Telemetry, at: datetime, address: str) -> None:
    """Take in a report that came signed over HTTP; `name`: the lock's UUID or hardware id.

    Raises `Unsigned`, `DeviceNotFound`, `BadSignature`, `Throttled`, `TooOld`, `Replayed`, `Invalid`. Two reads, a
    kms:GenerateMac, a PutItem, and what `hear` takes.
    """
    said = Signed(name, told.timestamp, told.payload, told.signature)
    said.check_given()
    lock, _ = signed_store.called(name)
    with signed_store.believed(lock, said, "A report", at, address):
        hear(lock.device_id, told.report, at)


def refuse(device_id: str, at: datetime) -> None:
    """Tell of a report that makes no sense, once a minute. Two reads and a PutItem."""
    thing = ThingRow.find(*ThingRow.key(device_id))
    lock = _lock(thing) if thing else None
    about = "A report that makes no sense"
    told = event(EventType.UNAUTHORIZED_ACCESS, Severity.LOW, about, at, lock=lock, device_id=device_id)
    security_events.save(DeviceEvent, told)


def silent(at: datetime) -> Iterator[ThingRow]:
    """Locks that have said nothing for too long, and nobody was told. A Query a shard, a read each."""
    since = clock.wire(devices.offline_since(at))
    for shard in range(store.SHARDS):
        for key in ThingRow.by_silence.query(str(shard), ThingRow.last_seen <= since):
            row = ThingRow.find(key.pk, key.sk)
            if row and row.watched and (row.last_seen or "") <= since:
                yield row


def lose(thing: ThingRow, at: datetime) -> None:
    """Note that a lock is offline, tell of it, and write to its owner; nothing when it was heard of meanwhile.

    A read and a transaction.
    """
    gone = [Entry(LogEvent.DEVICE_OFFLINE, "Not heard of any more")] if thing.online else []
    changes: list[Action] = [ThingRow.online.set(False), ThingRow.watched.remove(), ThingRow.moves.add(1)]
    with suppress(Changed), Commit() as commit:
        commit.update(thing, changes, ThingRow.moves == thing.moves, unmet=Changed())
        since = f"since {thing.last_seen}"
        history_store.write(commit, UUID(thing.device), gone, at, since)
        about = "The lock is not heard of any more"
        told = event(EventType.DEVICE_OFFLINE, Severity.MEDIUM, about, at, since, lock=_lock(thing))
        security_events.write(commit, DeviceEvent, told)
        notice_store.write(commit, UUID(thing.device), Notice.OFFLINE, int(thing.battery_level), at)


def low() -> Iterator[ThingRow]:
    """Locks in use whose battery is low. A Query a shard, two reads each."""
    for shard in range(store.SHARDS):
        for key in ThingRow.by_charge.query(str(shard)):
            row = ThingRow.find(key.pk, key.sk)
            lock = DeviceRow.find(*DeviceRow.key(row.device)) if row else None
            if row and row.low and lock and lock.status == devices.Status.ACTIVE and not lock.deleted_at:
                yield row


def warn(thing: ThingRow, at: datetime) -> None:
    """Write to the owner of a lock whose battery is low. One transaction."""
    with Commit() as commit:
        notice_store.write(commit, UUID(thing.device), Notice.BATTERY, int(thing.battery_level), at)


def _hear(device_id: str, report: Report, at: datetime) -> None:
    thing = ThingRow.find(*ThingRow.key(device_id))
    if thing is None:
        about = "A report of a lock that is registered no more"
        told = event(EventType.UNAUTHORIZED_ACCESS, Severity.MEDIUM, about, at, device_id=device_id)
        security_events.save(DeviceEvent, told)
    elif isinstance(report, ResponseReport) and report.answers_a_command:
        _hear_answer(thing, report, at)
    else:
        _hear_report(thing, report, at)


def _hear_report(thing: ThingRow, report: Report, at: datetime) -> None:
    change = report.upon(thing.known, at)
    if change.late:
        log.warning("report doubted", extra={"counter": report.counter})
        about = "A report that came late"
        told = event(EventType.REPLAY_ATTACK, Severity.LOW, about, at, lock=_lock(thing))
        security_events.save(DeviceEvent, told)
    if change.is_news:
        with Commit() as commit:
            if report.counter is not None:
                _once(commit, thing, report, at)
            _put(commit, thing, change, at, _name(report, at))
    elif change.state:
        _note(thing, change)


def _once(commit: Commit, thing: ThingRow, report: Report, at: datetime) -> None:
    """Let a transaction be that of the report's first coming. One put. Raises `Told`."""
    row = HeardRow(DeviceRow.key(thing.device)[0], f"HEARD#{report.counter}")
    row.digest = hashlib.sha256(report.model_dump_json().encode()).hexdigest()
    row.ttl = int((at + HEARD_KEPT).timestamp())
    commit.put(row, HeardRow.pk.does_not_exist() | (HeardRow.digest != row.digest), unmet=Told())


def _note(thing: ThingRow, change: Change) -> None:
    """Write what nobody is to hear of, such as that a lock was seen: an UpdateItem, half a transaction's price."""
    try:
        thing.update(_actions(thing, change.state), ThingRow.moves == thing.moves)
    except UpdateError as error:
        if not (condition_failed(error) or busy(error)):
            raise
        raise Changed from None  # or written, and the answer lost: then it changes nothing more


def _hear_answer(thing: ThingRow, report: ResponseReport, at: datetime) -> None:
    row = command_store.answered(UUID(thing.device), report.command_id, report.kind)
    verdict = _judged(row, report, at)
    if row is None or verdict is not Verdict.TAKEN:
        _doubted(thing, verdict, str(row.id) if row else "unknown", at)
        return
    error = None if report.success else report.error or "refused by the lock"
    change = report.upon(thing.known, at)
    entries = [*change.log, *_told_of(row, error)]
    with Commit() as commit:
        command_store.over(commit, row, State.FAILED if error else State.EXECUTED, error or "", at)
        _put(commit, thing, replace(change, log=entries, late=False), at, str(row.id), "answered")
    metrics.count("commands_failed" if error else "commands_executed")


def _judged(row: CommandRow | None, report: ResponseReport, at: datetime) -> Verdict:
    if row is None or row.kind != report.kind:
        return Verdict.FORGED
    sequences = {int(sequence) for sequence in row.sequences}
    return commands.judged(State(row.state), row.ends, sequences, report.sequence, at)


def _told_of(row: CommandRow, error: str | None) -> list[Entry]:
    """What the log says of a command's end; that it was done, only where it did not say so when it was asked for."""
    if error is None and row.what.logged_when_asked:
        return []
    return [row.ended(error)]


def _put(commit: Commit, thing: ThingRow, change: Change, at: datetime, *told_by: str) -> None:
    """Put what a report changes into a transaction. Raises `Changed` or `Told`."""
    if change.state:
        commit.update(thing, _actions(thing, change.state), ThingRow.moves == thing.moves, unmet=Changed())
    history_store.write(commit, UUID(thing.device), change.log, at, *told_by)
    battery = int(change.state.get("battery_level", thing.battery_level))
    for notice in change.notices:
        notice_store.write(commit, UUID(thing.device), notice, battery, at)
    if Notice.BATTERY in change.notices:
        # Once an hour, as its owner is written to: firmware that does not tell the level may say so time and again.
        hour = f"{at:%Y-%m-%dT%H}"
        told = event(EventType.BATTERY_LOW, Severity.MEDIUM, "The battery is low", at, hour, lock=_lock(thing))
        security_events.write(commit, DeviceEvent, told)
    if change.tampered:
        about = "Somebody tampers with the lock"
        told = event(EventType.TAMPER_DETECTED, Severity.CRITICAL, about, at, lock=_lock(thing))
        security_events.write(commit, DeviceEvent, told)


def _actions(thing: ThingRow, state: dict[str, object]) -> list[Action]:
    """The changes of a lock's row, and of the indexes that follow from them."""
    told = {name: clock.wire(value) if isinstance(value, datetime) else value for name, value in state.items()}
    # A set that has nothing is no set.
    actions: list[Action] = [
        getattr(ThingRow, name).remove() if value == set() else getattr(ThingRow, name).set(value)
        for name, value in told.items()
    ]
    place = store.shard(thing.device_id)
    if "last_seen" in told:
        actions.append(ThingRow.watched.set(place))
    if "battery_level" in told:
        low = int(str(told["battery_level"])) <= thing.battery_low_threshold
        actions.append(ThingRow.low.set(place) if low else ThingRow.low.remove())
    return [*actions, ThingRow.moves.add(1)]


def _name(report: Report, at: datetime) -> str:
    """What tells a report from others of its lock: the same however often it comes."""
    return f"{report.counter}" if report.counter is not None else clock.wire(at)


# What an answer that does not count is, and how bad.
DOUBTS = {
    Verdict.FORGED: (EventType.UNAUTHORIZED_ACCESS, Severity.HIGH, "An answer to a command that was never sent so"),
    Verdict.LATE: (EventType.REPLAY_ATTACK, Severity.MEDIUM, "An answer to a command that had expired"),
    Verdict.REPEATED: (EventType.REPLAY_ATTACK, Severity.LOW, "A second answer to a command"),
}


def _doubted(thing: ThingRow, verdict: Verdict, command: str, at: datetime) -> None:
    log.warning("answer doubted", extra={"verdict": verdict, "command_id": command})
    type, severity, about = DOUBTS[verdict]
    told_by = () if verdict is Verdict.FORGED else (command, verdict)
    security_events.save(DeviceEvent, event(type, severity, about, at, *told_by, lock=_lock(thing)))


def _lock(thing: ThingRow) -> DeviceRow:
    return DeviceRow.get(*DeviceRow.key(thing.device), consistent_read=True)
