from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.shop import review_store
from kalit.shop.reviews import Review, ReviewChange, ReviewNotFound


@api.patch(
    "/api/reviews/{id}/", also=[("PUT", "/api/reviews/{id}/")], uses=review_store.CHANGE, raises=[ReviewNotFound]
)
def handler(id: int, body: ReviewChange, caller: Caller) -> Review:
    """Change a review of yours; what you leave out stays. Staff may change any."""
    return review_store.change(id, body, caller, clock.now())
