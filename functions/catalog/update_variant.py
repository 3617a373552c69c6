from kalit.kit import api, clock
from kalit.kit.caller import Staff
from kalit.shop import variant_store
from kalit.shop.admin import AdminVariant, VariantChange, VariantNotFound


@api.patch(
    "/api/admin/variants/{id}/",
    also=[("PUT", "/api/admin/variants/{id}/")],
    uses=variant_store.CHANGE,
    raises=[VariantNotFound],
)
def handler(id: int, body: VariantChange, caller: Staff) -> AdminVariant:
    """Change a variant; what you leave out stays. `stock` sets what can be bought, beside what orders hold."""
    return variant_store.change(id, body, caller, clock.now())
