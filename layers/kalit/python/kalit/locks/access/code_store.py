"""Codes made, changed and ended, by those who manage a lock's access and by the clock."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from pynamodb.expressions.update import Action

from kalit.kit import clock
from kalit.kit.caller import Caller
from kalit.kit.errors import Conflict, Invalid
from kalit.kit.ids import derived, ordered
from kalit.kit.resources import Grant, Mac, Table
from kalit.kit.tables import Commit
from kalit.kit.words import FIELD_TEXTS

from .. import store as locks
from ..devices import DeviceNotFound
from ..rights import in_force
from ..store import Changed, DeviceRow, Lock, ShareRow, Who, moment
from . import codes, show_store, store
from .codes import Card, CardChange, CodeNotFound, New, NewCard, NewGuest, NewGuestShown, NewPin, Pin
from .kinds import KINDS, NFC, PIN, QR
from .qr import NewQr, QrShown
from .store import ByEnd, CardRow, CodeRow, Held, PlaceRow
from .validity import Terms

CREATE: tuple[Grant, ...] = (Table.LOCKS.get, Table.LOCKS.put, Table.LOCKS.check)
CREATE_CARD: tuple[Grant, ...] = (*CREATE, Table.LOCKS.delete)
CREATE_SECRET: tuple[Grant, ...] = (*CREATE, Mac.CODES.generate)
CREATE_GUEST: tuple[Grant, ...] = (*CREATE_SECRET, Table.LOCKS.delete)
CHANGE: tuple[Grant, ...] = (*store.READ, Table.LOCKS.update, Table.LOCKS.check)
DELETE: tuple[Grant, ...] = (*store.READ, Table.LOCKS.delete, Table.LOCKS.check)
END: tuple[Grant, ...] = (Table.LOCKS.get, Table.LOCKS.update, Table.LOCKS.query_index("by_end"))
FORGET: tuple[Grant, ...] = (Table.LOCKS.get, Table.LOCKS.query, Table.LOCKS.delete)


class Made(Exception):
    """This Idempotency-Key made a code before."""


class Taken(Exception):
    """The card is another code's."""


def create_pin(lock: Lock, new: NewPin, caller: Caller, who: Who, at: datetime, key: UUID | None) -> Pin:
    """Make a PIN. Raises `Invalid`, `DeviceNotFound`, `NotYourDevice`. A kms:GenerateMac, a transaction, and `who`."""
    users = _users(new.user, who)
    row = _made(lock, New(PIN, new.pin_code, new.name, new, new.user), caller, at, key)
    return show_store.pin(row, lock, users, at)


def create_card(lock: Lock, new: NewCard, caller: Caller, who: Who, at: datetime, key: UUID | None) -> Card:
    """Make a card. Raises `Invalid`, `DeviceNotFound`, `NotYourDevice`. A transaction, and `who`."""
    users = _users(new.user, who)
    row = _made(lock, New(NFC, new.uid, new.name, new, new.user), caller, at, key)
    return show_store.card(row, lock, users, at)


def create_guest(lock: Lock, new: NewGuest, caller: Caller, at: datetime, key: UUID | None) -> NewGuestShown:
    """Make a guest's code. Raises `Invalid`, `DeviceNotFound`, `NotYourDevice`. A kms:GenerateMac and a transaction.

    The same key again gives the same guest another PIN where one is made for him: the first may be lost.
    """
    kind, value, generated = new.code()
    person = {"guest_name": new.guest_name, "guest_email": new.guest_email, "guest_phone": new.guest_phone}
    row = _made(lock, New(kind, value, new.guest_name, new, person=person), caller, at, key, anew=generated)
    guest = show_store.guest(row, lock, at)
    return NewGuestShown(**guest.model_dump(), generated_pin=value if generated else None)


def create_qr(lock: Lock, new: NewQr, caller: Caller, at: datetime, key: UUID | None) -> QrShown:
    """Make a QR code. Raises `Invalid`, `DeviceNotFound`, `NotYourDevice`. A transaction and a kms:GenerateMac."""
    begin, end = new.window(at)
    terms = Terms(valid_from=begin, valid_until=end, max_usage=1 if new.is_single_use else None)
    row = _made(lock, New(QR, "", new.name, terms), caller, at, key)
    return show_store.with_picture(show_store.qr_code(row, lock, at))


