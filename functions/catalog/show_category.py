from kalit.kit import api
from kalit.kit.caller import Caller
from kalit.shop import category_store
from kalit.shop.catalogue import Category, CategoryNotFound


@api.get("/api/categories/{id}/", uses=category_store.READ, raises=[CategoryNotFound])
def handler(id: int, caller: Caller | None) -> Category:
    """A category of the shop."""
    return category_store.get(id)
