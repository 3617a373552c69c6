from datetime import datetime

from kalit.kit import steps
from kalit.kit.resources import Machine
from kalit.locks import command_store
from kalit.locks.commands import Next, Order


@steps.task(Machine.COMMAND, uses=command_store.AGAIN)
def handler(order: Order, at: datetime) -> Next:
    """Send a command anew that its lock has not answered, or give it up."""
    return command_store.again(order, at)
