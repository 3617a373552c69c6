"""One-time passwords of managers: given, given anew, and replaced by passwords of their own.

Beside the hash a sealed copy is kept until the password is used, for the export and for requests that come again.
"""

from datetime import datetime
from uuid import UUID, uuid4

from pynamodb.expressions.update import Action

from kalit.kit import audit, clock
from kalit.kit.audit import Act
from kalit.kit.caller import Caller
from kalit.kit.errors import Conflict
from kalit.kit.resources import Grant, Table
from kalit.kit.sealed import OPEN, SEAL, seal, unseal
from kalit.kit.tables import Commit

from . import event_store, events, one_time, passwords, store
from .directory import Role, folded, username_taken
from .one_time import FirstPassword, Issued, NewManager, NoManager, OneTimeNotValid
from .people import check_strength
from .sessions import Client
from .store import AccountAudit, AccountRow, OneTimeRow, UsernameRow

CREATE: tuple[Grant, ...] = (*store.ADD, Table.ACCOUNTS.get, *SEAL, *OPEN)
REISSUE: tuple[Grant, ...] = (Table.ACCOUNTS.get, Table.ACCOUNTS.put, Table.ACCOUNTS.update, *SEAL, *OPEN)
REPLACE: tuple[Grant, ...] = (*event_store.TRY, Table.ACCOUNTS.get, Table.ACCOUNTS.update, Table.ACCOUNTS.delete)


class NameTaken(Exception):
    """Perhaps by the account that this very request has made before."""


def create(told: NewManager, caller: Caller, at: datetime, key: UUID | None) -> Issued:
    """A new manager with a one-time password. Raises `Invalid`. A counter, a key and a transaction.

    Its uuid is the key of the request: whoever finds the name taken by it answers as the first time.
    """
    password = told.password or one_time.generated()
    account = store.new(told.username, at, key, role=Role.MANAGER, email=told.email)
    row = store.row_of(account, passwords.hashed(password))
    until = at + one_time.LASTS
    row.must_change_password, row.one_time_until = True, clock.wire(until)
    shown = {"username": row.username, "email": row.email, "role": row.role}
    copy = _sealed(row.uuid, password, until, key)
    try:
        with Commit() as commit:
            store.enter(commit, row, {row.username}, taken=NameTaken())
            commit.put(copy)
            audit.write(commit, AccountAudit, Act(caller, "manager.create", "account", row.uuid, after=shown), at)
    except NameTaken:
        whose = UsernameRow.find(*UsernameRow.key(row.username))
        kept = OneTimeRow.find(*OneTimeRow.key(row.uuid)) if whose and whose.uuid == row.uuid else None
        if kept is None:
            raise username_taken() from None  # by somebody else, or by this request, and the password was used since
        password = opened(kept)
    return Issued(username=row.username, one_time_password=password)


def reissue(username: str, caller: Caller, at: datetime, key: UUID | None) -> Issued:
    """A manager's new one-time password; his sessions end. Raises `NoManager`, or `Conflict` when two do it at once.

    Three reads, a key and a transaction.
    """
    row = manager(username)
    kept = OneTimeRow.find(*OneTimeRow.key(row.uuid))
    if key and row.one_time_issue == str(key):
        if kept is None or kept.issue != str(key):
            raise Conflict  # used since: the manager has set a password of his own, which must not be undone
        return Issued(username=row.username, one_time_password=opened(kept))
    password, until = one_time.generated(), at + one_time.LASTS
    as_read = (AccountRow.password == row.password) & (AccountRow.role == Role.MANAGER)
    copy = _sealed(row.uuid, password, until, key)
    with Commit() as commit:
        changes = [*store.new_password(password, at, until), AccountRow.one_time_issue.set(copy.issue)]
        commit.update(row, changes, as_read, unmet=Conflict())
        commit.put(copy)
        audit.write(commit, AccountAudit, Act(caller, "manager.reissue", "account", row.uuid), at)
    return Issued(username=row.username, one_time_password=password)


def replace(told: FirstPassword, client: Client, at: datetime) -> None:
    """Use a one-time password to set one of his own. Raises `OneTimeNotValid`, `Invalid` or `Throttled`.

    A new password that will not do uses nothing. Two reads, two counts and a transaction.
    """
    row = store.by_name(told.username)
    with event_store.tries(row, told.username, client, at, failure=OneTimeNotValid):
        right = passwords.matches(row.password if row else None, told.one_time_password)
        if not (right and row and row.is_active and one_time.unused(row, at)):
            raise OneTimeNotValid
        check_strength(told.new_password, row.account)
        if told.new_password == told.one_time_password:
            raise one_time.not_new()
        changes: list[Action] = [
            *store.new_password(told.new_password, at),
            AccountRow.last_login_at.set(clock.wire(at)),
            AccountRow.last_login_ip.set(client.address),
        ]
        as_read = (AccountRow.password == row.password) & (AccountRow.one_time_until == row.one_time_until)
        as_read &= AccountRow.is_active == True  # noqa: E712 - a condition
        with Commit() as commit:
            store.forget_one_time(commit, row)
            commit.update(row, changes, as_read, unmet=OneTimeNotValid())
            event_store.write(commit, events.REPLACED, row.uuid, client, at)


def manager(username: str) -> AccountRow:
    """The manager of exactly this username. Raises `NoManager`. Two reads."""
    row = store.by_name(username)
    if row is None or row.role != Role.MANAGER or folded(row.username) != folded(username):
        raise NoManager
    return row


def opened(kept: OneTimeRow) -> str:
    """The one-time password that was sealed. One kms:Decrypt."""
    return unseal(kept.sealed, _purpose(kept.uuid))


def _sealed(uuid: str, password: str, until: datetime, key: UUID | None) -> OneTimeRow:
    """A password's sealed copy. One kms:GenerateDataKey."""
    return OneTimeRow(
        *OneTimeRow.key(uuid),
        sealed=seal(password, _purpose(uuid)),
        issue=str(key or uuid4()),
        expires_at=clock.wire(until),
        ttl=int(until.timestamp()),
    )


def _purpose(uuid: str) -> str:
    return f"one-time password of {uuid}"
