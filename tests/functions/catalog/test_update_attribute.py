from ..shop.market import Market


def test_products_show_the_new_name_at_once(market: Market) -> None:
    value = market.value("Colour", "Black")
    market.variant(attributes=[value])
    assert market.staff("update_attribute", {"name": "Color"}, id=1).json == {"id": 1, "name": "Color"}
    [variant] = market.ask("catalog.show_product", id=1).json["variants"]
    assert variant["attributes"] == [{"id": value, "attribute_name": "Color", "value": "Black"}]
    assert market.staff("update_attribute", {"name": "Color"}, id=2).status == 404
