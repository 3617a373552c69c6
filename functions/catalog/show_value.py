from kalit.kit import api
from kalit.kit.caller import Staff
from kalit.shop import attribute_store
from kalit.shop.admin import Value, ValueNotFound


@api.get("/api/admin/attribute-values/{id}/", uses=attribute_store.READ, raises=[ValueNotFound])
def handler(id: int, caller: Staff) -> Value:
    """A value of an attribute."""
    return attribute_store.value(id)
