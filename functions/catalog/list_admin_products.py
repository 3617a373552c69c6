from kalit.kit import api
from kalit.kit.caller import Staff
from kalit.kit.errors import InvalidPage
from kalit.kit.pages import Page
from kalit.kit.request import Request
from kalit.shop import product_store
from kalit.shop.admin import AdminProduct, ListAll


@api.get("/api/admin/products/", uses=product_store.LIST, raises=[InvalidPage])
def handler(query: ListAll, request: Request, caller: Staff) -> Page[AdminProduct]:
    """Products, the oldest first, ten to a page, as staff keep them."""
    return product_store.listed(query, request.origin)
