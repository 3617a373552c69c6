"""Codes in the locks table, below the lock that they open: made, shown, changed, deleted, and looked up as shown.

A PIN is kept as what a key of KMS makes of it and its lock. Whoever reads the table can look for no PIN in it, and the
door finds one by a single Query. A code opens for as long as whoever made it may manage the lock's codes, and whoever
it is for shares the lock, if he did when it was made.
"""

import hmac
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from kalit.kit import aws, clock
from kalit.kit.caller import Caller
from kalit.kit.errors import Conflict
from kalit.kit.ids import derived, ordered
from kalit.kit.resources import Grant, Mac, Table
from kalit.kit.tables import Commit, Row, TableName
from kalit.kit.v1 import Paged

from .. import share_store, store
from ..devices import DeviceNotFound, NotYourDevice
from ..rights import Right, Role, gives, in_force
from ..store import Changed, DeviceRow, Lock, ShareRow, Who, moment
from . import codes, qr
from .codes import (
    Card,
    CardChange,
    CodeNotFound,
    Guest,
    New,
    NewCard,
    NewGuest,
    NewGuestShown,
    NewPin,
    Pin,
)
from .kinds import KINDS, NFC, PIN, QR, Kind, uid
from .qr import ListQr, NewQr, Qr, QrShown
from .validity import Day, Hours, Terms, Window

READ: tuple[Grant, ...] = (Table.LOCKS.get,)
LIST: tuple[Grant, ...] = (Table.LOCKS.get, Table.LOCKS.query)
CREATE: tuple[Grant, ...] = (
    Table.LOCKS.get,
    Table.LOCKS.put,
    Table.LOCKS.delete,
    Table.LOCKS.check,
    Mac.CODES.generate,
)
CHANGE: tuple[Grant, ...] = (*LIST, Table.LOCKS.update, Table.LOCKS.check)
DELETE: tuple[Grant, ...] = (Table.LOCKS.get, Table.LOCKS.delete, Table.LOCKS.check)
LIST_QR: tuple[Grant, ...] = (*LIST, Table.LOCKS.batch_get)
SHOW_QR: tuple[Grant, ...] = (*LIST, Mac.CODES.generate)
END: tuple[Grant, ...] = (Table.LOCKS.get, Table.LOCKS.update, Table.LOCKS.query_index("by_end"))
FORGET: tuple[Grant, ...] = (Table.LOCKS.query, Table.LOCKS.delete)
MATCH: tuple[Grant, ...] = (Table.LOCKS.get, Table.LOCKS.query, Mac.CODES.generate)


class ByEnd(GlobalSecondaryIndex["CodeRow"]):
    class Meta:
        index_name = "by_end"
        projection = KeysOnlyProjection()

    guests = UnicodeAttribute(hash_key=True)
    valid_until = UnicodeAttribute(range_key=True)


class CodeRow(Row):
    """`made_by`: who made it. `shared`: whether the lock was shared with its user then. `guests`: while it is a guest's
    and opens. `version` rises with every change but its use.
    """

    class Meta:
        table_name = TableName(Table.LOCKS)

    id = UnicodeAttribute()
    kind = UnicodeAttribute()
    name = UnicodeAttribute()
    user = UnicodeAttribute(null=True)
    made_by = UnicodeAttribute()
    shared = BooleanAttribute(default=False)
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

    def needs(self, owner: str) -> dict[str, Right]:
        """Whose shares of the lock it hangs on, and what they must give."""
        of_user = {self.user: Right.SEE} if self.shared and self.user else {}
        needed = of_user | {self.made_by: Right.MANAGE_ACCESS}
        return {account: right for account, right in needed.items() if account != owner}


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


class Made(Exception):
    """This Idempotency-Key made a code before."""


class Taken(Exception):
    """The card is another code's."""


# Making


def create_pin(lock: Lock, new: NewPin, caller: Caller, who: Who, at: datetime, key: UUID | None) -> Pin:
    """Make a PIN. Raises `Invalid`, `DeviceNotFound`, `NotYourDevice`. A kms:GenerateMac, a transaction, and `who`."""
    users = _users(new.user, who)
    return _pin(_made(lock, New(PIN, new.pin_code, new.name, new, new.user), caller, at, key), lock, users, at)


def create_card(lock: Lock, new: NewCard, caller: Caller, who: Who, at: datetime, key: UUID | None) -> Card:
    """Make a card. Raises `Invalid`, `DeviceNotFound`, `NotYourDevice`. A transaction, and `who`."""
    users = _users(new.user, who)
    return _card(_made(lock, New(NFC, new.uid, new.name, new, new.user), caller, at, key), lock, users, at)


