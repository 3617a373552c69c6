"""Accounts as other domains' doors show them: by their ids, or by an e-mail."""

from collections.abc import Iterable
from uuid import UUID

from kalit.kit.resources import Grant, Table

from . import store
from .directory import folded
from .people import User

SHOW: tuple[Grant, ...] = (Table.ACCOUNTS.batch_get,)
FIND: tuple[Grant, ...] = (Table.ACCOUNTS.get,)


def users(ids: Iterable[str]) -> dict[str, User]:
    """Id -> account as it is now, its phone left out; ids of nobody are too. A BatchGetItem a hundred."""
    return {row.uuid: User.of(row.account).model_copy(update={"phone": ""}) for row in store.accounts(set(ids))}


def by_email(email: str) -> UUID | None:
    """The account that may be logged in to with an e-mail, unless it is blocked. Two reads."""
    row = store.by_name(email)
    return UUID(row.uuid) if row and row.is_active and folded(row.email) == folded(email) else None
