from typing import Any

from kalit.accounts import reset_store
from kalit.kit import audit, security_events, streams
from kalit.kit.resources import Queue, Table
from kalit.kit.streams import Change


def reset(row: dict[str, Any]) -> None:
    reset_store.send(reset_store.ResetRow.of(row))


FOLLOW = {
    "reset-email": reset,
    "reset-sms": reset,
    audit.OUTBOX: audit.forward,
    security_events.OUTBOX: security_events.forward,
}


@streams.of(Table.ACCOUNTS, outboxes=FOLLOW, uses=[*reset_store.SEND, Queue.AUDIT.send, Queue.SECURITY.send])
def handler(change: Change) -> None:
    """Send the link or the code for a new password; hand on what the audit log and the security events keep."""
    FOLLOW[change.outbox](change.row)
