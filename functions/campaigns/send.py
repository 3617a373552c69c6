import time
from collections.abc import Callable
from typing import Any

from kalit.campaigns import message_store, sending_store
from kalit.campaigns.runs import Order, Purge, Send
from kalit.kit import queues
from kalit.kit.doors import Host
from kalit.kit.resources import Queue

TIME = 90  # seconds, of which the last may be used up by a handful that has begun
ENOUGH = 60


def send(order: Send) -> None:
    sending_store.send(order, time.monotonic() + ENOUGH)


DO: dict[type, Callable[[Any], None]] = {Send: send, Purge: message_store.purge}


@queues.consume(
    Queue.CAMPAIGNS,
    uses=[*sending_store.SEND, *message_store.PURGE],
    batch=1,
    at_once=10,
    host=Host(memory=1024, timeout=TIME, sms=True),
)
def handler(message: Order) -> None:
    """Send the messages of a slot, or delete those of a deleted campaign."""
    DO[type(message.root)](message.root)
