from ..shop.market import Market


def test_one_that_is_not_there_is_not_found(market: Market) -> None:
    answer = market.staff("show_attribute", id=1)
    assert (answer.status, answer.json) == (404, {"detail": "Attribute not found."})
