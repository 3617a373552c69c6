"""The locks table: the locks, and with whom they are shared.

What IoT Core knows of them is in `fleet_store`, commands in `command_store`, reports in `report_store`, the log and its
counts in `history_store`, letters to owners in `notice_store`, codes that open them in `access`.

pk               sk                  what
DEVICE#<uuid>    DEVICE              a lock as its owner set it; in index `by_age`; stays, marked, when it is deleted
DEVICE#<uuid>    SHARE#<account>     with whom it is shared
DEVICE#<uuid>    COMMAND#<id>        a command; while it is open in index `open`
DEVICE#<uuid>    KEY#<key>           which command an Idempotency-Key made
DEVICE#<uuid>    LOG#<time>#<id>     what happened
DEVICE#<uuid>    DAY#<day>           how often it was opened on that day, and how often that failed
DEVICE#<uuid>    HISTORY             how long its log is
DEVICE#<uuid>    HEARD#<counter>     that a report was heard of which the log tells
DEVICE#<uuid>    PIN#<hash>#<id>     a PIN, by what a key of KMS makes of it; that of a guest is in index `by_end`
DEVICE#<uuid>    NFC#<uid>#<id>      a card, likewise
DEVICE#<uuid>    QR#<id>#<id>        a QR code
DEVICE#<uuid>    TRY#<time>#<id>     that somebody showed a code at the door
DEVICE#<uuid>    GUESSES#<whose>     wrong codes of late, and tries under way
THING#<name>     THING               what the lock of this hardware id last reported, and which lock it is; what makes
                                     the name unique; in index `by_silence` until its silence is noted, in
                                     `by_charge` while low
ACCOUNT#<uuid>   DEVICE#<uuid>       that a lock is his, or shared with him
SHARE#<id>       SHARE               where a share is
CODE#<id>        CODE                where a PIN, a card or a QR code is
CARD#<uid>       CARD                which lock a card opens; what makes its number unique
NOTICE#<id>      NOTICE              a letter to an owner, on its way
SECURITY-EVENT#… SECURITY-EVENT      a security event, on its way to the security domain
AUDIT#<id>       AUDIT               what staff did to a lock, on its way to the audit log
SIGNED#<hash>    SIGNED              that a signed report was heard
COUNTS#device    #<shard>            how many locks there are
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from kalit.kit import clock
from kalit.kit.audit import AuditRow
from kalit.kit.caller import Caller
from kalit.kit.counts import Counts
from kalit.kit.resources import Grant, Table
from kalit.kit.security_events import SecurityEventRow
from kalit.kit.tables import Commit, Followed, Row, TableName, find_both
from kalit.kit.zones import TASHKENT

from .devices import DeviceNotFound, DeviceType, NotYourDevice, offline_since
from .reports import Known
from .rights import Right, Role, gives

REACH: tuple[Grant, ...] = (Table.LOCKS.get,)
REACH_WITH: tuple[Grant, ...] = (*REACH, Table.LOCKS.batch_get)
Other = TypeVar("Other", bound=Row)

# Accounts by their ids, as whoever knows accounts shows them; ids of nobody are left out.
Who = Callable[[Iterable[str]], Mapping[str, Any]]

FIRST_PAUSE, LAST_PAUSE = 0.01, 0.3  # seconds between tries of a write, at most
LONGEST = 4.0  # seconds after which no further try is made
SHARDS = 8  # of indexes that all locks are in: one key would cap all writes at a single partition's rate


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


class ByAge(GlobalSecondaryIndex["DeviceRow"]):
    class Meta:
        index_name = "by_age"
        projection = KeysOnlyProjection()

    listing = UnicodeAttribute(hash_key=True)
    born = UnicodeAttribute(range_key=True)


class BySilence(GlobalSecondaryIndex["ThingRow"]):
    class Meta:
        index_name = "by_silence"
        projection = KeysOnlyProjection()

    watched = UnicodeAttribute(hash_key=True)
    last_seen = UnicodeAttribute(range_key=True)


class ByCharge(GlobalSecondaryIndex["ThingRow"]):
    class Meta:
        index_name = "by_charge"
        projection = KeysOnlyProjection()

    low = UnicodeAttribute(hash_key=True)
    pk = UnicodeAttribute(range_key=True)


class DeviceRow(Followed):
    """`listing` is there while the lock is; `deleted_at` from when it is not."""

    class Meta:
        table_name = TableName(Table.LOCKS)

    owner = UnicodeAttribute()
    device_id = UnicodeAttribute()
    name = UnicodeAttribute()
    device_type = UnicodeAttribute()
    location = UnicodeAttribute(default="")
    latitude = UnicodeAttribute(null=True)
    longitude = UnicodeAttribute(null=True)
    status = UnicodeAttribute()
    timezone = UnicodeAttribute(default=TASHKENT)
    certificate = UnicodeAttribute()  # its ARN
    replaced = UnicodeSetAttribute(null=True)  # those of certificates that it had before, and may still have
    sequence = NumberAttribute(default=0)  # of the last command
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    deleted_at = UnicodeAttribute(null=True)
    listing = UnicodeAttribute(null=True)
    born = UnicodeAttribute()
    by_age = ByAge()

    LISTING = "DEVICES"

    @staticmethod
    def key(uuid: UUID | str) -> tuple[str, str]:
        return f"DEVICE#{uuid}", "DEVICE"

    @property
    def uuid(self) -> UUID:
        return UUID(self.pk.removeprefix("DEVICE#"))

    @property
    def has_keypad(self) -> bool:
        return DeviceType(self.device_type).has_keypad


class ThingRow(Row):
    """`moves` rises with every change.

    `admitted` are those let in of whom the log tells already, and the lock not yet: how, when, and an id. `networks`
    are those, hashed, from which the lock has asked about right codes, and when it last did (JSON).
    """

    class Meta:
        table_name = TableName(Table.LOCKS)

    device = UnicodeAttribute()
    online = BooleanAttribute(default=False)
    is_locked = BooleanAttribute(default=True)
    battery_level = NumberAttribute(default=100)
    battery_low_threshold = NumberAttribute()
    firmware_version = UnicodeAttribute(null=True)
    counter = NumberAttribute(null=True)
    heard_at = UnicodeAttribute(null=True)
    bolt_counter = NumberAttribute(null=True)
    bolt_at = UnicodeAttribute(null=True)
    last_seen = UnicodeAttribute(null=True)
    last_unlock = UnicodeAttribute(null=True)
    last_lock = UnicodeAttribute(null=True)
    admitted = UnicodeSetAttribute(null=True)
    networks = UnicodeAttribute(default="{}")
    moves = NumberAttribute(default=0)
    watched = UnicodeAttribute(null=True)
    low = UnicodeAttribute(null=True)
    by_silence = BySilence()
    by_charge = ByCharge()

    @staticmethod
    def key(device_id: str) -> tuple[str, str]:
        return f"THING#{device_id}", "THING"

    @property
    def device_id(self) -> str:
        return self.pk.removeprefix("THING#")

    @property
    def known(self) -> Known:
        return Known.model_validate(self)

    def is_online(self, at: datetime) -> bool:
        """Whether it was heard of lately: one that fell silent is offline, whether somebody has noted that or not."""
        seen = moment(self.last_seen)
        return bool(self.online) and seen is not None and seen > offline_since(at)


class ShareRow(Row):
    class Meta:
        table_name = TableName(Table.LOCKS)

    id = UnicodeAttribute()
    role = UnicodeAttribute()
    shared_by = UnicodeAttribute()
    expires_at = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute()

    @staticmethod
    def key(device: UUID, account: UUID) -> tuple[str, str]:
        return DeviceRow.key(device)[0], f"SHARE#{account}"

    @property
    def account(self) -> str:
        return self.sk.removeprefix("SHARE#")

    @property
    def expires(self) -> datetime | None:
        return moment(self.expires_at)


class SharePlaceRow(Row):
    """Where the share of an id is."""

    class Meta:
        table_name = TableName(Table.LOCKS)

    device = UnicodeAttribute()
    account = UnicodeAttribute()

    @staticmethod
    def key(id: UUID | str) -> tuple[str, str]:
        return f"SHARE#{id}", "SHARE"


class MineRow(Row):
    """That a lock is somebody's, or shared with him."""

    class Meta:
        table_name = TableName(Table.LOCKS)

    @staticmethod
    def key(account: UUID | str, device: UUID | str) -> tuple[str, str]:
        return f"ACCOUNT#{account}", f"DEVICE#{device}"


