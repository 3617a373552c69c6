from ..shop.market import Market


def test_the_newest_come_first(market: Market) -> None:
    id = market.variant(stock=5)
    for number in range(11):
        market.clock.move(seconds=1)
        market.staff("change_stock", {"delta": 1, "cause": f"Delivery {number}"}, id=id)
    told = market.staff("list_movements", id=id).json
    assert (told["count"], told["results"][0]["cause"], told["results"][-1]["cause"]) == (
        12,
        "Delivery 10",
        "Delivery 1",
    )
    assert market.staff("list_movements", id=9).status == 404
