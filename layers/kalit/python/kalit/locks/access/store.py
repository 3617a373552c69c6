"""Codes in the locks table, below the lock that they open; how one is found, and whether it stands.

A PIN is kept as what a key of KMS makes of it and its lock. Whoever reads the table can look for no PIN in it, and the
door finds one by a single Query. A code stands for as long as the shares are in force by which its maker made it, and
which its user had then; a later share of theirs is another.
"""

import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from kalit.kit import aws
from kalit.kit.caller import Caller
from kalit.kit.resources import Grant, Mac, Table
from kalit.kit.tables import Row, TableName, find_both

from .. import store as locks
from ..devices import DeviceNotFound, NotYourDevice
from ..rights import Right, Role, gives
from ..store import DeviceRow, Lock, ShareRow, moment
from . import qr
from .codes import CodeNotFound
from .kinds import KINDS, PIN, QR, Kind, uid
from .validity import Day, Hours, Window

READ: tuple[Grant, ...] = (Table.LOCKS.get, Table.LOCKS.batch_get)
MATCH_CARD: tuple[Grant, ...] = (Table.LOCKS.get, Table.LOCKS.query)
MATCH: tuple[Grant, ...] = (*MATCH_CARD, Mac.CODES.generate)

Shares = Mapping[str, ShareRow | None]  # of a lock, by account


class ByEnd(GlobalSecondaryIndex["CodeRow"]):
    class Meta:
        index_name = "by_end"
        projection = KeysOnlyProjection()

    guests = UnicodeAttribute(hash_key=True)
    valid_until = UnicodeAttribute(range_key=True)


class CodeRow(Row):
    """`made_by`: who made it. `guests`: while it is a guest's
    and opens. `version` rises with every change but its use.
    """

    class Meta:
        table_name = TableName(Table.LOCKS)

    id = UnicodeAttribute()
    kind = UnicodeAttribute()
    name = UnicodeAttribute()
    user = UnicodeAttribute(null=True)
    made_by = UnicodeAttribute()
    shares = UnicodeAttribute(default="{}")  # JSON: account -> id of its share that the code hangs on
    valid_from = UnicodeAttribute()
    valid_until = UnicodeAttribute(null=True)
    max_usage = NumberAttribute(null=True)
    usage_count = NumberAttribute(default=0)
    allowed_days = UnicodeSetAttribute(null=True)
    allowed_hours = UnicodeAttribute(null=True)  # JSON
    is_active = BooleanAttribute(default=True)
    uid = UnicodeAttribute(null=True)
    guest_name = UnicodeAttribute(null=True)
    guest_email = UnicodeAttribute(default="")
    guest_phone = UnicodeAttribute(default="")
    guests = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute()
    version = NumberAttribute(default=0)
    last_entry = UnicodeAttribute(null=True)  # the try that it opened for last
    last_command = UnicodeAttribute(null=True)  # by which it opened
    by_end = ByEnd()

    @property
    def device(self) -> UUID:
        return UUID(self.pk.removeprefix("DEVICE#"))

    @property
    def what(self) -> Kind:
        return KINDS[self.kind]

    @property
    def days(self) -> list[Day]:
        return [day for day in Day if day in (self.allowed_days or ())]

    @property
    def hours(self) -> Hours | None:
        return Hours.model_validate_json(self.allowed_hours) if self.allowed_hours else None

    @property
    def limit(self) -> int | None:
        return None if self.max_usage is None else int(self.max_usage)

    @property
    def window(self) -> Window:
        begin, used = datetime.fromisoformat(self.valid_from), int(self.usage_count)
        return Window(begin, moment(self.valid_until), used, self.limit, self.days, self.hours)

    @property
    def unchanged(self) -> Condition:
        """That it is there as it was read, but for its use."""
        same: Condition = (CodeRow.id == self.id) & (CodeRow.version == self.version)
        return same

    @property
    def hangs_on(self) -> dict[str, str]:
        """Account -> id of its share that must be in force."""
        shares: dict[str, str] = json.loads(self.shares)
        return shares

    def stands(self, shares: Shares, at: datetime) -> bool:
        """Whether the shares that it hangs on give what they must: its maker's the right to make it."""
        for account, id in self.hangs_on.items():
            share = shares.get(account)
            right = Right.MANAGE_ACCESS if account == self.made_by else Right.SEE
            if share is None or share.id != id or not gives(Role(share.role), share.expires, right, at):
                return False
        return True


