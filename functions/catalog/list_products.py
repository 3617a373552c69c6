from kalit.kit import api
from kalit.kit.caller import Caller
from kalit.kit.errors import InvalidPage
from kalit.kit.pages import Page
from kalit.kit.request import Request
from kalit.shop import catalogue_store
from kalit.shop.catalogue import ListProducts, Product


@api.get("/api/products/", uses=catalogue_store.LIST, raises=[InvalidPage])
def handler(query: ListProducts, request: Request, caller: Caller | None) -> Page[Product]:
    """Products, searched, filtered and ordered, ten to a page; stock and prices are those of now."""
    return catalogue_store.listed(query, request.origin)
