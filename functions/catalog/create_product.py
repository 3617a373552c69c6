from kalit.kit import api, clock
from kalit.kit.caller import Staff
from kalit.kit.request import Request
from kalit.shop import product_store
from kalit.shop.admin import AdminProduct, NewProduct


@api.post("/api/admin/products/", uses=product_store.CREATE, status=201)
def handler(body: NewProduct, request: Request, caller: Staff) -> AdminProduct:
    """Make a product; it can be bought when it has variants."""
    return product_store.create(body, caller, request.origin, clock.now())
