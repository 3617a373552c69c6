from kalit.kit import queues
from kalit.kit.resources import Queue
from kalit.kit.security_events import SecurityEvent
from kalit.security import event_store


@queues.consume(Queue.SECURITY, uses=event_store.RECORD)
def handler(event: SecurityEvent) -> None:
    """Keep a security event and count it, once however often it comes."""
    event_store.record(event)
