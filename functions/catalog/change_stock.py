from uuid import UUID

from kalit.kit import api, clock
from kalit.kit.caller import Staff
from kalit.shop import variant_store
from kalit.shop.admin import AdminVariant, StockChange, VariantNotFound


@api.post("/api/admin/variants/{id}/stock/", uses=variant_store.STOCK, raises=[VariantNotFound], once=True)
def handler(id: int, body: StockChange, caller: Staff, key: UUID | None) -> AdminVariant:
    """Bring or take some of a variant, and say why; what can be bought never falls below nothing."""
    return variant_store.add(id, body, caller, clock.now(), key)