def create_guest(lock: Lock, new: NewGuest, caller: Caller, at: datetime, key: UUID | None) -> NewGuestShown:
    """Make a guest's code. Raises `Invalid`, `DeviceNotFound`, `NotYourDevice`. A kms:GenerateMac and a transaction.

    The same key again gives the same guest another PIN where one is made for him: the first may be lost.
    """
    kind, value, generated = new.code()
    person = {"guest_name": new.guest_name, "guest_email": new.guest_email, "guest_phone": new.guest_phone}
    made = New(kind, value, new.guest_name, new, person=person)
    guest = _guest(_made(lock, made, caller, at, key, anew=generated), lock, at)
    return NewGuestShown(**guest.model_dump(), generated_pin=value if generated else None)


def create_qr(lock: Lock, new: NewQr, caller: Caller, at: datetime, key: UUID | None) -> QrShown:
    """Make a QR code. Raises `Invalid`, `DeviceNotFound`, `NotYourDevice`. A transaction and a kms:GenerateMac."""
    begin, end = new.window(at)
    terms = Terms(valid_from=begin, valid_until=end, max_usage=1 if new.is_single_use else None)
    return _with_picture(_qr(_made(lock, New(QR, "", new.name, terms), caller, at, key), lock, at))


# Showing


def pins(lock: Lock, who: Who, at: datetime) -> list[Pin]:
    """The PINs of a lock but those of guests, the newest first. A Query, perhaps another, and `who`."""
    rows = [row for row in _codes(lock, PIN) if not row.guest_name]
    users, shares = who(row.user for row in rows if row.user), _shares(lock, rows)
    return [_pin(row, lock, users, at, shares) for row in rows]


def cards(lock: Lock, who: Who, at: datetime) -> list[Card]:
    """The cards of a lock but those of guests, the newest first. A Query, perhaps another, and `who`."""
    rows = [row for row in _codes(lock, NFC) if not row.guest_name]
    users, shares = who(row.user for row in rows if row.user), _shares(lock, rows)
    return [_card(row, lock, users, at, shares) for row in rows]


def guests(lock: Lock, at: datetime) -> list[Guest]:
    """The codes of guests, the newest first. Two Queries, perhaps three."""
    rows = [row for row in _codes(lock, PIN, NFC) if row.guest_name]
    shares = _shares(lock, rows)
    return [_guest(row, lock, at, shares) for row in rows]


def qrs(query: ListQr, caller: Caller, at: datetime) -> Paged[Qr]:
    """A page of the QR codes of the locks whose codes the caller manages, the newest first.

    Raises `DeviceNotFound`, `NotYourDevice`, `InvalidPage`. `store.reached_all`, and a Query a lock, perhaps two.
    """
    found: list[Qr] = []
    for lock in store.reached_all(caller, Right.MANAGE_ACCESS, at, query.device):
        rows = _codes(lock, QR)
        shares = _shares(lock, rows)
        found += [_qr(row, lock, at, shares) for row in rows]
    found.sort(key=lambda code: (code.created_at, code.id), reverse=True)
    number = query.number(len(found), query.size)
    end = number * query.size
    return Paged(found[end - query.size : end], len(found), number, query.size)


def active(lock: Lock, at: datetime) -> dict[str, list[dict[str, Any]]]:
    """What opens a lock, or will, as the lock itself is shown. Two Queries."""
    told: dict[str, list[dict[str, Any]]] = {"active_pins": [], "active_nfcs": [], "active_guests": []}
    for row in _codes(lock, PIN, NFC):
        if not row.is_active or row.window.is_over(at):
            continue
        brief = {"id": row.id, "name": row.name, "valid_until": moment(row.valid_until)}
        if row.guest_name:
            told["active_guests"].append(brief | {"access_type": row.kind.upper()})
        elif row.uid:
            told["active_nfcs"].append(brief | {"uid": codes.masked_uid(row.uid)})
        else:
            told["active_pins"].append(brief)
    return told


def found(id: UUID, kinds: Iterable[Kind], caller: Caller, at: datetime, *, guest: bool = False) -> Held:
    """A code and its lock, for those who may manage it. Three or four reads.

    Raises `CodeNotFound`, also for those who do not even see the lock, and `NotYourDevice` for those who do.
    """
    row = of_id(id)
    if row.what not in kinds or (guest and not row.guest_name):
        raise CodeNotFound
    try:
        lock = store.reached(row.device, caller, Right.SEE, at)
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


