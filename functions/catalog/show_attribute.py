from kalit.kit import api
from kalit.kit.caller import Staff
from kalit.shop import attribute_store
from kalit.shop.admin import Attribute, AttributeNotFound


@api.get("/api/admin/attributes/{id}/", uses=attribute_store.READ, raises=[AttributeNotFound])
def handler(id: int, caller: Staff) -> Attribute:
    """An attribute."""
    return attribute_store.get(id)
