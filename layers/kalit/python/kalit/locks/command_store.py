"""Commands to locks: kept, signed, published, answered, in the locks table and over IoT Core.

A command is kept with the sequence that it takes, in the transaction that holds its sender's right, and published at
once by the same process. Where the broker does not take it, the table's stream tries again, while there is time; where
the process dies in between, it expires: a lock is opened now or never.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import UUID

from pynamodb.attributes import NumberAttribute, NumberSetAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from kalit.kit import aws, clock, limits, metrics, steps
from kalit.kit.caller import Caller
from kalit.kit.errors import Unavailable
from kalit.kit.ids import ordered
from kalit.kit.log import log
from kalit.kit.resources import Broker, Grant, Machine, Table
from kalit.kit.tables import Commit, Followed, Row, TableName, condition_failed, find_both

from . import commands, fleet_store, history_store, store
from .commands import KINDS, OPEN, Command, CommandNotFound, DeviceOffline, Kind, Next, Order, State
from .devices import DeviceNotFound
from .history import Entry
from .rights import Right
from .store import Changed, DeviceRow, Lock, ThingRow

PUBLISH: tuple[Grant, ...] = (Table.LOCKS.update, *fleet_store.DERIVE, Broker.LOCKS.publish)
SEND: tuple[Grant, ...] = (*store.REACH_WITH, Table.LOCKS.put, *PUBLISH)
SEND_AS_SHARED: tuple[Grant, ...] = (*SEND, Table.LOCKS.check)
LIST: tuple[Grant, ...] = (Table.LOCKS.get, Table.LOCKS.query)
FOLLOW: tuple[Grant, ...] = (Table.LOCKS.get, *PUBLISH, Machine.COMMAND.start)
AGAIN: tuple[Grant, ...] = (Table.LOCKS.get, Table.LOCKS.put, *PUBLISH)
EXPIRE: tuple[Grant, ...] = (
    Table.LOCKS.get,
    Table.LOCKS.put,
    Table.LOCKS.update,
    Table.LOCKS.query_index("open"),
)

OUTBOX = "command"
KEPT = timedelta(days=90)
PATIENCE = timedelta(minutes=3)  # longer than Lambda takes to try twice more to work on an answer
NO_ANSWER = "no answer in time"
KEY_KEPT = timedelta(hours=25)  # longer than the answers of `kit.once`


class Open(GlobalSecondaryIndex["CommandRow"]):
    class Meta:
        index_name = "open"
        projection = KeysOnlyProjection()

    open = UnicodeAttribute(hash_key=True)
    ends_at = UnicodeAttribute(range_key=True)


class CommandRow(Followed):
    """`sequences`: all that it was sent with. `ends_at`: when no answer counts any more."""

    class Meta:
        table_name = TableName(Table.LOCKS)

    kind = UnicodeAttribute()
    device_id = UnicodeAttribute()
    user = UnicodeAttribute()
    address = UnicodeAttribute()  # where it was asked for
    state = UnicodeAttribute()
    duration = NumberAttribute(null=True)
    sequence = NumberAttribute()
    sequences = NumberSetAttribute()
    error = UnicodeAttribute(default="")
    created_at = UnicodeAttribute()
    published_at = UnicodeAttribute(null=True)
    answered_at = UnicodeAttribute(null=True)
    expires_at = UnicodeAttribute()
    ends_at = UnicodeAttribute()
    open = UnicodeAttribute(null=True)
    ttl = NumberAttribute()
    open_index = Open()

    @staticmethod
    def key(device: UUID, id: UUID) -> tuple[str, str]:
        return DeviceRow.key(device)[0], f"COMMAND#{id}"

    @property
    def id(self) -> UUID:
        return UUID(self.sk.removeprefix("COMMAND#"))

    @property
    def device(self) -> UUID:
        return UUID(self.pk.removeprefix("DEVICE#"))

    @property
    def what(self) -> Kind:
        return KINDS[self.kind]

    def ended(self, error: str | None) -> Entry:
        """What the log says of its end."""
        duration = None if self.duration is None else int(self.duration)
        return commands.ended(self.what, UUID(self.user), self.address, duration, error)

    @property
    def ends(self) -> datetime:
        return datetime.fromisoformat(self.ends_at)


class KeyRow(Row):
    """Which command an Idempotency-Key made."""

    class Meta:
        table_name = TableName(Table.LOCKS)

    command = UnicodeAttribute()
    ttl = NumberAttribute()


class AlreadySent(Exception):
    """This Idempotency-Key made a command before."""


class NotOpen(Exception):
    """The command is over, or was sent anew."""


def send(
    lock: Lock, kind: Kind, caller: Caller, at: datetime, key: UUID | None = None, duration: int | None = None
) -> CommandRow:
    """Command a lock. Raises `DeviceOffline`, `Throttled`, `DeviceNotFound`, `NotYourDevice`.

    A read, a transaction, a kms:GenerateMac, a Publish, an UpdateItem; a count before for what is limited.
    """
    mark_key, thing_key = (lock.row.pk, f"KEY#{key}"), ThingRow.key(lock.row.device_id)
    mark, thing = find_both((KeyRow, mark_key), (ThingRow, thing_key)) if key else (None, ThingRow.find(*thing_key))
    if made := _made(lock, mark):
        return made
    if not store.thing_of(lock.row, thing).is_online(at):
        raise DeviceOffline
    if kind.limited:
        limits.spend(commands.limit(), f"{caller.uuid} {lock.uuid}", at)
    try:
        row = _kept(lock, kind, caller, at, key, duration)
    except AlreadySent:
        return cast("CommandRow", _made(lock, KeyRow.find(*mark_key)))
    publish(row, at)
    return row


def join(
    commit: Commit, lock: Lock, kind: Kind, caller: Caller, at: datetime, duration: int | None = None
) -> CommandRow:
    """Put a new command into a transaction, to be published after it. Raises `Changed`. A put and an update."""
    sequence = int(lock.row.sequence) + 1
    row = _row(lock, kind, ordered(at), sequence, caller, at, duration)
    commit.put(row)
    _take(commit, lock.row, sequence)
    return row


def again_in_time(device: UUID, id: UUID, at: datetime) -> None:
    """Publish a command that was kept and that nobody has published, if it is not over. A read and three calls."""
    row = CommandRow.find(*CommandRow.key(device, id))
    if row and row.state == State.ACCEPTED and at < _again_at(row):
        publish(row, at)


def listed(lock: Lock, at: datetime) -> list[Command]:
    """The newest commands. One Query."""
    found = CommandRow.query(
        lock.row.pk,
        CommandRow.sk.startswith("COMMAND#"),
        consistent_read=True,
        scan_index_forward=False,
        limit=commands.MOST_LISTED,
    )
    return [_command(row, at) for row in found]


def shown(device: UUID, id: UUID, caller: Caller, at: datetime) -> Command:
    """One command. Raises `CommandNotFound`, `DeviceNotFound`, `NotYourDevice`. One read or two."""
    _, row = store.reached_with(device, (CommandRow, CommandRow.key(device, id)), caller, Right.VIEW_LOGS, at)
    if row is None:
        raise CommandNotFound
    return _command(row, at)


def publish(row: CommandRow, at: datetime) -> None:
    """Hand an accepted command to the broker. A kms:GenerateMac, a Publish, an UpdateItem.

    It is accepted already, so this fails for nobody; the stream tries again.
    """
    try:
        _publish(row, at)
    except Exception:
        log.exception("not published yet", extra={"command_id": str(row.id)})
        with suppress(Exception):  # it expires then
            row.update([CommandRow.outbox.set(OUTBOX), CommandRow.asked_at.set(clock.wire(at))], _unpublished(row))


def follow(row: CommandRow, at: datetime) -> None:
    """Look after a command that is sent several times, or that the broker did not take.

    To start an execution, a StartExecution and a transaction; to publish, a read and three calls.
    """
    if row.what.tries > 1:
        steps.start(
            Machine.COMMAND, str(row.id), Order(device=row.device, command=row.id, next=Next(at=_again_at(row)))
        )
    elif (now := CommandRow.find(row.pk, row.sk)) and now.state == State.ACCEPTED and at < _again_at(now):
        _publish(now, at)


def again(order: Order, at: datetime) -> Next:
    """Send a command anew that was not answered, or note that it never was. Two reads, a transaction, three calls."""
    for _ in store.tries():
        row = CommandRow.find(*CommandRow.key(order.device, order.command))
        if row is None or row.state not in OPEN:
            return Next(at=at, done=True)
        if at < _again_at(row):
            if row.state == State.ACCEPTED:  # whoever was to publish it died, or the broker did not take it
                publish(row, at)
            return Next(at=_again_at(row))
        try:
            if len(row.sequences) >= row.what.tries:
                expire(row, at)
                return Next(at=at, done=True)
            row = _anew(row, at)
        except (Changed, NotOpen):
            continue
        except DeviceNotFound:
            expire(row, at)
            return Next(at=at, done=True)
        publish(row, at)
        return Next(at=_again_at(row))
    raise Unavailable


def overdue(at: datetime) -> Iterator[CommandRow]:
    """Commands that nobody answered in time, and nobody has ended. A Query a shard, a read each.

    Whoever asks hears at once that they have expired; it is noted later, since an answer may still be on its way.
    """
    for shard in range(store.SHARDS):
        for key in CommandRow.open_index.query(str(shard), Open.ends_at < clock.wire(at - PATIENCE)):
            row = CommandRow.find(key.pk, key.sk)
            if row and row.state in OPEN:
                yield row


def expire(row: CommandRow, at: datetime) -> None:
    """End a command that nobody answered. One transaction; nothing when somebody has meanwhile."""
    with suppress(NotOpen):
        with Commit() as commit:
            over(commit, row, State.EXPIRED, NO_ANSWER, at)
            history_store.write(commit, row.device, [row.ended(NO_ANSWER)], at, str(row.id), State.EXPIRED)
        metrics.count("commands_expired")


def over(commit: Commit, row: CommandRow, state: State, error: str, at: datetime) -> None:
    """Put a command's end into a transaction. One update. Raises `NotOpen`."""
    changes: list[Action] = [
        CommandRow.state.set(state),
        CommandRow.error.set(error),
        CommandRow.open.remove(),
        CommandRow.outbox.remove(),
    ]
    if state is State.EXPIRED:
        not_over = CommandRow.state.is_in(*OPEN)
    else:  # which came in time, and may have been noted as missing while it was on its way through us
        changes.append(CommandRow.answered_at.set(clock.wire(at)))
        not_over = CommandRow.state.is_in(*OPEN, State.EXPIRED)
    commit.update(row, changes, not_over & (CommandRow.sequence == row.sequence), unmet=NotOpen())