class DeviceCounts(Counts):
    class Meta:
        table_name = TableName(Table.LOCKS)

    devices = NumberAttribute(default=0)

    KEY = "COUNTS#device"


class DeviceEvent(SecurityEventRow):
    class Meta:
        table_name = TableName(Table.LOCKS)


class DeviceAudit(AuditRow):
    class Meta:
        table_name = TableName(Table.LOCKS)


class Changed(Exception):
    """A row is not what was read any more."""


@dataclass(frozen=True)
class Lock:
    """A lock that somebody has reached: by a share or a code, or as its owner."""

    row: DeviceRow
    share: ShareRow | None = None

    @property
    def uuid(self) -> UUID:
        return self.row.uuid

    def may(self, right: Right, at: datetime) -> bool:
        """Whether whoever reached it may do this as well."""
        return self.share is None or gives(Role(self.share.role), self.share.expires, right, at)

    def still_reached(self, commit: Commit, at: datetime) -> None:
        """Let a transaction hang on the share, by which it was reached. Raises `NotYourDevice`. One check."""
        if self.share:
            still_shared(commit, self.share, at, unmet=NotYourDevice())


def reached(uuid: UUID, caller: Caller, right: Right, at: datetime) -> Lock:
    """The lock, if the caller may do this with it. Raises `DeviceNotFound`, `NotYourDevice`. One or two reads."""
    return reached_from(device(uuid), caller, right, at)