def shown_pin(held: Held, who: Who, at: datetime) -> Pin:
    """`who`, and a read for each share that it hangs on."""
    return _pin(held.row, held.lock, who([held.row.user] if held.row.user else []), at)


def shown_card(held: Held, who: Who, at: datetime) -> Card:
    """`who`, and a read for each share that it hangs on."""
    return _card(held.row, held.lock, who([held.row.user] if held.row.user else []), at)


def shown_guest(held: Held, at: datetime) -> Guest:
    """A read for each share that it hangs on."""
    return _guest(held.row, held.lock, at)


def shown_qr(held: Held, at: datetime) -> QrShown:
    """A kms:GenerateMac, and a read for each share that it hangs on."""
    return _with_picture(_qr(held.row, held.lock, at))


# Changing and ending


def change_card(held: Held, change: CardChange, at: datetime) -> Held:
    """Change what is told of a card. Raises `CodeNotFound`, `Invalid`, `NotYourDevice`, `Conflict`.

    A transaction and two reads.
    """
    row, new = held.row, change.told
    change.check_order(datetime.fromisoformat(row.valid_from), moment(row.valid_until))
    for name in new.keys() & {"valid_from", "valid_until"}:
        new[name] = clock.wire(new[name]) if new[name] else None
    if new.get("allowed_hours"):
        new["allowed_hours"] = new["allowed_hours"].model_dump_json()
    if "allowed_days" in new:
        new["allowed_days"] = set(new["allowed_days"]) or None
    actions: list[Action] = [
        getattr(CodeRow, name).remove() if value is None else getattr(CodeRow, name).set(value)
        for name, value in new.items()
    ]
    if row.guest_name:  # one that was ended may open again, and is to be ended again
        actions.append(CodeRow.guests.set(store.shard(held.lock.row.device_id)))
    with Commit() as commit:
        held.lock.still_reached(commit, at)
        commit.update(row, [*actions, CodeRow.version.add(1)], row.unchanged, unmet=Conflict())
    return Held(held.lock, of_id(UUID(row.id)))


def delete(held: Held, at: datetime) -> None:
    """Delete a code: it opens nothing any more. Raises `CodeNotFound`, `NotYourDevice`. One transaction."""
    with Commit() as commit:
        held.lock.still_reached(commit, at)
        _delete(commit, held.row)


def ended(at: datetime) -> Iterator[CodeRow]:
    """Codes of guests whose time is over and that count as active. A Query a shard, a read each."""
    for shard in range(store.SHARDS):
        for key in CodeRow.by_end.query(str(shard), ByEnd.valid_until <= clock.wire(at)):
            row = CodeRow.find(key.pk, key.sk)
            if row and row.guests and row.window.is_over(at):
                yield row


def deactivate(row: CodeRow) -> None:
    """Let a code whose time is over be active no more. A transaction; nothing when it was changed meanwhile."""
    changes: list[Action] = [CodeRow.is_active.set(False), CodeRow.guests.remove(), CodeRow.version.add(1)]
    with suppress(Changed), Commit() as commit:
        commit.update(row, changes, row.unchanged, unmet=Changed())


def forget(device: UUID) -> None:
    """Delete all codes of a lock that is deleted. A Query a kind, a transaction a code."""
    for kind in KINDS.values():
        for row in _below(device, f"{kind.name.upper()}#"):
            with suppress(CodeNotFound), Commit() as commit:
                _delete(commit, row)


# At the door


def mark(device: UUID, kind: Kind, value: str) -> str | None:
    """By what a code is found that is shown to a lock; None of what cannot be one. A kms:GenerateMac but for a card."""
    code = kind.read(value)
    if code is None:
        return None
    if kind is QR:
        return _sealed_id(code, device)
    return _mac("pin", device, code) if kind is PIN else code


def marked(device: UUID, kind: Kind, mark: str | None) -> list[CodeRow]:
    """The active codes of a lock that have this mark. One Query."""
    rows = _below(device, f"{kind.name.upper()}#{mark}#") if mark else []
    return [row for row in rows if row.is_active]


def standing(row: CodeRow, lock: DeviceRow, at: datetime) -> list[ShareRow] | None:
    """The shares that a code hangs on; None where one is over, so that it opens nothing. A read each."""
    needed = row.needs(lock.owner)
    shares = {account: ShareRow.find(*ShareRow.key(lock.uuid, UUID(account))) for account in needed}
    return [share for share in shares.values() if share] if _stands(needed, shares, at) else None


