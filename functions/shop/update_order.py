from kalit.kit import api, clock
from kalit.shop import order_store
from kalit.shop.errors import NotYourOrder, ShortStock
from kalit.shop.orders import Clerk, Order, OrderChange, OrderNotFound


@api.patch(
    "/api/orders/{id}/",
    also=[("PUT", "/api/orders/{id}/")],
    uses=order_store.MOVE,
    raises=[OrderNotFound, NotYourOrder, ShortStock],
)
def handler(id: int, body: OrderChange, caller: Clerk) -> Order:
    """Change an order's status, or to whom it goes, as staff; its goods and its total stay."""
    return order_store.change(id, body, caller, clock.now())