def reached_with(
    uuid: UUID, other: tuple[type[Other], tuple[str, str]], caller: Caller, right: Right, at: datetime
) -> tuple[Lock, Other | None]:
    """`reached`, and another row of the same table, read with the lock. Raises as that."""
    row, found = find_both((DeviceRow, DeviceRow.key(uuid)), other)
    if row is None or row.deleted_at:
        raise DeviceNotFound
    return reached_from(row, caller, right, at), found


def reached_from(row: DeviceRow, caller: Caller, right: Right, at: datetime) -> Lock:
    """A lock that was read, if the caller may do this with it. Raises `NotYourDevice`. Perhaps a read."""
    if row.owner == str(caller.uuid):
        return Lock(row)
    share = ShareRow.find(*ShareRow.key(row.uuid, caller.uuid))
    if share is None or not gives(Role(share.role), share.expires, right, at):
        raise NotYourDevice
    return Lock(row, share)


def reachable(caller: Caller, right: Right, at: datetime) -> list[Lock]:
    """The caller's own locks and others that he may do this with. A Query, one or two BatchGetItems a hundred."""
    mine = [row.sk.removeprefix("DEVICE#") for row in MineRow.query(f"ACCOUNT#{caller.uuid}", consistent_read=True)]
    rows = [row for row in devices(mine) if not row.deleted_at]
    others = [row.uuid for row in rows if row.owner != str(caller.uuid)]
    shares = {
        share.pk: share
        for share in ShareRow.batch_get([ShareRow.key(id, caller.uuid) for id in others], consistent_read=True)
    }
    return [
        Lock(row, shares.get(row.pk))
        for row in rows
        if row.owner == str(caller.uuid) or ((s := shares.get(row.pk)) and gives(Role(s.role), s.expires, right, at))
    ]


def reached_all(caller: Caller, right: Right, at: datetime, only: UUID | None = None) -> list[Lock]:
    """`reachable`, or `only` that lock. Raises `DeviceNotFound`, `NotYourDevice`."""
    return [reached(only, caller, right, at)] if only else reachable(caller, right, at)


def still_shared(commit: Commit, share: ShareRow, at: datetime, unmet: Exception) -> None:
    """Let a transaction hang on a share that was read. One check."""
    same = (ShareRow.id == share.id) & (ShareRow.role == share.role)
    running = ShareRow.expires_at.does_not_exist() | (ShareRow.expires_at > clock.wire(at))
    commit.check(share, same & running, unmet=unmet)


def devices(uuids: Iterable[str]) -> list[DeviceRow]:
    """Locks by their ids, deleted ones too. A BatchGetItem a hundred."""
    return list(DeviceRow.batch_get([DeviceRow.key(uuid) for uuid in uuids], consistent_read=True))


def device(uuid: UUID) -> DeviceRow:
    """The lock. Raises `DeviceNotFound`. One read."""
    row = DeviceRow.find(*DeviceRow.key(uuid))
    if row is None or row.deleted_at:
        raise DeviceNotFound
    return row


def thing(row: DeviceRow) -> ThingRow:
    """What a lock has reported. Raises `DeviceNotFound` for one that is just being deleted. One read."""
    return thing_of(row, ThingRow.find(*ThingRow.key(row.device_id)))


def thing_of(row: DeviceRow, found: ThingRow | None) -> ThingRow:
    """What was read of a lock, if it is this one's. Raises `DeviceNotFound`."""
    if found is None or found.device != str(row.uuid):
        raise DeviceNotFound
    return found


def tries() -> Iterator[None]:
    """Tries of a write, for some seconds and at random distances, while others write to the same lock."""
    started, pause = time.monotonic(), FIRST_PAUSE
    yield
    while time.monotonic() - started < LONGEST:
        time.sleep(random.uniform(0, pause))  # noqa: S311 - jitter
        pause = min(2 * pause, LAST_PAUSE)
        yield


def shard(device_id: str) -> str:
    """The part of an index that a lock is in: always the same."""
    return str(sum(device_id.encode()) % SHARDS)
