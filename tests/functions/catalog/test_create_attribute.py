from ..shop.market import Market


def test_an_attribute_has_a_name(market: Market) -> None:
    answer = market.staff("create_attribute", {"name": "Color"})
    assert (answer.status, answer.json) == (201, {"id": 1, "name": "Color"})
    assert market.staff("show_attribute", id=1).json == answer.json
    assert market.staff("create_attribute", {}).json == {"name": ["This field is required."]}
    assert market.acts == ["attribute.create"]
