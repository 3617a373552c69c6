from kalit.campaigns import import_store
from kalit.campaigns.imports import Import
from kalit.kit import api
from kalit.kit.caller import Caller
from kalit.kit.errors import InvalidPage
from kalit.kit.pages import Page, PageQuery


@api.get("/api/clients/imports/", uses=import_store.LIST, raises=[InvalidPage])
def handler(query: PageQuery, caller: Caller) -> Page[Import]:
    """Your imports, the newest first, fifty to a page; staff see everybody's."""
    return import_store.listed(query, caller)
