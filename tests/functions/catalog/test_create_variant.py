from functools import partial

import pytest

from kalit.shop import variant_store

from ..rows import unchanged
from ..shop.market import Market
from ..world import meanwhile, upset


def test_a_variant_can_be_bought_at_once(market: Market) -> None:
    product, value = market.product(), market.value()
    body = {"product": product, "sku": "ONE", "price": 129.5, "stock": "12", "attributes": [value]}
    answer = market.staff("create_variant", body)
    told = {"id": 1, "product": product, "sku": "ONE", "price": "129.50", "stock": 12, "reserved": 0, "sold": 0}
    assert (answer.status, answer.json) == (201, {**told, "attributes": [value], "is_active": True})
    [shown] = market.ask("catalog.show_product", id=product).json["variants"]
    attributes = [{"id": value, "attribute_name": "Color", "value": "Black"}]
    assert shown == {"id": 1, "sku": "ONE", "price": "129.50", "stock": 12, "attributes": attributes, "is_active": True}
    [movement] = market.staff("list_movements", id=1).json["results"]
    assert (movement["delta"], movement["cause"], movement["user"]) == (12, "in stock at first", "manager")


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"product": 9}, "product"),
        ({"sku": "TAKEN"}, "sku"),
        ({"sku": " "}, "sku"),
        *[({"price": price}, "price") for price in ("0", "-1", "1.999", "free", True, None, "NaN", "1e9", [])],
        *[({"stock": stock}, "stock") for stock in (-1, 1.5, True, 10**9 + 1, "many", None)],
        *[({"attributes": values}, "attributes") for values in ([9], "red", [True], {}, None)],
        ({"is_active": "perhaps"}, "is_active"),
    ],
)
def test_what_is_no_variant_is_refused(market: Market, told: dict[str, object], field: str) -> None:
    product = market.product()
    market.variant(product, sku="TAKEN")
    with unchanged(market.aws):
        answer = market.staff("create_variant", {"product": product, "sku": "ONE", "price": "10", "stock": 1, **told})
    assert (answer.status, list(answer.json)) == (400, [field])


def test_a_product_has_forty_at_most(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(variant_store, "MOST_VARIANTS", 1)
    product = market.product()
    market.variant(product)
    answer = market.staff("create_variant", {"product": product, "sku": "TWO", "price": "10"})
    assert answer.json == {"product": ["A product may have at most 40 variants."]}


def test_variants_that_come_at_once_are_all_there(market: Market) -> None:
    product = market.product()
    with upset("TransactWriteItems", meanwhile(partial(market.variant, product, sku="TWO"))):
        market.variant(product, sku="ONE")
    shown = market.ask("catalog.show_product", id=product).json["variants"]
    assert sorted(variant["sku"] for variant in shown) == ["ONE", "TWO"]
