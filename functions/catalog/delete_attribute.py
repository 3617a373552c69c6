from kalit.kit import api, clock
from kalit.kit.api import Reply
from kalit.kit.caller import Staff
from kalit.shop import attribute_store
from kalit.shop.admin import AttributeNotFound, InUse


@api.delete("/api/admin/attributes/{id}/", uses=attribute_store.DELETE, raises=[AttributeNotFound, InUse], status=204)
def handler(id: int, caller: Staff) -> Reply:
    """Delete an attribute that has no values."""
    attribute_store.delete(id, caller, clock.now())
    return Reply("", 204)
