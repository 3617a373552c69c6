from kalit.kit import api
from kalit.kit.caller import Staff
from kalit.kit.errors import InvalidPage
from kalit.kit.pages import Page
from kalit.shop import variant_store
from kalit.shop.admin import ListAll, Movement, VariantNotFound


@api.get("/api/admin/variants/{id}/stock/", uses=variant_store.MOVEMENTS, raises=[VariantNotFound, InvalidPage])
def handler(id: int, query: ListAll, caller: Staff) -> Page[Movement]:
    """What moved a variant's stock, and why, the newest first; the last thousand movements."""
    return variant_store.movements(id, query)
