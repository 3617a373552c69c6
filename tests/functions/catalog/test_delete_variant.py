import pytest

from ..shop.market import Market
from ..world import meanwhile, upset

READS = ["session", "variant", "product"]


def test_its_product_goes_on_without_it(market: Market) -> None:
    product = market.product()
    one, two = market.variant(product, sku="ONE"), market.variant(product, sku="TWO")
    market.follow()
    assert market.staff("delete_variant", id=one).status == 204
    market.follow()
    assert [each["id"] for each in market.ask("catalog.show_product", id=product).json["variants"]] == [two]
    assert (market.products(search="one"), market.staff("list_variants").json["count"]) == (["Kalit One"], 1)
    assert market.products(search="sku") == []
    assert market.staff("delete_variant", id=one).status == 404
    assert market.variant(product, sku="ONE")


@pytest.mark.parametrize("read", READS)
def test_who_is_overtaken_deletes_neither_it_again_nor_what_has_its_sku_now(market: Market, read: str) -> None:
    product = market.product()
    one = market.variant(product, sku="ONE")

    def overtake() -> None:
        assert market.staff("delete_variant", id=one).status == 204
        market.variant(product, sku="ONE")

    with upset("GetItem", meanwhile(overtake), after=READS.index(read)):
        assert market.staff("delete_variant", id=one).status == 404
    assert market.staff("list_variants").json["count"] == 1
    again = {"product": product, "sku": "ONE", "price": "129.99", "stock": 1}
    assert list(market.staff("create_variant", again).json) == ["sku"]
