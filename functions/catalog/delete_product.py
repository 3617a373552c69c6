from kalit.kit import api, clock
from kalit.kit.api import Reply
from kalit.kit.caller import Staff
from kalit.shop import product_store
from kalit.shop.admin import Reserved
from kalit.shop.catalogue import ProductNotFound


@api.delete("/api/admin/products/{id}/", uses=product_store.DELETE, raises=[ProductNotFound, Reserved], status=204)
def handler(id: int, caller: Staff) -> Reply:
    """Delete a product with its variants; orders keep what they say of it."""
    product_store.delete(id, caller, clock.now())
    return Reply("", 204)
