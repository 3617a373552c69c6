from kalit.kit import api, clock
from kalit.kit.api import Reply
from kalit.kit.caller import Staff
from kalit.shop import variant_store
from kalit.shop.admin import Reserved, VariantNotFound


@api.delete("/api/admin/variants/{id}/", uses=variant_store.CHANGE, raises=[VariantNotFound, Reserved], status=204)
def handler(id: int, caller: Staff) -> Reply:
    """Delete a variant that no open order holds; orders keep what they say of it."""
    variant_store.delete(id, caller, clock.now())
    return Reply("", 204)
