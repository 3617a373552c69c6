from kalit.jobs import dead_store
from kalit.kit import audit, streams
from kalit.kit.resources import Table
from kalit.kit.streams import Change

FOLLOW = {"retry": dead_store.send, audit.OUTBOX: audit.forward}


@streams.of(Table.OPS, outboxes=FOLLOW, uses=dead_store.SEND)
def handler(change: Change) -> None:
    """Hand the message of a dead job that is to be tried again to its queue or machine."""
    FOLLOW[change.outbox](change.row)