def answered(device: UUID, id: UUID | None, kind: str) -> CommandRow | None:
    """The command that an answer is about: of that id, or from older firmware the newest of its kind, open ones first.

    A read, or a Query of ten.
    """
    if id:
        return CommandRow.find(*CommandRow.key(device, id))
    rows = CommandRow.query(
        DeviceRow.key(device)[0],
        CommandRow.sk.startswith("COMMAND#"),
        consistent_read=True,
        scan_index_forward=False,
        limit=10,
    )
    of_kind = [row for row in rows if row.kind == kind]
    return max(of_kind, key=lambda row: (row.state in OPEN, row.sequence), default=None)


def _made(lock: Lock, mark: KeyRow | None) -> CommandRow | None:
    return CommandRow.find(lock.row.pk, f"COMMAND#{mark.command}") if mark else None


def _kept(lock: Lock, kind: Kind, caller: Caller, at: datetime, key: UUID | None, duration: int | None) -> CommandRow:
    id = ordered(at)
    for _ in store.tries():
        sequence = int(lock.row.sequence) + 1
        row = _row(lock, kind, id, sequence, caller, at, duration)
        try:
            with Commit() as commit:
                lock.still_reached(commit, at)
                if key:
                    mark = KeyRow(lock.row.pk, f"KEY#{key}", command=str(id), ttl=int((at + KEY_KEPT).timestamp()))
                    commit.put(mark, KeyRow.pk.does_not_exist(), unmet=AlreadySent())
                commit.put(row)
                if kind.logged_when_asked:
                    told = commands.asked(kind, caller.uuid, caller.address)
                    history_store.write(commit, lock.uuid, [told], at, str(id), "asked")
                _take(commit, lock.row, sequence)
        except Changed:
            lock = store.reached(lock.uuid, caller, kind.right, at)
            continue
        return row
    raise Unavailable


