from kalit.kit import api, clock
from kalit.kit.caller import Staff
from kalit.shop import attribute_store
from kalit.shop.admin import NewValue, Value


@api.post("/api/admin/attribute-values/", uses=attribute_store.CREATE, status=201)
def handler(body: NewValue, caller: Staff) -> Value:
    """Make a value of an attribute."""
    return attribute_store.create_value(body, caller, clock.now())
