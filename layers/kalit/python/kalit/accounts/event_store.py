"""What accounts tell as security events, written into the accounts table, whose stream hands it on."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from kalit.kit import jobs, limits, security_events
from kalit.kit.log import log
from kalit.kit.resources import Grant, Table
from kalit.kit.security_events import SecurityEventRow
from kalit.kit.tables import Commit, TableName

from . import events
from .directory import folded
from .events import Kind
from .sessions import LOGINS, Client
from .store import AccountRow

TRY: tuple[Grant, ...] = (*limits.COUNT, Table.ACCOUNTS.put)


class AccountEvent(SecurityEventRow):
    class Meta:
        table_name = TableName(Table.ACCOUNTS)


def write(commit: Commit, kind: Kind, account: str, client: Client, at: datetime) -> None:
    """Put what the owner of an account did into a transaction. One put."""
    security_events.write(commit, AccountEvent, events.event(kind, account, client, at))


@contextmanager
def tries(row: AccountRow | None, name: str, client: Client, at: datetime, failure: type[Exception]) -> Iterator[None]:
    """Let the body try to log in by this name; ending by `failure` counts, and is told.

    Raises `Throttled` when too many have failed, which tells nothing more. Two UpdateItems, and a PutItem of a failure.
    """
    try:
        with limits.tries(LOGINS, f"{row.uuid if row else folded(name)} {client.address}", at, failure=failure):
            yield
    except failure:
        _note(row, client, at)
        raise


def _note(row: AccountRow | None, client: Client, at: datetime) -> None:
    """Who could not log in hears that and nothing else, whether it can be told or not: this fails for nobody."""
    try:
        security_events.save(AccountEvent, events.failed_login(row.uuid if row else None, client, at))
    except Exception as error:
        log.warning("failed login not told", extra={"error": jobs.told(error)})
