from kalit.kit import api, clock
from kalit.kit.caller import Staff
from kalit.kit.request import Request
from kalit.shop import picture_store, product_store
from kalit.shop.admin import AdminProduct
from kalit.shop.catalogue import ProductNotFound


@api.delete("/api/admin/products/{id}/image/", uses=picture_store.REMOVE, raises=[ProductNotFound])
def handler(id: int, request: Request, caller: Staff) -> AdminProduct:
    """Show the product without a picture."""
    return product_store.picture(id, None, caller, request.origin, clock.now())
