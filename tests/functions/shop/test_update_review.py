from functools import partial

import pytest

from ..rows import unchanged
from ..world import meanwhile, upset
from .market import FORBIDDEN, Market


@pytest.mark.parametrize(("by", "status"), [("ali", 200), ("vali", 403), ("manager", 200), ("boss", 200), ("", 401)])
def test_its_author_changes_it_and_staff(market: Market, by: str, status: int) -> None:
    product = market.product()
    market.review(product, 5)
    answer = market.ask("shop.update_review", {"rating": 2}, by=by, id=1)
    assert answer.status == status
    if status == 200:
        assert (answer.json["rating"], answer.json["comment"]) == (2, "Opens.")
    assert market.rated(product) == (2.0 if status == 200 else 5.0, 1)
    assert market.acts.count("review.update") == (by in ("manager", "boss"))
    assert status != 403 or answer.json == FORBIDDEN


def test_product_and_author_stay(market: Market) -> None:
    market.review(market.product(), 5)
    told = market.ask("shop.update_review", {"product": 9, "username": "x", "comment": "Jams."}, by="ali", id=1).json
    assert (told["product"], told["username"], told["comment"], told["rating"]) == (1, "ali", "Jams.", 5)
    with unchanged(market.aws):
        assert market.ask("shop.update_review", {"rating": 6}, by="ali", id=1).status == 400
    assert market.ask("shop.update_review", {"rating": 6}, by="ali", id=9).status == 400
    assert market.ask("shop.update_review", {"rating": 5}, by="ali", id=9).status == 404


def test_of_two_changes_at_once_the_average_knows_the_last(market: Market) -> None:
    product = market.product()
    market.review(product, 5)
    other = partial(market.ask, "shop.update_review", {"rating": 1}, by="boss", id=1)
    with upset("TransactWriteItems", meanwhile(other)):
        market.ask("shop.update_review", {"rating": 3}, by="ali", id=1)
    assert market.rated(product) == (3.0, 1)
