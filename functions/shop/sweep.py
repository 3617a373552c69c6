from datetime import datetime

from kalit.kit import schedules
from kalit.shop import order_store


@schedules.every(minutes=1, uses=order_store.OVERDUE_ONES)
def handler(at: datetime) -> None:
    """End unpaid orders whose time is over, and that nobody has ended."""
    schedules.each(order_store.overdue(at), lambda order: order_store.expire(order, at))
