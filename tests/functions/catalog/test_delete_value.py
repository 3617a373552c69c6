from ..shop.market import Market


def test_variants_go_on_without_it(market: Market) -> None:
    value = market.value()
    market.variant(attributes=[value])
    assert market.staff("delete_value", id=value).status == 204
    [variant] = market.ask("catalog.show_product", id=1).json["variants"]
    assert variant["attributes"] == []
    assert market.staff("delete_value", id=value).status == 404
