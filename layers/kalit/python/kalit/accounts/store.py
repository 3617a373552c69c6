"""The accounts table: who there is.

Its sessions are in `session_store`, its resets in `reset_store`, its one-time passwords in `one_time_store`, what
administrators do to accounts in `user_store`, and what is told of accounts as security events in `event_store`.

pk                   sk              what
ACCOUNT#<uuid>       ACCOUNT         the account; in index `by_role` by its role, whether it is blocked, and its number
ACCOUNT#<uuid>       SESSION#<id>    a login that has not ended
ACCOUNT#<uuid>       ONE-TIME        its one-time password, sealed, until it is used
USERNAME#<name>      USERNAME        whose name it is, or whose e-mail; what makes both unique; in index `by_name`
NUMBER#<number>      NUMBER          whose integer id it is
RESET#<id>           RESET           a password that may be set anew
AUDIT#<id>           AUDIT           what staff did to an account, on its way to the audit log
SECURITY-EVENT#<id>  SECURITY-EVENT  a login, a logout or a new password, on its way to the security events
COUNTS#account       #<shard>        how many accounts there are, by role and whether they are blocked
COUNTER#account      COUNTER         the last integer id
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from kalit.kit import clock
from kalit.kit.audit import AuditRow
from kalit.kit.caller import Standing
from kalit.kit.counts import Counts
from kalit.kit.errors import Invalid
from kalit.kit.ids import Counter
from kalit.kit.resources import Grant, Table
from kalit.kit.tables import Commit, Row, TableName

from . import passwords
from .directory import Account, folded, initial, listing, ordinal, username_taken

# What `add` and what reading and changing an account need; doors that call them declare these.
ADD: tuple[Grant, ...] = (Table.ACCOUNTS.update, Table.ACCOUNTS.put)
READ: tuple[Grant, ...] = (Table.ACCOUNTS.get,)
CHANGE: tuple[Grant, ...] = (Table.ACCOUNTS.update,)


class ByRole(GlobalSecondaryIndex["AccountRow"]):
    class Meta:
        index_name = "by_role"
        projection = KeysOnlyProjection()

    listing = UnicodeAttribute(hash_key=True)
    ordinal = UnicodeAttribute(range_key=True)


class ByName(GlobalSecondaryIndex["UsernameRow"]):
    class Meta:
        index_name = "by_name"
        projection = KeysOnlyProjection()

    initial = UnicodeAttribute(hash_key=True)
    pk = UnicodeAttribute(range_key=True)


class AccountRow(Standing):
    phone = UnicodeAttribute(default="")
    first_name = UnicodeAttribute(default="")
    last_name = UnicodeAttribute(default="")
    email_verified = BooleanAttribute(default=False)
    phone_verified = BooleanAttribute(default=False)
    phone_recovers = BooleanAttribute(default=False)  # whether codes for a new password go there
    password = UnicodeAttribute()
    # Until when a password that must be changed lets its owner in, which it does once: gone when it has.
    one_time_until = UnicodeAttribute(null=True)
    one_time_issue = UnicodeAttribute(null=True)  # the key of the request that gave the last one anew
    last_login_ip = UnicodeAttribute(null=True)
    last_login_at = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    listing = UnicodeAttribute()
    ordinal = UnicodeAttribute()
    by_role = ByRole()

    @property
    def uuid(self) -> str:
        return self.pk.removeprefix("ACCOUNT#")

    @property
    def account(self) -> Account:
        told = {name: getattr(self, name) for name in _SHARED}
        return Account(id=int(self.number), uuid=UUID(self.uuid), **told)


_SHARED = set(Account.model_fields) - {"id", "uuid"}


class UsernameRow(Row):
    class Meta:
        table_name = TableName(Table.ACCOUNTS)

    uuid = UnicodeAttribute()
    initial = UnicodeAttribute()
    by_name = ByName()

    @staticmethod
    def key(name: str) -> tuple[str, str]:
        return f"USERNAME#{folded(name)}", "USERNAME"

    @property
    def name(self) -> str:
        return self.pk.removeprefix("USERNAME#")


class NumberRow(Row):
    class Meta:
        table_name = TableName(Table.ACCOUNTS)

    uuid = UnicodeAttribute()

    @staticmethod
    def key(number: int) -> tuple[str, str]:
        return f"NUMBER#{number}", "NUMBER"


class OneTimeRow(Row):
    """A one-time password that was not used. It opens nothing after `expires_at`, whether it is still there or not."""

    class Meta:
        table_name = TableName(Table.ACCOUNTS)

    sealed = UnicodeAttribute()
    issue = UnicodeAttribute()  # the derived key of the request that gave it, to answer that request again
    expires_at = UnicodeAttribute()
    ttl = NumberAttribute()

    @staticmethod
    def key(uuid: str) -> tuple[str, str]:
        return f"ACCOUNT#{uuid}", "ONE-TIME"

    @property
    def uuid(self) -> str:
        return self.pk.removeprefix("ACCOUNT#")


class AccountCounts(Counts):
    """How many accounts stand in each list of `directory.listing`; for `#` an attribute's name has `_`."""

    class Meta:
        table_name = TableName(Table.ACCOUNTS)

    user = NumberAttribute(default=0)
    manager = NumberAttribute(default=0)
    admin = NumberAttribute(default=0)
    user_blocked = NumberAttribute(default=0)
    manager_blocked = NumberAttribute(default=0)
    admin_blocked = NumberAttribute(default=0)

    KEY = "COUNTS#account"


