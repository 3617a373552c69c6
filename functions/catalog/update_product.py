from kalit.kit import api, clock
from kalit.kit.caller import Staff
from kalit.kit.request import Request
from kalit.shop import product_store
from kalit.shop.admin import AdminProduct, ProductChange
from kalit.shop.catalogue import ProductNotFound


@api.patch(
    "/api/admin/products/{id}/",
    also=[("PUT", "/api/admin/products/{id}/")],
    uses=product_store.CHANGE,
    raises=[ProductNotFound],
)
def handler(id: int, body: ProductChange, request: Request, caller: Staff) -> AdminProduct:
    """Change a product; what you leave out stays. Searches know it within two seconds."""
    return product_store.change(id, body, caller, request.origin, clock.now())
