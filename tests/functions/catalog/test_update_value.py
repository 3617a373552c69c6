from ..shop.market import Market


def test_products_show_it_at_once(market: Market) -> None:
    value = market.value("Color", "Blak")
    market.variant(attributes=[value])
    assert market.staff("update_value", {"value": "Black"}, id=value).json["value"] == "Black"
    [variant] = market.ask("catalog.show_product", id=1).json["variants"]
    assert [each["value"] for each in variant["attributes"]] == ["Black"]
    assert market.staff("update_value", {"value": "Black"}, id=9).status == 404
