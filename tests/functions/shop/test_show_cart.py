from uuid import UUID

import pytest

from ..world import Killed, killed_after, meanwhile, upset
from .market import CART, Market


def test_a_visitor_is_given_a_cookie_by_which_his_cart_is_known(market: Market) -> None:
    variant = market.variant()
    answer = market.ask("shop.show_cart")
    assert (answer.status, answer.json) == (200, {"items": [], "total_price": 0.0, "count": 0})
    cookie, *told = answer.headers["Set-Cookie"].split("; ")
    assert told == ["Path=/", "Max-Age=1209600", "HttpOnly", "SameSite=Lax"]
    assert UUID(cookie.removeprefix("sessionid=")) == UUID(answer.headers["X-Cart-Id"])
    again = market.ask("shop.add_to_cart", {"variant_id": variant}, headers={"cookie": f"csrf=1; {cookie}"})
    assert "Set-Cookie" not in again.headers
    assert market.cart(cart=answer.headers["X-Cart-Id"]) == {variant: 1}


def test_over_https_the_cookie_stays_there(market: Market) -> None:
    answer = market.ask("shop.show_cart", headers={"x-kalit-scheme": "https"})
    assert answer.headers["Set-Cookie"].endswith("; Secure")


def test_a_cookie_of_something_else_is_replaced(market: Market) -> None:
    answer = market.ask("shop.show_cart", headers={"cookie": "sessionid=of-the-old-shop"})
    assert answer.headers["Set-Cookie"].startswith(f"sessionid={answer.headers['X-Cart-Id']}")


def test_a_cart_id_that_is_none_is_refused(market: Market) -> None:
    answer = market.ask("shop.show_cart", cart="mine")
    assert (answer.status, answer.json) == (400, {"X-Cart-Id": ["Must be a valid UUID."]})


def test_lines_are_shown_at_their_prices_of_now(market: Market) -> None:
    product = market.product("Kalit One")
    blue, large = market.value("Color", "Blue"), market.value("Size", "XL")
    variant = market.variant(product, "129.99", sku="ONE", attributes=[blue, large])
    market.add(variant, 3)
    market.staff("update_variant", {"price": "100.10"}, id=variant)
    told = market.ask("shop.show_cart", cart=CART).json
    assert told == {
        "items": [
            {
                "variant_id": variant,
                "product_name": "Kalit One",
                "sku": "ONE",
                "attributes": "Color: Blue, Size: XL",
                "price": 100.1,
                "quantity": 3,
                "total": 300.3,
                "image": None,
            }
        ],
        "total_price": 300.3,
        "count": 3,
    }


@pytest.mark.parametrize("ending", ["deleted", "not active", "with its product"])
def test_what_is_not_sold_any_more_is_not_in_it(market: Market, ending: str) -> None:
    variant, other = market.variant(), market.variant(market.product("Two"))
    market.add(variant, 2)
    market.add(other)
    match ending:
        case "deleted":
            market.staff("delete_variant", id=variant)
        case "not active":
            market.staff("update_variant", {"is_active": False}, id=variant)
        case _:
            market.staff("delete_product", id=1)
    assert market.cart() == {other: 1}


def test_it_is_kept_for_a_week_after_its_last_change(market: Market) -> None:
    variant = market.variant()
    market.add(variant)
    market.clock.move(days=6)
    market.add(variant)
    market.clock.move(days=6, hours=23)
    assert market.cart() == {variant: 2}
    market.clock.move(hours=2)
    assert market.cart() == {}


def test_others_carts_are_not_seen(market: Market) -> None:
    variant = market.variant()
    market.add(variant, by="ali")
    market.add(variant, 2)
    assert market.cart(by="vali") == market.cart(cart="00000000-0000-4000-8000-000000000000") == {}
    [mine] = {market.ask("shop.show_cart", by="ali").headers["X-Cart-Id"]}
    assert market.cart(cart=mine) == {}  # whoever learns the id of an account's cart has nothing


# A visitor who logs in


def test_his_cart_is_taken_in_once(market: Market) -> None:
    one, two = market.variant(), market.variant(market.product("Two"))
    market.add(one, 2)
    market.add(two)
    market.add(one, by="ali")
    for _ in range(2):
        told = market.ask("shop.show_cart", by="ali", headers={"cookie": f"sessionid={CART}"}).json
        assert {line["variant_id"]: line["quantity"] for line in told["items"]} == {one: 3, two: 1}
    assert market.cart() == {}
    assert market.cart(by="ali") == {one: 3, two: 1}


def test_who_dies_over_it_loses_nothing(market: Market) -> None:
    variant = market.variant()
    market.add(variant, 2)
    with pytest.raises(Killed), upset("TransactWriteItems", killed_after):
        market.ask("shop.show_cart", by="ali", cart=CART)
    market.ask("shop.show_cart", by="ali", cart=CART)
    assert market.cart(by="ali") == {variant: 2}


def test_two_who_take_it_in_at_once_have_it_once(market: Market) -> None:
    variant = market.variant()
    market.add(variant, 2)
    with upset("TransactWriteItems", meanwhile(lambda: market.ask("shop.show_cart", by="ali", cart=CART))):
        market.ask("shop.show_cart", by="ali", cart=CART)
    assert market.cart(by="ali") == {variant: 2}


def test_a_cart_that_is_over_is_not_taken_in(market: Market) -> None:
    market.add(market.variant())
    market.clock.move(days=7)
    market.tokens["ali"] = market.aws.log_in("ali")
    market.ask("shop.show_cart", by="ali", cart=CART)
    assert market.cart(by="ali") == {}
