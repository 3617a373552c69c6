from kalit.kit import api, clock
from kalit.kit.caller import Staff
from kalit.shop import attribute_store
from kalit.shop.admin import Attribute, NewAttribute


@api.post("/api/admin/attributes/", uses=attribute_store.CREATE, status=201)
def handler(body: NewAttribute, caller: Staff) -> Attribute:
    """Make an attribute, such as the color."""
    return attribute_store.create(body, caller, clock.now())
