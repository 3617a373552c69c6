from kalit.kit import api
from kalit.kit.caller import Staff
from kalit.kit.errors import InvalidPage
from kalit.kit.pages import Page
from kalit.shop import attribute_store
from kalit.shop.admin import ListAll, Value


@api.get("/api/admin/attribute-values/", uses=attribute_store.LIST, raises=[InvalidPage])
def handler(query: ListAll, caller: Staff) -> Page[Value]:
    """The values of all attributes by id, ten to a page."""
    return attribute_store.values(query)
