from kalit.kit import api, clock
from kalit.kit.caller import Staff
from kalit.shop import category_store
from kalit.shop.admin import NewCategory
from kalit.shop.catalogue import Category


@api.post("/api/admin/categories/", uses=category_store.CREATE, status=201)
def handler(body: NewCategory, caller: Staff) -> Category:
    """Make a category."""
    return category_store.create(body, caller, clock.now())
