from kalit.campaigns import client_store
from kalit.campaigns.clients import Client
from kalit.kit import api
from kalit.kit.caller import Caller
from kalit.kit.errors import InvalidPage
from kalit.kit.pages import Page, PageQuery


@api.get("/api/clients/", uses=client_store.LIST, raises=[InvalidPage])
def handler(query: PageQuery, caller: Caller) -> Page[Client]:
    """Your clients by id, fifty to a page; staff see everybody's."""
    return client_store.listed(query, caller)
