from kalit.kit import audit, streams
from kalit.kit.resources import Queue, Table
from kalit.kit.streams import Change


@streams.of(Table.SECURITY, outboxes=[audit.OUTBOX], uses=[Queue.AUDIT.send])
def handler(change: Change) -> None:
    """Hand on to the audit log what staff did to alerts."""
    audit.forward(change.row)
