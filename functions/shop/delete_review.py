from kalit.kit import api, clock
from kalit.kit.api import Reply
from kalit.kit.caller import Caller
from kalit.shop import review_store
from kalit.shop.reviews import ReviewNotFound


@api.delete("/api/reviews/{id}/", uses=review_store.DELETE, raises=[ReviewNotFound], status=204)
def handler(id: int, caller: Caller) -> Reply:
    """Take a review of yours back; you may then write another. Staff may delete any."""
    review_store.delete(id, caller, clock.now())
    return Reply("", 204)
