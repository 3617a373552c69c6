from kalit.kit import api
from kalit.kit.caller import Caller
from kalit.shop import review_store
from kalit.shop.reviews import Review, ReviewNotFound


@api.get("/api/reviews/{id}/", uses=review_store.READ, raises=[ReviewNotFound])
def handler(id: int, caller: Caller | None) -> Review:
    """What somebody thinks of a product."""
    return review_store.get(id)