def _row(
    lock: Lock, kind: Kind, id: UUID, sequence: int, caller: Caller, at: datetime, duration: int | None
) -> CommandRow:
    expires = _expiry(kind, at)
    return CommandRow(
        *CommandRow.key(lock.uuid, id),
        kind=kind.name,
        device_id=lock.row.device_id,
        user=str(caller.uuid),
        address=caller.address,
        state=State.ACCEPTED,
        duration=duration,
        sequence=sequence,
        sequences={sequence},
        created_at=clock.wire(at),
        expires_at=clock.wire(expires),
        ends_at=clock.wire(expires + kind.lasts * (kind.tries - 1)),
        open=store.shard(lock.row.device_id),
        outbox=OUTBOX if kind.tries > 1 else None,
        ttl=int((at + KEPT).timestamp()),
    )


def _take(commit: Commit, device: DeviceRow, sequence: int) -> None:
    """Take the lock's next sequence in a transaction. One update. Raises `Changed`."""
    free = (DeviceRow.sequence == sequence - 1) & DeviceRow.deleted_at.does_not_exist()
    commit.update(device, [DeviceRow.sequence.set(sequence)], free, unmet=Changed())


def _anew(row: CommandRow, at: datetime) -> CommandRow:
    """The command with its lock's next sequence. Raises `Changed`, `NotOpen`, `DeviceNotFound`."""
    device = store.device(row.device)
    sequence = int(device.sequence) + 1
    expires = clock.wire(_expiry(row.what, at))
    changes: list[Action] = [
        CommandRow.sequence.set(sequence),
        CommandRow.sequences.add({sequence}),
        CommandRow.state.set(State.ACCEPTED),
        CommandRow.expires_at.set(expires),
    ]
    if expires > row.ends_at:
        changes.append(CommandRow.ends_at.set(expires))
    with Commit() as commit:
        _take(commit, device, sequence)
        as_read = CommandRow.state.is_in(*OPEN) & (CommandRow.sequence == row.sequence)
        commit.update(row, changes, as_read, unmet=NotOpen())
    return CommandRow.get(row.pk, row.sk, consistent_read=True)