def change_card(held: Held, change: CardChange, at: datetime) -> Held:
    """Change what is told of a card. Raises `CodeNotFound`, `Invalid`, `NotYourDevice`, `Conflict`.

    A transaction and a read.
    """
    row, new = held.row, change.told
    change.check_order(datetime.fromisoformat(row.valid_from), moment(row.valid_until))
    if row.guest_name and "valid_until" in new and new["valid_until"] is None:
        raise Invalid.field("valid_until", FIELD_TEXTS["null"])
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
        actions.append(CodeRow.guests.set(locks.shard(held.lock.row.device_id)))
    with Commit() as commit:
        held.lock.still_reached(commit, at)
        commit.update(row, [*actions, CodeRow.version.add(1)], row.unchanged, unmet=Conflict())
    now = CodeRow.find(row.pk, row.sk)
    if now is None:
        raise CodeNotFound
    return Held(held.lock, now)


def delete(held: Held, at: datetime) -> None:
    """Delete a code: it opens nothing any more. Raises `CodeNotFound`, `NotYourDevice`. One transaction."""
    with Commit() as commit:
        held.lock.still_reached(commit, at)
        _delete(commit, held.row)


def ended(at: datetime) -> Iterator[CodeRow]:
    """Codes of guests whose time is over and that count as active. A Query a shard, a read each."""
    for shard in range(locks.SHARDS):
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
        for row in store.below(device, f"{kind.name.upper()}#"):
            with suppress(CodeNotFound), Commit() as commit:
                _delete(commit, row)


def _made(lock: Lock, new: New, caller: Caller, at: datetime, key: UUID | None, *, anew: bool = False) -> CodeRow:
    """Write a new code; one that this key made before is given as it is, or `anew`."""
    row = _row(lock, new, caller, at, derived("code", str(key)) if key else ordered(at))
    for _ in locks.tries():
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
                return _replaced(row, lock, at) if anew else store.of_id(UUID(row.id))
        except Taken:
            if not _freed(row):
                raise codes.uid_taken(new.field) from None
    raise Conflict


def _row(lock: Lock, new: New, caller: Caller, at: datetime, id: UUID) -> CodeRow:
    terms, user = new.terms, str(new.user) if new.user else None
    found_by = id if new.kind is QR else store.mark(lock.uuid, new.kind, new.value)
    share = ShareRow.find(*ShareRow.key(lock.uuid, new.user)) if new.user else None
    if share and not in_force(share.expires, at):
        share = None
    return CodeRow(
        lock.row.pk,
        f"{new.kind.name.upper()}#{found_by}#{id}",
        id=str(id),
        kind=new.kind.name,
        name=new.name,
        user=user,
        made_by=str(caller.uuid),
        shares=json.dumps({share.account: share.id for share in (lock.share, share) if share}),
        valid_from=clock.wire(terms.valid_from or at),
        valid_until=clock.wire(terms.valid_until) if terms.valid_until else None,
        max_usage=terms.max_usage,
        allowed_days=set(terms.allowed_days) or None,
        allowed_hours=terms.allowed_hours.model_dump_json() if terms.allowed_hours else None,
        uid=new.value if new.kind is NFC else None,
        guests=locks.shard(lock.row.device_id) if new.person else None,
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
        locks.device(UUID(card.device))
        return False
    with suppress(CodeNotFound), Commit() as commit:  # unless somebody else was faster
        _delete(commit, store.of_id(UUID(card.id)))
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
    old = store.of_id(UUID(row.id))
    with Commit() as commit:
        _still_there(commit, lock, at)
        commit.delete(old, CodeRow.version == old.version, unmet=Changed())
        commit.put(row)
        commit.put(_place(row))
    return row


def _delete(commit: Commit, row: CodeRow) -> None:
    """Put a code's end into a transaction. Raises `CodeNotFound`. Two deletes; a read and a third for a card."""
    commit.delete(row, CodeRow.id == row.id, unmet=CodeNotFound())
    commit.delete(PlaceRow(*PlaceRow.key(row.id)))
    card = CardRow.find(*CardRow.key(row.uid)) if row.uid else None
    if card and card.id == row.id:  # else it is another code's by now
        commit.delete(card, CardRow.id == row.id, unmet=CodeNotFound())


def _users(user: UUID | None, who: Who) -> Mapping[str, Any]:
    """The account that a code is for. Raises `Invalid`."""
    users = who([str(user)] if user else [])
    if user and str(user) not in users:
        raise codes.no_user()
    return users
