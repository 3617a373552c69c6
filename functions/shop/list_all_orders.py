from kalit.kit import api
from kalit.kit.caller import Staff
from kalit.kit.errors import InvalidPage
from kalit.kit.pages import Page
from kalit.shop import order_store
from kalit.shop.orders import ListOrders, Order


@api.get("/api/admin/orders/", uses=order_store.LIST_ALL, raises=[InvalidPage])
def handler(query: ListOrders, caller: Staff) -> Page[Order]:
    """Everybody's orders, the newest first, ten to a page."""
    return order_store.listed_all(query)
