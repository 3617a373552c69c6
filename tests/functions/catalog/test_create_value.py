from ..rows import unchanged
from ..shop.market import Market


def test_a_value_belongs_to_an_attribute(market: Market) -> None:
    market.staff("create_attribute", {"name": "Color"})
    answer = market.staff("create_value", {"attribute": 1, "value": "Black"})
    assert (answer.status, answer.json) == (201, {"id": 1, "attribute": 1, "value": "Black"})


def test_there_must_be_such_an_attribute(market: Market) -> None:
    with unchanged(market.aws):
        answer = market.staff("create_value", {"attribute": 5, "value": "Black"})
    assert (answer.status, answer.json) == (400, {"attribute": ['Invalid pk "5" - object does not exist.']})
