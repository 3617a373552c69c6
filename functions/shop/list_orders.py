from kalit.kit import api
from kalit.kit.caller import Caller
from kalit.kit.errors import InvalidPage
from kalit.kit.pages import Page
from kalit.shop import order_store, orders
from kalit.shop.orders import ListOrders, Order


@api.get("/api/orders/", uses=order_store.LIST, raises=[InvalidPage])
def handler(query: ListOrders, caller: Caller) -> Page[Order]:
    """Your orders, the newest first, ten to a page; staff see everybody's."""
    return order_store.listed_all(query) if orders.is_staff(caller) else order_store.listed(query, caller)