def _publish(row: CommandRow, at: datetime) -> None:
    expires = datetime.fromisoformat(row.expires_at)
    text = commands.message(
        row.what,
        device_id=row.device_id,
        id=row.id,
        user=UUID(row.user),
        sequence=int(row.sequence),
        nonce=os.urandom(16).hex(),
        duration=int(row.duration) if row.duration is not None else None,
        issued_at=int((expires - row.what.lasts).timestamp()),
        expires_at=int(expires.timestamp()),
        secret=fleet_store.secret(row.device),
    )
    aws.client("iot-data").publish(
        topic=f"smartlock/{row.device_id}/commands",
        qos=1,
        retain=False,
        payload=text.encode(),
        # For locks that speak MQTT 5: the broker itself forgets it in time.
        messageExpiry=max(1, int((expires - at).total_seconds())),
    )
    changes: list[Action] = [CommandRow.state.set(State.PUBLISHED), CommandRow.published_at.set(clock.wire(at))]
    try:
        row.update(changes, _unpublished(row))
    except UpdateError as error:
        if not condition_failed(error):  # else the lock has answered already
            raise


def _unpublished(row: CommandRow) -> Condition:
    unpublished: Condition = (CommandRow.state == State.ACCEPTED) & (CommandRow.sequence == row.sequence)
    return unpublished


def _expiry(kind: Kind, at: datetime) -> datetime:
    """Whole seconds, as the lock reads them; never longer than it may last."""
    return at.astimezone(UTC).replace(microsecond=0) + kind.lasts


def _again_at(row: CommandRow) -> datetime:
    return datetime.fromisoformat(row.expires_at)


def _command(row: CommandRow, at: datetime) -> Command:
    return Command(
        id=row.id,
        command=row.kind,
        state=commands.shown(State(row.state), row.ends, at),
        duration=None if row.duration is None else int(row.duration),
        sequence=int(row.sequence),
        attempts=len(row.sequences),
        user=row.user,
        error=row.error,
        created_at=row.created_at,
        published_at=row.published_at,
        answered_at=row.answered_at,
        expires_at=row.expires_at,
    )
