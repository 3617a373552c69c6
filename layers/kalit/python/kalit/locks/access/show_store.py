"""Codes as they are shown, to those who manage them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from kalit.kit import bulk
from kalit.kit.caller import Caller
from kalit.kit.pages import part_of
from kalit.kit.resources import Grant, Mac, Table
from kalit.kit.v1 import Paged

from .. import share_store
from .. import store as locks
from ..rights import Right
from ..store import DeviceRow, Lock, ShareRow, Who, moment
from . import codes, qr, store
from .codes import Card, Guest, Pin
from .kinds import NFC, PIN, QR, Kind
from .qr import ListQr, Qr, QrShown
from .store import CodeRow, Held, Shares

LIST: tuple[Grant, ...] = (Table.LOCKS.get, Table.LOCKS.query)
LIST_QR: tuple[Grant, ...] = (*LIST, Table.LOCKS.batch_get)
SHOW_QR: tuple[Grant, ...] = (*store.READ, Mac.CODES.generate)


def pins(lock: Lock, who: Who, at: datetime) -> list[Pin]:
    """The PINs of a lock but those of guests, the newest first. A Query, perhaps another, and `who`."""
    rows = [row for row in _codes(lock, PIN) if not row.guest_name]
    users, shares = who(row.user for row in rows if row.user), _shares(lock, rows)
    return [pin(row, lock, users, at, shares) for row in rows]


def cards(lock: Lock, who: Who, at: datetime) -> list[Card]:
    """The cards of a lock but those of guests, the newest first. A Query, perhaps another, and `who`."""
    rows = [row for row in _codes(lock, NFC) if not row.guest_name]
    users, shares = who(row.user for row in rows if row.user), _shares(lock, rows)
    return [card(row, lock, users, at, shares) for row in rows]


def guests(lock: Lock, at: datetime) -> list[Guest]:
    """The codes of guests, the newest first. Two Queries, perhaps three."""
    rows = [row for row in _codes(lock, PIN, NFC) if row.guest_name]
    shares = _shares(lock, rows)
    return [guest(row, lock, at, shares) for row in rows]


def qrs(query: ListQr, caller: Caller, at: datetime) -> Paged[Qr]:
    """A page of the QR codes of the locks whose codes the caller manages, the newest first.

    Raises `DeviceNotFound`, `NotYourDevice`, `InvalidPage`. `locks.reached_all`, and a Query a lock, perhaps two.
    """
    found: list[Qr] = []
    for lock in locks.reached_all(caller, Right.MANAGE_ACCESS, at, query.device):
        rows = _codes(lock, QR)
        shares = _shares(lock, rows)
        found += [qr_code(row, lock, at, shares) for row in rows]
    found.sort(key=lambda code: (code.created_at, code.id), reverse=True)
    newest = part_of(found, query, query.size)
    return Paged.of(newest, newest.things)


def codes_and_shares(lock: DeviceRow) -> tuple[list[CodeRow], list[ShareRow]]:
    """All PINs and cards of a lock, the newest first, and all its shares; they lie together. One Query."""
    rows = list(bulk.query(Table.LOCKS, lock.pk, "NFC", "SHARE#~"))
    found = [CodeRow.from_raw_data(row) for row in rows if row["sk"]["S"].startswith(("NFC#", "PIN#"))]
    shares = [ShareRow.from_raw_data(row) for row in rows if row["sk"]["S"].startswith("SHARE#")]
    return _newest_first(found), shares


def active(rows: Iterable[CodeRow], at: datetime) -> dict[str, list[dict[str, Any]]]:
    """What opens a lock, or will, as the lock itself is shown."""
    told: dict[str, list[dict[str, Any]]] = {"active_pins": [], "active_nfcs": [], "active_guests": []}
    for row in rows:
        if not row.is_active or row.window.is_spent(at):
            continue
        brief = {"id": row.id, "name": row.name, "valid_until": moment(row.valid_until)}
        if row.guest_name:
            told["active_guests"].append(brief | {"access_type": row.kind.upper()})
        elif row.uid:
            told["active_nfcs"].append(brief | {"uid": codes.masked_uid(row.uid)})
        else:
            told["active_pins"].append(brief)
    return told


def shown_pin(held: Held, who: Who, at: datetime) -> Pin:
    """`who`, and a read for each share that it hangs on."""
    return pin(held.row, held.lock, who([held.row.user] if held.row.user else []), at)


def shown_card(held: Held, who: Who, at: datetime) -> Card:
    """`who`, and a read for each share that it hangs on."""
    return card(held.row, held.lock, who([held.row.user] if held.row.user else []), at)


def shown_guest(held: Held, at: datetime) -> Guest:
    """A read for each share that it hangs on."""
    return guest(held.row, held.lock, at)


def shown_qr(held: Held, at: datetime) -> QrShown:
    """A kms:GenerateMac, and a read for each share that it hangs on."""
    return with_picture(qr_code(held.row, held.lock, at))


def pin(row: CodeRow, lock: Lock, users: Mapping[str, Any], at: datetime, shares: Shares | None = None) -> Pin:
    """A PIN; without `shares`, those that it hangs on are read."""
    return Pin(**_told(row, lock, at, shares), name=row.name, user=row.user, user_email=_email(row, lock, users))


def card(row: CodeRow, lock: Lock, users: Mapping[str, Any], at: datetime, shares: Shares | None = None) -> Card:
    """A card; without `shares`, those that it hangs on are read."""
    told = _told(row, lock, at, shares)
    return Card(**told, name=row.name, user=row.user, user_email=_email(row, lock, users), uid=row.uid)


def guest(row: CodeRow, lock: Lock, at: datetime, shares: Shares | None = None) -> Guest:
    """The code of a guest; without `shares`, those that it hangs on are read."""
    person = {name: getattr(row, name) for name in ("guest_name", "guest_email", "guest_phone")}
    masked = codes.masked_uid(row.uid) if row.uid else None
    return Guest(**_told(row, lock, at, shares), **person, access_type=row.kind.upper(), nfc_uid=masked)


def qr_code(row: CodeRow, lock: Lock, at: datetime, shares: Shares | None = None) -> Qr:
    """A QR code; without `shares`, those that it hangs on are read."""
    return Qr(**_told(row, lock, at, shares), name=row.name, is_single_use=row.limit == 1)


def with_picture(code: Qr) -> QrShown:
    """With what its picture says. A kms:GenerateMac."""
    text = qr.text(code.id, store.seal(code.id, code.device))
    return QrShown(**code.model_dump(), code=text, qr_image=qr.picture(text))


def _codes(lock: Lock, *kinds: Kind) -> list[CodeRow]:
    """The codes of a lock, the newest first. A Query a kind."""
    return _newest_first(row for kind in kinds for row in store.below(lock.uuid, f"{kind.name.upper()}#"))


def _newest_first(rows: Iterable[CodeRow]) -> list[CodeRow]:
    return sorted(rows, key=lambda row: (row.created_at, row.id), reverse=True)


def _shares(lock: Lock, rows: Iterable[CodeRow]) -> Shares:
    """The lock's shares by account, where any of these codes hangs on one. A Query, or nothing."""
    if any(row.hangs_on for row in rows):
        return {share.account: share for share in share_store.shares(lock.row)}
    return {}


def _opens(row: CodeRow, lock: Lock, at: datetime, shares: Shares | None) -> bool:
    """Whether a code would open now; without `shares`, they are read."""
    if not row.is_active or row.window.refusal(at, lock.row.timezone):
        return False
    if shares is None:
        return store.standing(row, lock.row, at) is not None
    return row.stands(shares, at)


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


def _email(row: CodeRow, lock: Lock, users: Mapping[str, Any]) -> str | None:
    """Of the owner, or of somebody who shared the lock when the code was made: of nobody else, whatever his id."""
    user = users.get(row.user or "")
    return user.email if user and row.user in (lock.row.owner, *row.hangs_on) else None
