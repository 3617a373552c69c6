from kalit.kit import api, clock
from kalit.kit.api import Reply
from kalit.kit.caller import Staff
from kalit.shop import category_store
from kalit.shop.admin import InUse
from kalit.shop.catalogue import CategoryNotFound


@api.delete("/api/admin/categories/{id}/", uses=category_store.DELETE, raises=[CategoryNotFound, InUse], status=204)
def handler(id: int, caller: Staff) -> Reply:
    """Delete a category that no product is in."""
    category_store.delete(id, caller, clock.now())
    return Reply("", 204)
