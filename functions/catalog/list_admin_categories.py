from kalit.kit import api
from kalit.kit.caller import Staff
from kalit.kit.errors import InvalidPage
from kalit.kit.pages import Page
from kalit.shop import category_store
from kalit.shop.admin import ListAll
from kalit.shop.catalogue import Category


@api.get("/api/admin/categories/", uses=category_store.LIST, raises=[InvalidPage])
def handler(query: ListAll, caller: Staff) -> Page[Category]:
    """Categories by id, ten to a page, as staff keep them."""
    return category_store.listed(query)
