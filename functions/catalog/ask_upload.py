from kalit.kit import api, clock
from kalit.kit.caller import Staff
from kalit.shop import picture_store
from kalit.shop.catalogue import ProductNotFound
from kalit.shop.pictures import NewPicture, Upload


@api.post("/api/admin/products/{id}/image/", uses=picture_store.ASK, raises=[ProductNotFound])
def handler(id: int, body: NewPicture, caller: Staff) -> Upload:
    """Ask for what a product's picture is uploaded with; post it within five minutes, then PUT here what it is called.

    JPEG, PNG, GIF or WebP, five megabytes at most.
    """
    return picture_store.ask(id, body, clock.now())
