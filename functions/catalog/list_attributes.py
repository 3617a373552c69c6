from kalit.kit import api
from kalit.kit.caller import Staff
from kalit.kit.errors import InvalidPage
from kalit.kit.pages import Page
from kalit.shop import attribute_store
from kalit.shop.admin import Attribute, ListAll


@api.get("/api/admin/attributes/", uses=attribute_store.LIST, raises=[InvalidPage])
def handler(query: ListAll, caller: Staff) -> Page[Attribute]:
    """In what variants differ, by id, ten to a page."""
    return attribute_store.listed(query)
