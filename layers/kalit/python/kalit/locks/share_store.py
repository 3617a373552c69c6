"""With whom locks are shared, in the locks table. A share is looked up anew for everything it is to allow."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from kalit.kit import clock
from kalit.kit.caller import Caller
from kalit.kit.ids import ordered
from kalit.kit.resources import Grant, Table
from kalit.kit.tables import Commit

from . import store
from .devices import DeviceNotFound
from .rights import FLAGS, RIGHTS, Role, in_force
from .sharing import AlreadyShared, NewShare, OwnerOnly, OwnersOwn, Shared, ShareNotFound
from .store import DeviceRow, MineRow, SharePlaceRow, ShareRow, Who

LIST: tuple[Grant, ...] = (Table.LOCKS.get, Table.LOCKS.query)
ADD: tuple[Grant, ...] = (Table.LOCKS.get, Table.LOCKS.put, Table.LOCKS.delete, Table.LOCKS.check)
END: tuple[Grant, ...] = (Table.LOCKS.get, Table.LOCKS.delete)


def owned(device: UUID, caller: Caller) -> DeviceRow:
    """The caller's own lock. Raises `DeviceNotFound` or `OwnerOnly`. One read."""
    row = store.device(device)
    if row.owner != str(caller.uuid):
        raise OwnerOnly
    return row


def listed(lock: DeviceRow, who: Who, at: datetime) -> list[Shared[Any]]:
    """With whom a lock is shared, the newest first. A Query, and `who`."""
    rows = sorted(shares(lock), key=lambda row: row.id, reverse=True)
    users = who({id for row in rows for id in (row.account, row.shared_by)})
    return [_shared(row, lock, users, at) for row in rows]


def shares(lock: DeviceRow) -> list[ShareRow]:
    """One Query."""
    return list(ShareRow.query(lock.pk, ShareRow.sk.startswith("SHARE#"), consistent_read=True))


def add(lock: DeviceRow, new: NewShare, account: UUID, caller: Caller, who: Who, at: datetime) -> Shared[Any]:
    """Share a lock with an account. Raises `OwnersOwn`, `AlreadyShared`, or `DeviceNotFound` when it is just deleted.

    A read and a transaction, and `who`. A share that has run out gives way to a new one.
    """
    if account == caller.uuid:
        raise OwnersOwn
    row = ShareRow(*ShareRow.key(lock.uuid, account), id=str(ordered(at)), role=new.role)
    row.shared_by, row.created_at = str(caller.uuid), clock.wire(at)
    row.expires_at = clock.wire(new.expires_at) if new.expires_at else None
    old = ShareRow.find(row.pk, row.sk)
    if old and in_force(old.expires, at):
        raise AlreadyShared
    with Commit() as commit:
        there = DeviceRow.owner == str(caller.uuid)
        commit.check(lock, there & DeviceRow.deleted_at.does_not_exist(), unmet=DeviceNotFound())
        as_read = (ShareRow.id == old.id) if old else ShareRow.pk.does_not_exist()
        commit.put(row, as_read, unmet=AlreadyShared())
        commit.put(SharePlaceRow(*SharePlaceRow.key(row.id), device=str(lock.uuid), account=str(account)))
        commit.put(MineRow(*MineRow.key(account, lock.uuid)))
        if old:
            commit.delete(SharePlaceRow(*SharePlaceRow.key(old.id)))
    return _shared(row, lock, who([row.account, row.shared_by]), at)


def end(share: UUID, caller: Caller) -> None:
    """End a share of the caller's own lock. Raises `ShareNotFound` or `OwnerOnly`. Two reads and a transaction."""
    place = SharePlaceRow.find(*SharePlaceRow.key(share))
    if place is None:
        raise ShareNotFound
    try:
        lock = owned(UUID(place.device), caller)
    except DeviceNotFound:
        raise ShareNotFound from None
    take_away(lock, str(share), place.account)


def take_away(lock: DeviceRow, share: str, account: str) -> None:
    """Let a share be no more. One transaction."""
    with Commit() as commit:
        same = ShareRow.id == share
        commit.delete(ShareRow(*ShareRow.key(lock.uuid, UUID(account))), same, unmet=ShareNotFound())
        commit.delete(SharePlaceRow(*SharePlaceRow.key(share)))
        commit.delete(MineRow(*MineRow.key(account, lock.uuid)))


def _shared(row: ShareRow, lock: DeviceRow, users: Mapping[str, Any], at: datetime) -> Shared[Any]:
    role, active = Role(row.role), in_force(row.expires, at)
    return Shared(
        id=row.id,
        device=lock.uuid,
        shared_with=users.get(row.account),
        shared_by=users.get(row.shared_by),
        role=role,
        expires_at=row.expires,
        is_active=active,
        created_at=row.created_at,
        **{flag: flag in RIGHTS[role] for flag in FLAGS},
    )
