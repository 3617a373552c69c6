from kalit.kit import clock, queues
from kalit.kit.resources import Queue
from kalit.notices import store
from kalit.providers import sms


@queues.consume(Queue.SMS, uses=[*store.DELIVER, *sms.SEND])
def handler(message: sms.Message) -> None:
    """Send an SMS, once."""
    store.deliver(message.id, message, sms.send, clock.now())
