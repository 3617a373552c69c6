from kalit.kit import api, clock
from kalit.kit.caller import Staff
from kalit.shop import attribute_store
from kalit.shop.admin import Value, ValueChange, ValueNotFound


@api.patch(
    "/api/admin/attribute-values/{id}/",
    also=[("PUT", "/api/admin/attribute-values/{id}/")],
    uses=attribute_store.CHANGE,
    raises=[ValueNotFound],
)
def handler(id: int, body: ValueChange, caller: Staff) -> Value:
    """Write a value otherwise."""
    return attribute_store.change_value(id, body, caller, clock.now())
