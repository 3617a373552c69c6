from functools import partial

import pytest

from kalit.shop import cart_store

from ..rows import unchanged
from ..world import at_once, lost, meanwhile, upset
from .market import CART, Market

NOT_ENOUGH = {"error": "Omborda yetarli mahsulot yo'q"}
NO_VARIANT = {"error": "Variant topilmadi"}


def test_it_is_added_to_what_is_there(market: Market) -> None:
    variant = market.variant()
    answer = market.add(variant, 2)
    assert (answer.status, answer.json["message"], answer.json["cart"]["count"]) == (200, "Savatga qo'shildi", 2)
    assert market.ask("shop.add_to_cart", {"variant_id": variant}, cart=CART).json["cart"]["count"] == 3
    assert market.add(variant, headers={"accept-language": "ru"}).json["message"] == "Добавлено в корзину"


@pytest.mark.parametrize("quantity", [0, -1, -(10**9), 10**9 + 1, True, False, None, 1.5, "two", [], {}])
def test_a_quantity_that_is_none_is_refused(market: Market, quantity: object) -> None:
    variant = market.variant()
    with unchanged(market.aws):
        answer = market.ask("shop.add_to_cart", {"variant_id": variant, "quantity": quantity}, cart=CART)
    assert (answer.status, list(answer.json)) == (400, ["quantity"])


@pytest.mark.parametrize("variant", [0, 99, 10**17])
def test_there_must_be_such_a_variant(market: Market, variant: int) -> None:
    with unchanged(market.aws):
        answer = market.add(variant)
    assert (answer.status, answer.json) == (404, NO_VARIANT)


@pytest.mark.parametrize(
    "body", [{}, {"variant_id": None}, {"variant_id": "x"}, {"variant_id": True}, {"variant_id": -1}]
)
def test_a_variant_must_be_named(market: Market, body: dict[str, object]) -> None:
    answer = market.ask("shop.add_to_cart", body, cart=CART)
    assert (answer.status, list(answer.json)) == (400, ["variant_id"])


def test_one_that_is_not_active_is_not_there(market: Market) -> None:
    variant = market.variant(is_active=False)
    assert (market.add(variant).status, market.add(variant).json) == (404, NO_VARIANT)


@pytest.mark.parametrize("quantity", [6, 10**9])
def test_nobody_takes_more_than_there_is_also_bit_by_bit(market: Market, quantity: int) -> None:
    variant = market.variant(stock=5)
    assert (market.add(variant, quantity).status, market.add(variant, quantity).json) == (400, NOT_ENOUGH)
    assert market.add(variant, 3).status == 200
    with unchanged(market.aws):
        assert market.add(variant, 3).json == NOT_ENOUGH
    assert market.cart() == {variant: 3}


def test_only_so_many_different_goods_fit(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cart_store, "MOST_LINES", 1)
    one, two = market.variant(), market.variant(market.product("Two"))
    market.add(one)
    answer = market.add(two)
    told = "Savatda koʻpi bilan 1 xil mahsulot boʻlishi mumkin"
    assert (answer.status, answer.json) == (400, {"error": told})
    assert market.add(one).status == 200


def test_what_comes_at_once_is_all_there(market: Market) -> None:
    one, two = market.variant(), market.variant(market.product("Two"))
    answers = at_once([partial(market.add, variant) for variant in (one, two) * 3])
    assert {answer.status for answer in answers} == {200}
    assert market.cart() == {one: 3, two: 3}


def test_an_answer_that_is_lost_on_the_way_to_us_adds_nothing_twice(market: Market) -> None:
    variant = market.variant()
    with upset("TransactWriteItems", lost):
        assert market.add(variant, 2).status == 200
    assert market.cart() == {variant: 2}


def test_what_was_taken_out_meanwhile_stays_out(market: Market) -> None:
    one, two = market.variant(), market.variant(market.product("Two"))
    market.add(one)
    empty = partial(market.ask, "shop.remove_from_cart", {}, cart=CART)
    with upset("TransactWriteItems", meanwhile(empty)):
        market.add(two)
    assert market.cart() == {two: 1}


def test_what_a_visitor_brings_along_counts_with_it(market: Market) -> None:
    variant = market.variant(stock=5)
    market.add(variant, 3)
    answer = market.ask("shop.add_to_cart", {"variant_id": variant, "quantity": 3}, by="ali", cart=CART)
    assert answer.json == NOT_ENOUGH
    assert market.cart(by="ali") == {variant: 3}
