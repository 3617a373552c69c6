"""What administrators see of accounts, and what they do to them."""

from collections.abc import Iterable
from datetime import datetime
from heapq import merge
from itertools import islice

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from kalit.kit import audit, clock
from kalit.kit.audit import Act
from kalit.kit.caller import Caller, Standing
from kalit.kit.errors import Conflict, Forbidden
from kalit.kit.pages import Page, part, part_of
from kalit.kit.resources import Grant, Table
from kalit.kit.tables import Commit

from . import store, users
from .directory import Role, initial, listing
from .store import AccountAudit, AccountCounts, AccountRow, NumberRow, UsernameRow
from .users import ChangeUser, ListUsers, Person, UserNotFound

LIST: tuple[Grant, ...] = (
    Table.ACCOUNTS.query,
    Table.ACCOUNTS.batch_get,
    Table.ACCOUNTS.query_index("by_role"),
    Table.ACCOUNTS.query_index("by_name"),
)
CHANGE: tuple[Grant, ...] = (Table.ACCOUNTS.get, Table.ACCOUNTS.update, Table.ACCOUNTS.put)
TRIES = 5  # of a change, while others change the same account


class Changed(Exception):
    """The account is not what was read any more."""


def listed(query: ListUsers) -> Page[Person]:
    """A page of accounts by id. Raises `InvalidPage`, or `Invalid` for a search that finds too many.

    Each list up to the page's end, and a BatchGetItem; the counts where there is more. Of a search, the names of that
    initial, and a BatchGetItem a hundred found.
    """
    if query.search:
        return _found(query)

    def first(most: int) -> Iterable[AccountRow]:
        lists = (AccountRow.by_role.query(name, limit=most) for name in query.lists)
        return islice(merge(*lists, key=lambda key: str(key.ordinal)), most)

    def all_of_them() -> int:
        total = AccountCounts.total(AccountCounts.KEY)
        return sum(total[name.replace("#", "_")] for name in query.lists)

    found = part(query, users.PAGE_SIZE, first, all_of_them)
    rows = store.accounts(key.uuid for key in found.things)
    return Page.of(found, [person(row) for row in rows])


def _found(query: ListUsers) -> Page[Person]:
    names = (name for name in UsernameRow.by_name.query(initial(query.search)) if query.begins(name.name))
    keys = [(name.pk, name.sk) for name in islice(names, users.MOST_FOUND + 1)]
    if len(keys) > users.MOST_FOUND:
        raise users.too_many()
    owners = {whose.uuid for whose in UsernameRow.batch_get(keys, consistent_read=True)}
    rows = [row for row in store.accounts(owners) if listing(row.role, row.is_active) in query.lists]
    found = part_of(rows, query, users.PAGE_SIZE)
    return Page.of(found, [person(row) for row in found.things])


def shown(number: int) -> Person:
    """The account of this integer id. Raises `UserNotFound`. Two reads."""
    return person(_read(number))


def change(number: int, told: ChangeUser, caller: Caller, at: datetime) -> Person:
    """Change an account. Raises `UserNotFound`, `Invalid`, `Forbidden` or `Conflict`. Three reads, a transaction."""
    for _ in range(TRIES):
        row = _read(number)
        now = person(row)
        changed = told.beside(now)
        if row.uuid == str(caller.uuid):
            users.check_not_himself(changed)
        if not changed:
            return now
        before = {name: getattr(now, name) for name in changed}
        try:
            with Commit() as commit:
                _change(commit, row, changed, at)
                if row.role == Role.ADMIN and {"role", "is_active"} & set(changed):
                    _still_admin(commit, caller)
                audit.write(commit, AccountAudit, Act(caller, "user.update", "account", row.uuid, before, changed), at)
        except Changed:
            continue
        return person(AccountRow.get(row.pk, row.sk, consistent_read=True))
    raise Conflict


def end_sessions(number: int, caller: Caller, at: datetime) -> Person:
    """End all sessions of an account. Raises `UserNotFound`. Two reads and a transaction."""
    row = _read(number)
    with Commit() as commit:
        commit.update(row, store.sessions_ended(), AccountRow.pk.exists(), unmet=UserNotFound())
        audit.write(commit, AccountAudit, Act(caller, "user.end_sessions", "account", row.uuid), at)
    return person(row)


def person(row: AccountRow) -> Person:
    told = {name: getattr(row, name) for name in _SHARED}
    return Person(
        id=int(row.number), uuid=row.uuid, is_staff=row.role == Role.ADMIN, date_joined=row.created_at, **told
    )


_SHARED = set(Person.model_fields) - {"id", "uuid", "is_staff", "date_joined"}


def _read(number: int) -> AccountRow:
    whose = NumberRow.find(*NumberRow.key(number))
    row = AccountRow.find(*Standing.key(whose.uuid)) if whose else None
    if row is None:
        raise UserNotFound
    return row


def _change(commit: Commit, row: AccountRow, changed: dict[str, object], at: datetime) -> None:
    """Put changes of an account into a transaction, if it is as it was read. Raises `Changed`."""
    changes: list[Action] = [getattr(AccountRow, name).set(value) for name, value in changed.items()]
    if "phone" in changed:
        # Its owner did not tell it, so no code for a new password goes there.
        changes += [AccountRow.phone_verified.set(False), AccountRow.phone_recovers.set(False)]
    if changed.get("is_active") is False:
        changes += store.sessions_ended()
    as_read: Condition = (AccountRow.role == row.role) & (AccountRow.is_active == row.is_active)
    for name in {"first_name", "last_name", "phone"} & set(changed):
        as_read &= getattr(AccountRow, name) == getattr(row, name)
    was = listing(row.role, row.is_active)
    now = listing(str(changed.get("role", row.role)), bool(changed.get("is_active", row.is_active)))
    if now != was:
        changes.append(AccountRow.listing.set(now))
        store.count(commit, {was: -1, now: 1})
    commit.update(row, [*changes, AccountRow.updated_at.set(clock.wire(at))], as_read, unmet=Changed())


def _still_admin(commit: Commit, caller: Caller) -> None:
    """Two who take the role from each other at once would leave nobody: the caller must have it when it happens."""
    himself = AccountRow(*Standing.key(str(caller.uuid)))
    is_admin = (AccountRow.role == Role.ADMIN) & (AccountRow.is_active == True)  # noqa: E712 - a condition
    commit.update(himself, [AccountRow.role.set(Role.ADMIN)], is_admin, unmet=Forbidden())