class PlaceRow(Row):
    """Where the code of an id is."""

    class Meta:
        table_name = TableName(Table.LOCKS)

    device = UnicodeAttribute()
    place = UnicodeAttribute()

    @staticmethod
    def key(id: UUID | str) -> tuple[str, str]:
        return f"CODE#{id}", "CODE"


class CardRow(Row):
    """Which lock a card opens."""

    class Meta:
        table_name = TableName(Table.LOCKS)

    device = UnicodeAttribute()
    id = UnicodeAttribute()

    @staticmethod
    def key(text: str) -> tuple[str, str]:
        return f"CARD#{uid(text)}", "CARD"


@dataclass(frozen=True)
class Held:
    """A code, and its lock as it was reached by somebody who may manage it."""

    lock: Lock
    row: CodeRow


def found(id: UUID, kinds: Iterable[Kind], caller: Caller, at: datetime, *, guest: bool = False) -> Held:
    """A code and its lock, for those who may manage it. Two or three reads.

    Raises `CodeNotFound`, also for those who do not even see the lock, and `NotYourDevice` for those who do.
    """
    row, device = with_lock(id)
    if row.what not in kinds or (guest and not row.guest_name):
        raise CodeNotFound
    try:
        lock = locks.reached_from(device, caller, Right.SEE, at)
    except (DeviceNotFound, NotYourDevice):
        raise CodeNotFound from None
    if not lock.may(Right.MANAGE_ACCESS, at):
        raise NotYourDevice
    return Held(lock, row)


def of_id(id: UUID) -> CodeRow:
    """A code. Raises `CodeNotFound`. Two reads."""
    place = PlaceRow.find(*PlaceRow.key(id))
    row = CodeRow.find(DeviceRow.key(place.device)[0], place.place) if place else None
    if row is None or row.id != str(id):
        raise CodeNotFound
    return row


def with_lock(id: UUID) -> tuple[CodeRow, DeviceRow]:
    """A code, and the lock that it opens. Raises `CodeNotFound`, also where that is deleted. Two reads."""
    place = PlaceRow.find(*PlaceRow.key(id))
    if place is None:
        raise CodeNotFound
    key = DeviceRow.key(place.device)
    row, device = find_both((CodeRow, (key[0], place.place)), (DeviceRow, key))
    if row is None or row.id != str(id) or device is None or device.deleted_at:
        raise CodeNotFound
    return row, device


def mark(device: UUID, kind: Kind, value: str) -> str | None:
    """By what a code is found that is shown to a lock; None of what cannot be one. A kms:GenerateMac but for a card."""
    code = kind.read(value)
    if code is None:
        return None
    if kind is QR:
        return _sealed_id(code, device)
    return mac("pin", device, code) if kind is PIN else code


def marked(device: UUID, kind: Kind, mark: str | None) -> list[CodeRow]:
    """The active codes of a lock that have this mark. One Query."""
    rows = below(device, f"{kind.name.upper()}#{mark}#") if mark else []
    return [row for row in rows if row.is_active]


def standing(row: CodeRow, lock: DeviceRow, at: datetime) -> list[ShareRow] | None:
    """The shares that a code hangs on; None where one is over, so that it opens nothing. A read each."""
    shares = {account: ShareRow.find(*ShareRow.key(lock.uuid, UUID(account))) for account in row.hangs_on}
    return [share for share in shares.values() if share] if row.stands(shares, at) else None


def below(device: UUID, prefix: str) -> list[CodeRow]:
    """The codes of a lock that begin so. One Query."""
    return list(CodeRow.query(DeviceRow.key(device)[0], CodeRow.sk.startswith(prefix), consistent_read=True))


def _sealed_id(code: str, device: UUID) -> str | None:
    """The id of a QR code of a lock; None where its seal is not ours. A kms:GenerateMac."""
    told = qr.read(code)
    if told is None:
        return None
    id, shown = told
    return str(id) if hmac.compare_digest(shown.encode(), seal(id, device).encode()) else None


def seal(id: UUID, device: UUID) -> str:
    """What a QR code proves itself with. One kms:GenerateMac."""
    return mac("qr", device, str(id)).upper()


def mac(what: str, device: UUID, value: str) -> str:
    """What a key that never leaves KMS makes of a code and its lock. One kms:GenerateMac."""
    told = f"{what} {device} {value}".encode()
    answer = aws.client("kms").generate_mac(KeyId=Mac.CODES.id, Message=told, MacAlgorithm="HMAC_SHA_256")
    made: bytes = answer["Mac"]
    return made.hex()