def _made(lock: Lock, new: New, caller: Caller, at: datetime, key: UUID | None, *, anew: bool = False) -> CodeRow:
    """Write a new code; one that this key made before is given as it is, or `anew`."""
    row = _row(lock, new, caller, at, derived("code", str(key)) if key else ordered(at))
    for _ in store.tries():
        try:
            with Commit() as commit:
                _still_there(commit, lock, at)
                commit.put(_place(row), PlaceRow.pk.does_not_exist(), unmet=Made())
                commit.put(row)
                if row.uid:
                    _claim(commit, row)
            return row
        except Made:
            with suppress(CodeNotFound, Changed):
                return _replaced(row, lock, at) if anew else of_id(UUID(row.id))
        except Taken:
            if not _freed(row):
                raise codes.uid_taken(new.field) from None
    raise Conflict


def _row(lock: Lock, new: New, caller: Caller, at: datetime, id: UUID) -> CodeRow:
    terms, user = new.terms, str(new.user) if new.user else None
    found_by = id if new.kind is QR else mark(lock.uuid, new.kind, new.value)
    share = ShareRow.find(*ShareRow.key(lock.uuid, new.user)) if new.user else None
    return CodeRow(
        lock.row.pk,
        f"{new.kind.name.upper()}#{found_by}#{id}",
        id=str(id),
        kind=new.kind.name,
        name=new.name,
        user=user,
        made_by=str(caller.uuid),
        shared=share is not None and in_force(share.expires, at),
        valid_from=clock.wire(terms.valid_from or at),
        valid_until=clock.wire(terms.valid_until) if terms.valid_until else None,
        max_usage=terms.max_usage,
        allowed_days=set(terms.allowed_days) or None,
        allowed_hours=terms.allowed_hours.model_dump_json() if terms.allowed_hours else None,
        uid=new.value if new.kind is NFC else None,
        guests=store.shard(lock.row.device_id) if new.person else None,
        created_at=clock.wire(at),
        guest_name=new.person.get("guest_name"),
        guest_email=new.person.get("guest_email", ""),
        guest_phone=new.person.get("guest_phone", ""),
    )


def _place(row: CodeRow) -> PlaceRow:
    return PlaceRow(*PlaceRow.key(row.id), device=str(row.device), place=row.sk)


def _claim(commit: Commit, row: CodeRow) -> None:
    """Let a card be this code's alone. One put. Raises `Taken`."""
    card = CardRow(*CardRow.key(row.uid), device=str(row.device), id=row.id)
    commit.put(card, CardRow.pk.does_not_exist() | (CardRow.id == row.id), unmet=Taken())


def _freed(row: CodeRow) -> bool:
    """Whether a card is free now: that of a lock which was deleted is. Four reads and a transaction."""
    card = CardRow.find(*CardRow.key(row.uid))
    if card is None:
        return True
    with suppress(DeviceNotFound):
        store.device(UUID(card.device))
        return False
    with suppress(CodeNotFound), Commit() as commit:  # unless somebody else was faster
        _delete(commit, of_id(UUID(card.id)))
    return True


def _still_there(commit: Commit, lock: Lock, at: datetime) -> None:
    """Let a transaction hang on the lock, and on the share by which it was reached. One or two checks.

    Raises `DeviceNotFound`, `NotYourDevice`.
    """
    there = DeviceRow.pk.exists() & DeviceRow.deleted_at.does_not_exist()
    lock.still_reached(commit, at)
    commit.check(lock.row, there, unmet=DeviceNotFound())


def _replaced(row: CodeRow, lock: Lock, at: datetime) -> CodeRow:
    """Put a row into the place of the one that its key made before.

    Raises `CodeNotFound`, `Changed`, `DeviceNotFound`, `NotYourDevice`.
    """
    old = of_id(UUID(row.id))
    with Commit() as commit:
        _still_there(commit, lock, at)
        commit.delete(old, CodeRow.version == old.version, unmet=Changed())
        commit.put(row)
        commit.put(_place(row))
    return row


def _delete(commit: Commit, row: CodeRow) -> None:
    commit.delete(row, CodeRow.id == row.id, unmet=CodeNotFound())
    commit.delete(PlaceRow(*PlaceRow.key(row.id)))
    if row.uid:
        commit.delete(CardRow(*CardRow.key(row.uid)), CardRow.id == row.id, unmet=CodeNotFound())


def _below(device: UUID, prefix: str) -> list[CodeRow]:
    return list(CodeRow.query(DeviceRow.key(device)[0], CodeRow.sk.startswith(prefix), consistent_read=True))


