from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.shop import review_store
from kalit.shop.reviews import AlreadyReviewed, NewReview, Review


@api.post("/api/reviews/", uses=review_store.CREATE, raises=[AlreadyReviewed], status=201)
def handler(body: NewReview, caller: Caller) -> Review:
    """Say what you think of a product, once; its average is another at once."""
    return review_store.create(body, caller, clock.now())
