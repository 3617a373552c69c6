from kalit.kit import api, clock
from kalit.kit.caller import Staff
from kalit.shop import variant_store
from kalit.shop.admin import AdminVariant, NewVariant


@api.post("/api/admin/variants/", uses=variant_store.CREATE, status=201)
def handler(body: NewVariant, caller: Staff) -> AdminVariant:
    """Make a variant of a product: what can be bought, at which price, and how much there is."""
    return variant_store.create(body, caller, clock.now())
