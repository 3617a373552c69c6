from kalit.kit import api, clock
from kalit.kit.caller import Staff
from kalit.shop import order_store
from kalit.shop.errors import ShortStock
from kalit.shop.orders import Order, OrderChange, OrderNotFound


@api.patch("/api/admin/orders/{id}/", uses=order_store.MOVE, raises=[OrderNotFound, ShortStock])
def handler(id: int, body: OrderChange, caller: Staff) -> Order:
    """Change an order's status, or to whom it goes; its goods and its total stay."""
    return order_store.change(id, body, caller, clock.now())
