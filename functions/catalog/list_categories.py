from kalit.kit import api
from kalit.kit.caller import Caller
from kalit.kit.errors import InvalidPage
from kalit.kit.pages import Page
from kalit.shop import category_store
from kalit.shop.admin import ListAll
from kalit.shop.catalogue import Category


@api.get("/api/categories/", uses=category_store.LIST, raises=[InvalidPage])
def handler(query: ListAll, caller: Caller | None) -> Page[Category]:
    """The categories of the shop by id, ten to a page."""
    return category_store.listed(query)
