from kalit.kit import api
from kalit.kit.caller import Staff
from kalit.kit.errors import InvalidPage
from kalit.kit.pages import Page
from kalit.shop import variant_store
from kalit.shop.admin import AdminVariant, ListVariants


@api.get("/api/admin/variants/", uses=variant_store.LIST, raises=[InvalidPage])
def handler(query: ListVariants, caller: Staff) -> Page[AdminVariant]:
    """Variants by id, ten to a page; of one product, where it is named."""
    return variant_store.listed(query)
