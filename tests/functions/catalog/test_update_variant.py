from functools import partial

from ..rows import unchanged
from ..shop.market import Market
from ..world import meanwhile, upset


def test_what_is_left_out_stays(market: Market) -> None:
    id = market.variant(price="10.00", stock=5, sku="ONE")
    answer = market.staff("update_variant", {"price": "12.5"}, id=id)
    assert (answer.json["price"], answer.json["stock"], answer.json["sku"]) == ("12.50", 5, "ONE")
    assert [each["price"] for each in market.ask("catalog.show_product", id=1).json["variants"]] == ["12.50"]
    assert market.staff("update_variant", {"price": "1"}, id=9).status == 404


def test_a_stock_that_is_set_leaves_a_movement(market: Market) -> None:
    id = market.variant(stock=5)
    assert market.staff("update_variant", {"stock": 3}, id=id).json["stock"] == 3
    told = market.staff("list_movements", id=id).json["results"]
    assert sorted((movement["delta"], movement["cause"]) for movement in told) == [
        (-2, "set by staff"),
        (5, "in stock at first"),
    ]


def test_a_sku_is_taken_once_and_free_when_it_was_given_up(market: Market) -> None:
    id, other = market.variant(sku="ONE"), market.variant(market.product("Two"), sku="TWO")
    with unchanged(market.aws):
        assert market.staff("update_variant", {"sku": "TWO"}, id=id).json == {"sku": ["This value is already taken."]}
    assert market.staff("update_variant", {"sku": "THREE"}, id=id).status == 200
    assert market.staff("update_variant", {"sku": "ONE"}, id=other).json["sku"] == "ONE"


def test_one_that_is_not_active_is_not_shown_and_has_no_price(market: Market) -> None:
    product = market.product()
    id = market.variant(product, price="10.00")
    market.variant(product, price="50.00")
    market.staff("update_variant", {"is_active": False}, id=id)
    market.follow()
    assert [each["price"] for each in market.ask("catalog.show_product", id=product).json["variants"]] == ["50.00"]
    assert (market.products(max_price="20"), market.products(max_price="60")) == ([], ["Kalit One"])


def test_its_attributes_are_exchanged(market: Market) -> None:
    black, large = market.value("Color", "Black"), market.value("Size", "XL")
    id = market.variant(attributes=[black])
    assert market.staff("update_variant", {"attributes": [large]}, id=id).json["attributes"] == [large]
    [variant] = market.ask("catalog.show_product", id=1).json["variants"]
    assert [each["value"] for each in variant["attributes"]] == ["XL"]


def test_a_stock_that_moved_meanwhile_is_not_overwritten_unseen(market: Market) -> None:
    """Who sets 3 where 5 were finds 15 by then, of which another has brought ten: twelve are taken, all on record."""
    id = market.variant(stock=5)
    bring = partial(market.staff, "change_stock", {"delta": 10, "cause": "Delivery"}, id=id)
    with upset("TransactWriteItems", meanwhile(bring)):
        assert market.staff("update_variant", {"stock": 3}, id=id).json["stock"] == 3
    told = market.staff("list_movements", id=id).json["results"]
    assert sorted(movement["delta"] for movement in told) == [-12, 5, 10]
