from ..rows import unchanged
from ..shop.market import Market


def test_one_with_values_stays(market: Market) -> None:
    value = market.value("Color")
    with unchanged(market.aws):
        assert market.staff("delete_attribute", id=1).status == 409
    assert market.staff("delete_value", id=value).status == 204
    assert market.staff("delete_attribute", id=1).status == 204
    assert market.staff("list_attributes").json["count"] == 0
