"""Letters to owners, asked for in the transaction of what they tell of; the table's stream sends them."""

from datetime import datetime, timedelta
from uuid import UUID

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from kalit.kit import limits, queues
from kalit.kit.errors import Throttled
from kalit.kit.ids import derived
from kalit.kit.limits import Limit
from kalit.kit.log import log
from kalit.kit.resources import Grant, Queue, Table
from kalit.kit.tables import Commit, Followed, TableName
from kalit.providers import email

from . import notices
from .reports import Notice
from .store import DeviceRow

OUTBOX = "notice"
SEND: tuple[Grant, ...] = (*limits.COUNT, Table.LOCKS.get, Queue.EMAIL.send)
# Whoever has made a lock say so cannot fill anybody's mailbox with our letters.
LETTERS = Limit("lock-letter", most=20, window=timedelta(days=1))
KEPT = timedelta(days=7)


class NoticeRow(Followed):
    class Meta:
        table_name = TableName(Table.LOCKS)

    device = UnicodeAttribute()
    notice = UnicodeAttribute()
    battery_level = NumberAttribute()
    ttl = NumberAttribute()

    @property
    def id(self) -> str:
        return self.pk.removeprefix("NOTICE#")


def write(commit: Commit, device: UUID, notice: Notice, battery_level: int, at: datetime) -> None:
    """Put a letter into a transaction: of one kind there is one an hour for each lock, whatever happens. One put."""
    row = NoticeRow(*_key(device, notice, at), outbox=OUTBOX)
    row.device, row.notice, row.battery_level = str(device), notice, battery_level
    row.ttl = int((at + KEPT).timestamp())
    commit.put(row)


def is_written(device: UUID, notice: Notice, at: datetime) -> bool:
    """Whether there is a letter of this kind in this hour. One read."""
    return NoticeRow.find(*_key(device, notice, at)) is not None


def owner(row: NoticeRow) -> UUID | None:
    """Whom a letter is for; None when the lock is nobody's any more. One read."""
    device = DeviceRow.find(*DeviceRow.key(row.device))
    return UUID(device.owner) if device and not device.deleted_at else None


def send(row: NoticeRow, owner: str, to: str, at: datetime) -> None:
    """Hand a letter over, unless its owner has had enough for a day. A count, a read and a SendMessage.

    One that is followed twice counts twice, and is sent once: its id is the same.
    """
    try:
        limits.spend(LETTERS, f"{owner} {row.notice}", at)  # so that wrong codes never silence tampering
    except Throttled:
        log.warning("letter withheld", extra={"notice_id": row.id})
        return
    device = DeviceRow.get(*DeviceRow.key(row.device), consistent_read=True)
    subject, body = notices.letter(Notice(row.notice), device.name, int(row.battery_level))
    queues.send(Queue.EMAIL, email.Message(id=f"lock-{row.id}", to=to, subject=subject, body=body))


def _key(device: UUID, notice: Notice, at: datetime) -> tuple[str, str]:
    return f"NOTICE#{derived('notice', str(device), notice, f'{at:%Y-%m-%dT%H}')}", "NOTICE"
