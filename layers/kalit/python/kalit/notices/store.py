"""What became of each notice: claimed before the provider is called, settled after. In the OPS table.

A notice is sent at most once. When nobody knows whether it was, it is not sent again: whoever waits for a
code asks for another one, and nobody gets the same bill twice.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from kalit.kit import metrics
from kalit.kit.doors import Again
from kalit.kit.log import log
from kalit.kit.resources import Grant, Table
from kalit.kit.tables import Commit, Row, TableName
from kalit.providers.outcomes import NotTaken, Unanswered

from .rules import KEPT, LEASE, Outcome

DELIVER: tuple[Grant, ...] = (Table.OPS.get, Table.OPS.put, Table.OPS.update)
Message = TypeVar("Message")


class NoticeRow(Row):
    class Meta:
        table_name = TableName(Table.OPS)

    outcome = UnicodeAttribute()
    attempts = NumberAttribute()
    until = NumberAttribute()  # the end of the lease
    ttl = NumberAttribute()


class StillSending(Again):
    """Another process is at it; SQS brings the notice again."""


def deliver(id: str, message: Message, send: Callable[[Message, int, datetime], None], at: datetime) -> None:
    """Send a notice, unless that was done or begun before. Raises `NotTaken` or `StillSending`.

    One read, one transaction, one UpdateItem.
    """
    row = NoticeRow(f"NOTICE#{id}", "NOTICE")
    if not _claimed(row, at):
        return
    try:
        send(message, int(row.attempts), at)
    except NotTaken as error:
        log.warning("notice refused", extra={"notice_id": id, "reason": str(error)})
        _settle(row, Outcome.REFUSED)
        raise
    except Unanswered:
        log.warning("notice unanswered", extra={"notice_id": id})
        _settle(row, Outcome.UNKNOWN)
    else:
        _settle(row, Outcome.SENT)


def _claimed(row: NoticeRow, at: datetime) -> bool:
    now = int(at.timestamp())
    was = NoticeRow.find(row.pk, row.sk)
    if was and was.outcome == Outcome.SENDING:
        if was.until > now:
            raise StillSending
        log.warning("notice unanswered", extra={"notice_id": row.pk})  # the process that sent it died
        _settle(row, Outcome.UNKNOWN)
        return False
    if was and was.outcome != Outcome.REFUSED:
        return False
    row.outcome, row.attempts = Outcome.SENDING, int(was.attempts) + 1 if was else 1
    row.until, row.ttl = now + int(LEASE.total_seconds()), now + int(KEPT.total_seconds())
    as_read = (NoticeRow.attempts == was.attempts) if was else NoticeRow.pk.does_not_exist()
    with Commit() as commit:  # whose token makes a claim of which the answer was lost the same claim
        commit.put(row, as_read, unmet=StillSending())
    return True


def _settle(row: NoticeRow, outcome: Outcome) -> None:
    row.update([NoticeRow.outcome.set(outcome)])
    metrics.count(f"notices_{outcome}")
