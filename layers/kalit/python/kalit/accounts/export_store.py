"""The list of managers, read page by page through the index of roles."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from heapq import merge
from itertools import islice

from kalit.kit import audit, clock, files
from kalit.kit.audit import Act
from kalit.kit.caller import Caller
from kalit.kit.resources import Bucket, Grant, Table
from kalit.kit.sealed import OPEN, SEAL
from kalit.kit.tables import Commit

from . import login_page, managers, one_time, one_time_store, store
from .directory import Role, listing
from .managers import ExportQuery, File, Manager
from .one_time import NoManager
from .store import AccountAudit, AccountRow, OneTimeRow

EXPORT: tuple[Grant, ...] = (
    Table.ACCOUNTS.get,
    Table.ACCOUNTS.batch_get,
    Table.ACCOUNTS.query_index("by_role"),
    Table.ACCOUNTS.put,
    Bucket.EXPORTS.put,
    Bucket.EXPORTS.get,
    *OPEN,
    *SEAL,  # the bucket's files are sealed by the same key
)

AT_ONCE = 100  # rows of a BatchGetItem


def export(query: ExportQuery, caller: Caller, origin: str, at: datetime) -> File:
    """The managers' list, and an audit entry of it. Raises `NoManager`.

    Two queries and a BatchGetItem for a hundred managers, one more and a key each for those who were not in yet; a
    transaction; and a PutObject for what is too large for an answer.
    """
    rows = [one_time_store.manager(query.username)] if query.username else list(_managers())
    if not rows:
        raise NoManager
    passwords = _unused(rows, at)
    listed = [Manager(row.username, passwords.get(row.uuid, ""), row.role) for row in rows]
    text = managers.written(listed, origin + login_page.PATH, query.bom)
    shown = {"username": query.username or None, "managers": len(rows)}
    with Commit() as commit:
        audit.write(commit, AccountAudit, Act(caller, "manager.export", "account", "managers", after=shown), at)
    if managers.fits(text):
        return managers.attached(text)
    content = text.encode()
    link = files.hand_out(Bucket.EXPORTS, managers.FILE, content, managers.CSV)
    return managers.linked(link, len(content), at + timedelta(seconds=files.LINK_HOLDS))


def _managers() -> Iterator[AccountRow]:
    """All managers by their numbers, blocked ones too, as they are now."""
    lists = (listing(Role.MANAGER, is_active) for is_active in (True, False))
    keys = merge(*(AccountRow.by_role.query(name) for name in lists), key=lambda key: str(key.ordinal))
    for some in _in_batches(keys):
        # The index may lag behind.
        yield from (row for row in store.accounts(key.uuid for key in some) if row.role == Role.MANAGER)


def _unused(rows: Iterable[AccountRow], at: datetime) -> dict[str, str]:
    """uuid -> the one-time password that still opens the account."""
    open_ = (OneTimeRow.key(row.uuid) for row in rows if row.is_active and one_time.unused(row, at))
    kept = OneTimeRow.batch_get(open_, consistent_read=True)
    return {one.uuid: one_time_store.opened(one) for one in kept if clock.wire(at) < one.expires_at}


def _in_batches(keys: Iterable[AccountRow]) -> Iterator[list[AccountRow]]:
    keys = iter(keys)
    while some := list(islice(keys, AT_ONCE)):
        yield some
