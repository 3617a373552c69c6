from ..shop.market import Market


def test_it_names_its_attribute(market: Market) -> None:
    id = market.value("Color", "Black")
    assert market.staff("show_value", id=id).json == {"id": id, "attribute": 1, "value": "Black"}
    assert market.staff("show_value", id=9).json == {"detail": "Attribute value not found."}
