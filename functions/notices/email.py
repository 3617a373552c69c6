from kalit.kit import clock, queues
from kalit.kit.resources import Queue
from kalit.notices import store
from kalit.providers import email


@queues.consume(Queue.EMAIL, uses=[*store.DELIVER, *email.SEND])
def handler(message: email.Message) -> None:
    """Send an e-mail, once."""
    store.deliver(message.id, message, email.send, clock.now())
