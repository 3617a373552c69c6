"""What became of each notice: claimed before the provider is called, settled after. In the OPS table.

A notice is sent at most once. When nobody knows whether it was, it is not sent again: whoever waits for a
code asks for another one, and nobody gets the same bill twice.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from kalit.kit import metrics
from kalit.kit.log import log
from kalit.kit.resources import Grant, Table
from kalit.kit.tables import Row, TableName, condition_failed
from kalit.providers.outcomes import NotTaken, Unanswered

from .rules import KEPT, LEASE, Outcome

DELIVER: tuple[Grant, ...] = (Table.OPS.update, Table.OPS.get)
Message = TypeVar("Message")


class NoticeRow(Row):
    class Meta:
        table_name = TableName(Table.OPS)

    outcome = UnicodeAttribute()
    attempts = NumberAttribute()
    until = NumberAttribute()  # the end of the lease
    ttl = NumberAttribute()


class StillSending(Exception):
    """Another process is at it; SQS brings the notice again."""


def deliver(id: str, message: Message, send: Callable[[Message, int, datetime], None], at: datetime) -> None:
    """Send a notice, unless that was done or begun before. Raises `NotTaken` or `StillSending`. Two UpdateItems."""
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
    claim: list[Action] = [
        NoticeRow.outcome.set(Outcome.SENDING),
        NoticeRow.attempts.add(1),
        NoticeRow.until.set(now + int(LEASE.total_seconds())),
        NoticeRow.ttl.set(now + int(KEPT.total_seconds())),
    ]
    try:
        row.update(claim, NoticeRow.pk.does_not_exist() | (NoticeRow.outcome == Outcome.REFUSED))
        return True
    except UpdateError as error:
        if not condition_failed(error):
            raise
    row.refresh(consistent_read=True)
    if row.outcome == Outcome.SENDING:
        if row.until > now:
            raise StillSending
        log.warning("notice unanswered", extra={"notice_id": row.pk})  # the process that sent it died
        _settle(row, Outcome.UNKNOWN)
    return False


def _settle(row: NoticeRow, outcome: Outcome) -> None:
    row.update([NoticeRow.outcome.set(outcome)])
    metrics.count(f"notices_{outcome}")
