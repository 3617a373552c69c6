from functools import partial

import pytest

from ..world import meanwhile, upset
from .market import Market


@pytest.mark.parametrize(("by", "status"), [("ali", 204), ("vali", 403), ("manager", 204), ("", 401)])
def test_its_author_takes_it_back_and_staff(market: Market, by: str, status: int) -> None:
    product = market.product()
    market.review(product, 5)
    assert market.ask("shop.delete_review", by=by, id=1).status == status
    assert market.rated(product) == ((None, 0) if status == 204 else (5.0, 1))
    assert market.ask("shop.list_reviews").json["count"] == (status != 204)


def test_he_may_then_write_another(market: Market) -> None:
    product = market.product()
    market.review(product, 5)
    market.ask("shop.delete_review", by="ali", id=1)
    assert market.ask("shop.delete_review", by="ali", id=1).status == 404
    market.review(product, 2)
    assert market.rated(product) == (2.0, 1)


def test_deleted_twice_at_once_it_counts_once(market: Market) -> None:
    product = market.product()
    market.review(product, 5)
    market.review(product, 3, by="vali")
    with upset("TransactWriteItems", meanwhile(partial(market.ask, "shop.delete_review", by="boss", id=1))):
        assert market.ask("shop.delete_review", by="ali", id=1).status == 404
    assert market.rated(product) == (3.0, 1)
