from kalit.kit import api
from kalit.kit.caller import Staff
from kalit.kit.request import Request
from kalit.shop import product_store
from kalit.shop.admin import AdminProduct
from kalit.shop.catalogue import ProductNotFound


@api.get("/api/admin/products/{id}/", uses=product_store.READ, raises=[ProductNotFound])
def handler(id: int, request: Request, caller: Staff) -> AdminProduct:
    """A product, as staff keep it."""
    return product_store.get(id, request.origin)
