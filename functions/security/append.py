from kalit.kit import queues
from kalit.kit.audit import Entry
from kalit.kit.resources import Queue
from kalit.security import audit_store


# One by one: messages behind one that fails would be put back with it, and in the end put aside with it.
@queues.consume(Queue.AUDIT, uses=audit_store.APPEND, batch=1)
def handler(entry: Entry) -> None:
    """Chain an entry of the audit log; one that was chained before stays where it is."""
    audit_store.append(entry)
