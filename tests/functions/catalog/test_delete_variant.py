from ..shop.market import Market


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
