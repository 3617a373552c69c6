from datetime import datetime

from kalit.kit import steps
from kalit.kit.resources import Machine
from kalit.shop import order_store
from kalit.shop.orders import Held, Next


@steps.task(Machine.HOLD, uses=order_store.MOVE)
def handler(held: Held, at: datetime) -> Next:
    """End an unpaid order whose time is over; its goods are for sale again."""
    return order_store.expire(held.id, at)
