from kalit.kit import api
from kalit.kit.caller import Caller
from kalit.kit.errors import InvalidPage
from kalit.kit.pages import Page
from kalit.shop import review_store
from kalit.shop.reviews import ListReviews, Review


@api.get("/api/reviews/", uses=review_store.LIST, raises=[InvalidPage])
def handler(query: ListReviews, caller: Caller | None) -> Page[Review]:
    """What buyers think, the newest first, ten to a page; of one product, where it is named."""
    return review_store.listed(query)
