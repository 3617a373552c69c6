from kalit.jobs import history_store, response_store, schedule_store
from kalit.kit import audit, streams
from kalit.kit.resources import Queue, Table
from kalit.kit.streams import Change

FOLLOW = {
    "order": history_store.send,
    "run": schedule_store.send,
    "sms": response_store.send,
    audit.OUTBOX: audit.forward,
}


@streams.of(
    Table.JOBS, outboxes=FOLLOW, uses=[Queue.DEFAULT.send, Queue.SMS_QUEUE.send, Queue.SMS.send, Queue.AUDIT.send]
)
def handler(change: Change) -> None:
    """Hand a schedule's run, a code's SMS or an entry of the audit log to its worker."""
    FOLLOW[change.outbox](change.row)
