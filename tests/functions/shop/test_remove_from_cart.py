import pytest

from .market import CART, Market


@pytest.mark.parametrize("where", ["body", "query"])
def test_a_variant_is_taken_out(market: Market, where: str) -> None:
    one, two = market.variant(), market.variant(market.product("Two"))
    market.add(one, 2)
    market.add(two)
    told = {"body": {"variant_id": one}} if where == "body" else {"query": {"variant_id": one}}
    answer = market.ask("shop.remove_from_cart", cart=CART, **told)
    assert (answer.status, answer.json["message"], answer.json["cart"]["count"]) == (200, "O'chirildi", 1)
    assert market.cart() == {two: 1}


def test_one_that_is_not_in_it_changes_nothing(market: Market) -> None:
    variant = market.variant()
    market.add(variant)
    answer = market.ask("shop.remove_from_cart", {"variant_id": 99}, cart=CART)
    assert (answer.status, answer.json["cart"]["count"]) == (200, 1)


def test_without_a_variant_everything_goes(market: Market) -> None:
    market.add(market.variant(), by="ali")
    answer = market.ask("shop.remove_from_cart", by="ali")
    assert (answer.status, answer.json["cart"]) == (200, {"items": [], "total_price": 0.0, "count": 0})


@pytest.mark.parametrize("value", ["x", True, -1, []])
def test_what_is_no_variant_is_refused(market: Market, value: object) -> None:
    variant = market.variant()
    market.add(variant)
    assert market.ask("shop.remove_from_cart", {"variant_id": value}, cart=CART).status == 400
    assert market.cart() == {variant: 1}


def test_what_a_visitor_brings_along_goes_too(market: Market) -> None:
    one, two = market.variant(), market.variant(market.product("Two"))
    market.add(one, 2)
    market.add(two, by="ali")
    answer = market.ask("shop.remove_from_cart", {"variant_id": one}, by="ali", cart=CART)
    assert answer.json["cart"]["count"] == 1
    assert (market.cart(by="ali"), market.cart()) == ({two: 1}, {})
