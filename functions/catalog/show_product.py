from kalit.kit import api
from kalit.kit.caller import Caller
from kalit.kit.request import Request
from kalit.shop import catalogue_store
from kalit.shop.catalogue import Product, ProductNotFound


@api.get("/api/products/{id}/", uses=catalogue_store.SHOW, raises=[ProductNotFound])
def handler(id: int, request: Request, caller: Caller | None) -> Product:
    """A product with its variants; stock and prices are those of now."""
    return catalogue_store.show(id, request.origin)
