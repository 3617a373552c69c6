from kalit.kit import api, clock
from kalit.kit.caller import Staff
from kalit.shop import attribute_store
from kalit.shop.admin import Attribute, AttributeNotFound, NewAttribute


@api.patch(
    "/api/admin/attributes/{id}/",
    also=[("PUT", "/api/admin/attributes/{id}/")],
    uses=attribute_store.CHANGE,
    raises=[AttributeNotFound],
)
def handler(id: int, body: NewAttribute, caller: Staff) -> Attribute:
    """Call an attribute otherwise."""
    return attribute_store.change(id, body, caller, clock.now())
