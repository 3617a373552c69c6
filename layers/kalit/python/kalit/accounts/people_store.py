"""Accounts as other domains' doors show them: by their ids, or by an e-mail."""

from collections.abc import Iterable
from uuid import UUID

from kalit.kit.resources import Grant, Table

from . import store
from .directory import Role, folded, listing
from .people import User
from .store import AccountRow

SHOW: tuple[Grant, ...] = (Table.ACCOUNTS.batch_get,)
FIND: tuple[Grant, ...] = (Table.ACCOUNTS.get,)
ADMINS: tuple[Grant, ...] = (*SHOW, Table.ACCOUNTS.query_index("by_role"))


def users(ids: Iterable[str]) -> dict[str, User]:
    """Id -> account as it is now, its phone left out; ids of nobody are too. A BatchGetItem a hundred."""
    return {row.uuid: _shown(row) for row in store.accounts(set(ids))}


def admins() -> list[User]:
    """Administrators who are not blocked, their phones left out. A Query, and a BatchGetItem a hundred."""
    keys = AccountRow.by_role.query(listing(Role.ADMIN, is_active=True))
    rows = store.accounts(key.uuid for key in keys)
    return [_shown(row) for row in rows if row.role == Role.ADMIN and row.is_active]


def by_email(email: str) -> UUID | None:
    """The account that may be logged in to with an e-mail, unless it is blocked. Two reads."""
    row = store.by_name(email)
    return UUID(row.uuid) if row and row.is_active and folded(row.email) == folded(email) else None


def _shown(row: AccountRow) -> User:
    return User.of(row.account).model_copy(update={"phone": ""})