class AccountAudit(AuditRow):
    class Meta:
        table_name = TableName(Table.ACCOUNTS)


class AccountCounter(Counter):
    class Meta:
        table_name = TableName(Table.ACCOUNTS)


def add(username: str, password: str, at: datetime, *, taken: Invalid | None = None, **told: Any) -> AccountRow:
    """A new account: its names and itself in one transaction. Two writes.

    `told` are further fields of `Account`. Raises `taken` when a name is.
    """
    account = new(username, at, **told)
    row = row_of(account, passwords.hashed(password))
    with Commit() as commit:
        enter(commit, row, account.names, taken or username_taken())
    return row


def new(username: str, at: datetime, uuid: UUID | None = None, **told: Any) -> Account:
    """An account with a number of its own. One UpdateItem."""
    number = AccountCounter.next("account")
    return Account(id=number, uuid=uuid or uuid4(), username=username, created_at=at, updated_at=at, **told)


def enter(commit: Commit, row: AccountRow, names: set[str], taken: Exception) -> None:
    """Put a new account into a transaction, with all that must be there together with it.

    `taken` is raised when one of the `names`, by which it is looked up at a login, is somebody's.
    """
    for name in sorted(names):
        whose = UsernameRow(*UsernameRow.key(name), uuid=row.uuid, initial=initial(name))
        commit.put(whose, UsernameRow.pk.does_not_exist(), unmet=taken)
    commit.put(row, AccountRow.pk.does_not_exist())
    commit.put(NumberRow(*NumberRow.key(int(row.number)), uuid=row.uuid))
    count(commit, {row.listing: 1})


def count(commit: Commit, changes: dict[str, int]) -> None:
    """Put changes of how many accounts stand in which list into a transaction."""
    AccountCounts.add(commit, AccountCounts.KEY, {name.replace("#", "_"): by for name, by in changes.items()})


def new_password(password: str, at: datetime, until: datetime | None = None) -> list[Action]:
    """The changes by which an account has a new password: one of its owner's choice, or a one-time one `until` then.

    All sessions end.
    """
    return [
        AccountRow.password.set(passwords.hashed(password)),
        AccountRow.must_change_password.set(until is not None),
        AccountRow.one_time_until.set(clock.wire(until)) if until else AccountRow.one_time_until.remove(),
        AccountRow.updated_at.set(clock.wire(at)),
        *sessions_ended(),
    ]


def sessions_ended() -> list[Action]:
    """The changes by which all sessions of an account end, access tokens included."""
    return [AccountRow.session_version.add(1), AccountRow.kept_session.remove(), AccountRow.ended_sessions.remove()]


def forget_one_time(commit: Commit, row: AccountRow) -> None:
    """Put the end of what is kept of an unused one-time password into a transaction."""
    if row.one_time_until:
        commit.delete(OneTimeRow(*OneTimeRow.key(row.uuid)))


def by_name(name: str) -> AccountRow | None:
    """The account of this username or e-mail. Two reads, also for nobody: what takes longer would tell."""
    whose = UsernameRow.find(*UsernameRow.key(name))
    return AccountRow.find(*Standing.key(whose.uuid if whose else "nobody"))


def by_uuid(uuid: UUID) -> AccountRow:
    """The account. One read."""
    return AccountRow.get(*Standing.key(str(uuid)), consistent_read=True)


def accounts(uuids: Iterable[str]) -> list[AccountRow]:
    """These accounts as they are now, by their numbers; whom there is none of is left out. A BatchGetItem a hundred."""
    found = AccountRow.batch_get([Standing.key(uuid) for uuid in uuids], consistent_read=True)
    return sorted(found, key=lambda row: int(row.number))


def row_of(account: Account, password: str) -> AccountRow:
    """A new account's row; `password` is the hash."""
    return AccountRow(
        *Standing.key(str(account.uuid)),
        number=account.id,
        password=password,
        session_version=1,
        phone_recovers=bool(account.phone),
        **account.model_dump(include=_SHARED - {"created_at", "updated_at"}),
        created_at=clock.wire(account.created_at),
        updated_at=clock.wire(account.updated_at),
        listing=listing(account.role, account.is_active),
        ordinal=ordinal(account.id),
    )
