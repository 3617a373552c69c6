from kalit.kit import api
from kalit.kit.caller import Staff
from kalit.shop import variant_store
from kalit.shop.admin import AdminVariant, VariantNotFound


@api.get("/api/admin/variants/{id}/", uses=variant_store.READ, raises=[VariantNotFound])
def handler(id: int, caller: Staff) -> AdminVariant:
    """A variant with its stock: what can be bought, what open orders hold, what was sold."""
    return variant_store.get(id)
