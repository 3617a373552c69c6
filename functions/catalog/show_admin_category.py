from kalit.kit import api
from kalit.kit.caller import Staff
from kalit.shop import category_store
from kalit.shop.catalogue import Category, CategoryNotFound


@api.get("/api/admin/categories/{id}/", uses=category_store.READ, raises=[CategoryNotFound])
def handler(id: int, caller: Staff) -> Category:
    """A category, as staff keep it."""
    return category_store.get(id)
