from kalit.kit import api, clock
from kalit.kit.api import Reply
from kalit.shop import order_store
from kalit.shop.errors import NotYourOrder, OrderMoved
from kalit.shop.orders import Clerk, OrderNotFound


@api.delete("/api/orders/{id}/", uses=order_store.MOVE, raises=[OrderNotFound, NotYourOrder, OrderMoved], status=204)
def handler(id: int, caller: Clerk) -> Reply:
    """Cancel an order as staff; its goods are for sale again, and it is kept, as cancelled."""
    order_store.cancel(id, caller, clock.now())
    return Reply("", 204)
