"""The accounts table: who there is. Its sessions are in `session_store`, its resets in `reset_store`.

pk                sk             what
ACCOUNT#<uuid>    ACCOUNT        the account
ACCOUNT#<uuid>    SESSION#<id>   a login that has not ended
USERNAME#<name>   USERNAME       whose name it is, or whose e-mail; what makes both unique
RESET#<id>        RESET          a password that may be set anew
AUDIT#<id>        AUDIT          what staff did to an account, on its way to the audit log
COUNTER#account   COUNTER        the last integer id
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from kalit.kit import clock
from kalit.kit.audit import AuditRow
from kalit.kit.caller import Standing
from kalit.kit.errors import Invalid
from kalit.kit.ids import Counter
from kalit.kit.resources import Grant, Table
from kalit.kit.tables import Commit, Row, TableName

from . import passwords
from .directory import Account, folded, username_taken

# What `add` and what reading and changing an account need; doors that call them declare these.
ADD: tuple[Grant, ...] = (Table.ACCOUNTS.update, Table.ACCOUNTS.put)
READ: tuple[Grant, ...] = (Table.ACCOUNTS.get,)
CHANGE: tuple[Grant, ...] = (Table.ACCOUNTS.update,)


class AccountRow(Standing):
    phone = UnicodeAttribute(default="")
    first_name = UnicodeAttribute(default="")
    last_name = UnicodeAttribute(default="")
    email_verified = BooleanAttribute(default=False)
    phone_verified = BooleanAttribute(default=False)
    phone_recovers = BooleanAttribute(default=False)  # whether codes for a new password go there
    password = UnicodeAttribute()
    last_login_ip = UnicodeAttribute(null=True)
    last_login_at = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()

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

    @staticmethod
    def key(name: str) -> tuple[str, str]:
        return f"USERNAME#{folded(name)}", "USERNAME"


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
    account = Account(
        id=AccountCounter.next("account"), uuid=uuid4(), username=username, created_at=at, updated_at=at, **told
    )
    row = _row(account, passwords.hashed(password))
    with Commit() as commit:
        for name in sorted(account.names):
            whose = UsernameRow(*UsernameRow.key(name), uuid=row.uuid)
            commit.put(whose, UsernameRow.pk.does_not_exist(), unmet=taken or username_taken())
        commit.put(row, AccountRow.pk.does_not_exist())
    return row


def by_name(name: str) -> AccountRow | None:
    """The account of this username or e-mail. Two reads, also for nobody: what takes longer would tell."""
    whose = UsernameRow.find(*UsernameRow.key(name))
    return AccountRow.find(*Standing.key(whose.uuid if whose else "nobody"))


def by_uuid(uuid: UUID) -> AccountRow:
    """The account. One read."""
    return AccountRow.get(*Standing.key(str(uuid)), consistent_read=True)


def _row(account: Account, password: str) -> AccountRow:
    return AccountRow(
        *Standing.key(str(account.uuid)),
        number=account.id,
        password=password,
        session_version=1,
        phone_recovers=bool(account.phone),
        **account.model_dump(include=_SHARED - {"created_at", "updated_at"}),
        created_at=clock.wire(account.created_at),
        updated_at=clock.wire(account.updated_at),
    )
