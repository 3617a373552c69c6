from kalit.kit import api, clock
from kalit.kit.caller import Staff
from kalit.shop import category_store
from kalit.shop.admin import CategoryChange
from kalit.shop.catalogue import Category, CategoryNotFound


@api.patch(
    "/api/admin/categories/{id}/",
    also=[("PUT", "/api/admin/categories/{id}/")],
    uses=category_store.CHANGE,
    raises=[CategoryNotFound],
)
def handler(id: int, body: CategoryChange, caller: Staff) -> Category:
    """Change a category; what you leave out stays."""
    return category_store.change(id, body, caller, clock.now())
