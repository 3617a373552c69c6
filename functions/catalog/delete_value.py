from kalit.kit import api, clock
from kalit.kit.api import Reply
from kalit.kit.caller import Staff
from kalit.shop import attribute_store
from kalit.shop.admin import ValueNotFound


@api.delete("/api/admin/attribute-values/{id}/", uses=attribute_store.DELETE, raises=[ValueNotFound], status=204)
def handler(id: int, caller: Staff) -> Reply:
    """Delete a value; variants that have it go on without it."""
    attribute_store.delete_value(id, caller, clock.now())
    return Reply("", 204)
