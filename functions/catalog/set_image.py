from kalit.kit import api, clock
from kalit.kit.caller import Staff
from kalit.kit.doors import Host
from kalit.kit.request import Request
from kalit.shop import picture_store
from kalit.shop.admin import AdminProduct
from kalit.shop.catalogue import ProductNotFound
from kalit.shop.pictures import SetPicture


@api.put(
    "/api/admin/products/{id}/image/",
    uses=picture_store.SET,
    raises=[ProductNotFound],
    host=Host(timeout=20),
)
def handler(id: int, body: SetPicture, request: Request, caller: Staff) -> AdminProduct:
    """Make what was uploaded the product's picture; what is no picture by its bytes is refused."""
    return picture_store.take(id, body.image, caller, request.origin, clock.now())
