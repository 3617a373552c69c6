from kalit.kit import api
from kalit.kit.caller import Caller
from kalit.shop import order_store
from kalit.shop.orders import Order, OrderNotFound


@api.get("/api/orders/{id}/", uses=order_store.READ, raises=[OrderNotFound])
def handler(id: int, caller: Caller) -> Order:
    """One of your orders; staff see any."""
    return order_store.get(id, caller)
