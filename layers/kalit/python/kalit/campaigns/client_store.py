"""Clients in the campaigns table: each with its places in the lists, its tag's audience and its phone."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from kalit.kit.caller import Caller
from kalit.kit.errors import Unavailable
from kalit.kit.pages import Page, PageQuery
from kalit.kit.resources import Grant, Table
from kalit.kit.tables import Commit

from . import store
from .clients import Client, ClientNotFound, NewClient, digits
from .store import (
    CHANGES,
    AlreadyMade,
    CampaignsCounter,
    Changed,
    ClientRow,
    KeyRow,
    ListRow,
    MemberCounts,
    MemberRow,
    PhoneRow,
    Totals,
)

READ: tuple[Grant, ...] = (Table.CAMPAIGNS.get,)
LIST: tuple[Grant, ...] = (Table.CAMPAIGNS.query, Table.CAMPAIGNS.batch_get)
CREATE: tuple[Grant, ...] = (Table.CAMPAIGNS.get, Table.CAMPAIGNS.put, Table.CAMPAIGNS.update)
CHANGE: tuple[Grant, ...] = (*CREATE, Table.CAMPAIGNS.delete)


def create(new: NewClient, caller: Caller, at: datetime, key: UUID | None) -> Client:
    """A new client. A counter and a transaction; with a known key, the client that it made."""
    row = made(CampaignsCounter.next("client"), new, store.owner_of(caller))
    with suppress(AlreadyMade):
        with Commit() as commit:
            KeyRow.mark(commit, key, row.id, at)
            add(commit, [row])
        return shown(row)
    return show(KeyRow.of(key), caller)


def made(id: int, new: NewClient, owner: str) -> ClientRow:
    return _filled(ClientRow(*ClientRow.key(id), owner=owner, version=1), new.model_dump())


def add(commit: Commit, rows: Sequence[ClientRow], worker: int | None = None) -> None:
    """Put new clients of an owner into a transaction, with all that goes with them, each with a phone of its own.

    `worker` keeps those apart who do so at the same time. Five writes each, two, and one more for each tag, zone and
    operator.
    """
    for row in rows:
        commit.put(row, ClientRow.pk.does_not_exist(), unmet=Changed())
        for place in ListRow.both("CLIENTS", row.owner, _place(row)):
            commit.put(place)
        commit.put(_member(row))
        _take_phone(commit, row)
    Totals.shift(commit, "CLIENTS", rows[0].owner, len(rows), worker)
    for alike in {(row.tag, row.timezone, row.operator): row for row in rows}.values():
        _count(commit, alike, sum(_alike(row, alike) for row in rows), worker)


def show(id: int, caller: Caller) -> Client:
    """Raises `ClientNotFound`. One read."""
    return shown(found(id, caller))


def found(id: int, caller: Caller) -> ClientRow:
    """A client whom the caller may see. Raises `ClientNotFound`. One read."""
    row = ClientRow.find(*ClientRow.key(id))
    if row is None or not store.sees(caller, row.owner):
        raise ClientNotFound
    return row


def listed(query: PageQuery, caller: Caller) -> Page[Client]:
    """A page of the caller's clients by id; staff's are all. Raises `InvalidPage`.

    `store.places` and a BatchGetItem.
    """
    found = store.places("CLIENTS", caller, query, newest_first=False)
    rows = store.batch(ClientRow, [ClientRow.key(int(place.sk)) for place in found.things])
    return Page.of(found, [shown(row) for row in sorted(rows.values(), key=lambda row: row.id)])


def change(id: int, told: dict[str, Any], caller: Caller) -> Client:
    """Raises `ClientNotFound`. A read and a transaction."""
    for _ in range(CHANGES):
        was = found(id, caller)
        now = _filled(ClientRow(*ClientRow.key(id), owner=was.owner, version=int(was.version) + 1), _fields(was) | told)
        with suppress(Changed), Commit() as commit:
            commit.put(now, ClientRow.version == was.version, unmet=Changed())
            if not _alike(was, now):
                _leave(commit, was, now)
                _join(commit, now)
            if was.digits != now.digits:
                _give_phone_back(commit, was)
                _take_phone(commit, now)
            return shown(now)
    raise Unavailable


def remove(commit: Commit, row: ClientRow) -> None:
    """Put the end of a client into a transaction. Eight writes; meets `Changed`."""
    commit.delete(row, ClientRow.version == row.version, unmet=Changed())
    for place in ListRow.both("CLIENTS", row.owner, _place(row)):
        commit.delete(place)
    Totals.shift(commit, "CLIENTS", row.owner, -1)
    _leave(commit, row)
    _give_phone_back(commit, row)


def shown(row: ClientRow) -> Client:
    return Client(id=row.id, **_fields(row))


def _fields(row: ClientRow) -> dict[str, Any]:
    return {
        "phone_number": row.phone_number,
        "mobile_operator_code": row.operator,
        "tag": row.tag,
        "timezone": row.timezone,
    }


def _filled(row: ClientRow, told: dict[str, Any]) -> ClientRow:
    row.phone_number, row.digits = told["phone_number"], digits(told["phone_number"])
    row.operator, row.tag, row.timezone = told["mobile_operator_code"], told["tag"], told["timezone"]
    return row


def _place(row: ClientRow) -> str:
    return f"{row.id:019d}"


def _alike(one: ClientRow, other: ClientRow) -> bool:
    """Whether they are counted together."""
    return (one.tag, one.timezone, one.operator) == (other.tag, other.timezone, other.operator)


def _member(row: ClientRow) -> MemberRow:
    return MemberRow(*MemberRow.key(row.owner, row.tag, row.timezone, row.id), operator=row.operator)


def _count(commit: Commit, row: ClientRow, by: int, worker: int | None = None) -> None:
    bucket = f"COUNT#{row.timezone}#{row.operator}"
    MemberCounts.add(commit, _member(row).pk, {"clients": by}, bucket=bucket, worker=worker)


def _join(commit: Commit, row: ClientRow) -> None:
    commit.put(_member(row))
    _count(commit, row, 1)


def _leave(commit: Commit, row: ClientRow, now: ClientRow | None = None) -> None:
    """Leave a tag's audience; one place is not both left and taken in a transaction."""
    if now is None or MemberRow.key(row.owner, row.tag, row.timezone, row.id) != (_member(now).pk, _member(now).sk):
        commit.delete(_member(row))
    _count(commit, row, -1)


def _take_phone(commit: Commit, row: ClientRow) -> None:
    phone = PhoneRow(*PhoneRow.key(row.digits, row.owner))
    commit.update(phone, [PhoneRow.clients.add({row.id})])


def _give_phone_back(commit: Commit, row: ClientRow) -> None:
    phone = PhoneRow(*PhoneRow.key(row.digits, row.owner))
    commit.update(phone, [PhoneRow.clients.delete({row.id})])