def _codes(lock: Lock, *kinds: Kind) -> list[CodeRow]:
    """The codes of a lock, the newest first. A Query a kind."""
    rows = [row for kind in kinds for row in _below(lock.uuid, f"{kind.name.upper()}#")]
    return sorted(rows, key=lambda row: (row.created_at, row.id), reverse=True)


def _shares(lock: Lock, rows: Iterable[CodeRow]) -> Mapping[str, ShareRow | None]:
    """The lock's shares by account, where any of these codes hangs on one. A Query, or nothing."""
    if any(row.needs(lock.row.owner) for row in rows):
        return {share.account: share for share in share_store.shares(lock.row)}
    return {}


def _stands(needed: Mapping[str, Right], shares: Mapping[str, ShareRow | None], at: datetime) -> bool:
    found = [(shares.get(account), right) for account, right in needed.items()]
    return all(share and gives(Role(share.role), share.expires, right, at) for share, right in found)


def _opens(row: CodeRow, lock: Lock, at: datetime, shares: Mapping[str, ShareRow | None] | None) -> bool:
    """Whether a code would open now; without `shares`, they are read."""
    if not row.is_active or row.window.refusal(at, lock.row.timezone):
        return False
    if shares is None:
        return standing(row, lock.row, at) is not None
    return _stands(row.needs(lock.row.owner), shares, at)


def _users(user: UUID | None, who: Who) -> Mapping[str, Any]:
    """The account that a code is for. Raises `Invalid`."""
    users = who([str(user)] if user else [])
    if user and str(user) not in users:
        raise codes.no_user()
    return users


Shares = Mapping[str, ShareRow | None]


def _told(row: CodeRow, lock: Lock, at: datetime, shares: Shares | None) -> dict[str, Any]:
    same = {name: getattr(row, name) for name in ("id", "valid_from", "valid_until", "is_active", "created_at")}
    return same | {
        "device": lock.uuid,
        "device_name": lock.row.name,
        "usage_count": int(row.usage_count),
        "max_usage": row.limit,
        "allowed_days": row.days,
        "allowed_hours": row.hours,
        "is_valid": _opens(row, lock, at, shares),
    }


def _pin(row: CodeRow, lock: Lock, users: Mapping[str, Any], at: datetime, shares: Shares | None = None) -> Pin:
    return Pin(**_told(row, lock, at, shares), name=row.name, user=row.user, user_email=_email(row, users))


def _card(row: CodeRow, lock: Lock, users: Mapping[str, Any], at: datetime, shares: Shares | None = None) -> Card:
    told = _told(row, lock, at, shares)
    return Card(**told, name=row.name, user=row.user, user_email=_email(row, users), uid=row.uid)


def _guest(row: CodeRow, lock: Lock, at: datetime, shares: Shares | None = None) -> Guest:
    person = {name: getattr(row, name) for name in ("guest_name", "guest_email", "guest_phone")}
    masked = codes.masked_uid(row.uid) if row.uid else None
    return Guest(**_told(row, lock, at, shares), **person, access_type=row.kind.upper(), nfc_uid=masked)


def _qr(row: CodeRow, lock: Lock, at: datetime, shares: Shares | None = None) -> Qr:
    return Qr(**_told(row, lock, at, shares), name=row.name, is_single_use=row.limit == 1)


def _with_picture(code: Qr) -> QrShown:
    text = qr.text(code.id, _seal(code.id, code.device))
    return QrShown(**code.model_dump(), code=text, qr_image=qr.picture(text))


def _email(row: CodeRow, users: Mapping[str, Any]) -> str | None:
    user = users.get(row.user or "")
    return user.email if user else None


def _sealed_id(code: str, device: UUID) -> str | None:
    """The id of a QR code of a lock; None where its seal is not ours. A kms:GenerateMac."""
    told = qr.read(code)
    if told is None:
        return None
    id, seal = told
    return str(id) if hmac.compare_digest(seal.encode(), _seal(id, device).encode()) else None


def _seal(id: UUID, device: UUID) -> str:
    return _mac("qr", device, str(id)).upper()


def _mac(what: str, device: UUID, value: str) -> str:
    """What a key that never leaves KMS makes of a code and its lock. One kms:GenerateMac."""
    told = f"{what} {device} {value}".encode()
    answer = aws.client("kms").generate_mac(KeyId=Mac.CODES.id, Message=told, MacAlgorithm="HMAC_SHA_256")
    made: bytes = answer["Mac"]
    return made.hex()
