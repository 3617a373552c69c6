from functools import partial

import pytest

from ..rows import unchanged
from ..world import at_once, lost, upset
from .market import Market


def test_a_review_is_told_at_once_with_the_average(market: Market) -> None:
    product = market.product()
    answer = market.ask("shop.create_review", {"product": product, "rating": 5, "comment": " Opens. "}, by="ali")
    told = {"id": 1, "user": 1, "username": "ali", "product": product, "rating": 5, "comment": "Opens."}
    assert (answer.status, answer.json) == (
        201,
        {**told, "verified_buyer": False, "created_at": "2026-01-05T12:00:00.000Z"},
    )
    market.review(product, 2, by="vali")
    assert market.rated(product) == (3.5, 2)


def test_a_second_one_of_the_same_product_is_refused(market: Market) -> None:
    product = market.product()
    market.review(product, 5)
    with unchanged(market.aws):
        answer = market.ask("shop.create_review", {"product": product, "rating": 1, "comment": "x"}, by="ali")
    assert (answer.status, answer.json) == (400, ["Siz bu mahsulotga avval izoh qoldirgansiz!"])
    market.review(market.product("Two"), 1)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        *[({"rating": rating}, "rating") for rating in (0, 6, -1, 4.5, True, None, "five", 10**9)],
        *[({"comment": comment}, "comment") for comment in ("", "  ", None, "x" * 5_001)],
        *[({"product": product}, "product") for product in (9, None, "x", True)],
    ],
)
def test_what_is_no_review_is_refused(market: Market, told: dict[str, object], field: str) -> None:
    product = market.product()
    with unchanged(market.aws):
        body = {"product": product, "rating": 5, "comment": "Opens.", **told}
        answer = market.ask("shop.create_review", body, by="ali")
    assert (answer.status, list(answer.json)) == (400, [field])


def test_a_product_that_was_deleted_is_reviewed_by_nobody(market: Market) -> None:
    product = market.product()
    market.staff("delete_product", id=product)
    answer = market.ask("shop.create_review", {"product": product, "rating": 5, "comment": "x"}, by="ali")
    assert answer.json == {"product": [f'Invalid pk "{product}" - object does not exist.']}


def test_nobody_reviews_without_an_account(market: Market) -> None:
    assert market.ask("shop.create_review", {"product": 1, "rating": 5, "comment": "x"}).status == 401


@pytest.mark.parametrize(
    ("status", "verified"),
    [("pending", False), ("paid", True), ("shipped", True), ("delivered", True), ("cancelled", False)],
)
def test_who_has_paid_for_it_is_a_verified_buyer(market: Market, status: str, verified: bool) -> None:
    product = market.product()
    order = market.order(market.variant(product), by="ali")
    market.staff_order(order, status=status)
    assert market.review(product, 5)["verified_buyer"] is verified
    assert market.review(product, 5, by="vali")["verified_buyer"] is False


@pytest.mark.long
def test_fifty_at_once_make_an_exact_average(market: Market) -> None:
    product = market.product()
    ratings = [1 + number * number % 5 for number in range(50)]
    acts = [
        partial(market.review, product, rating, by=by) for rating, by in zip(ratings, market.newcomers(50), strict=True)
    ]
    at_once(acts)
    assert market.rated(product) == (sum(ratings) / 50, 50) == (3.0, 50)


def test_a_lost_answer_counts_once(market: Market) -> None:
    product = market.product()
    with upset("TransactWriteItems", lost):
        market.review(product, 4)
    assert market.rated(product) == (4.0, 1)
