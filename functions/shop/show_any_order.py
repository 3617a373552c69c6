from kalit.kit import api
from kalit.kit.caller import Staff
from kalit.shop import order_store
from kalit.shop.orders import Order, OrderNotFound


@api.get("/api/admin/orders/{id}/", uses=order_store.READ, raises=[OrderNotFound])
def handler(id: int, caller: Staff) -> Order:
    """An order, whosever it is."""
    return order_store.get(id, caller)
