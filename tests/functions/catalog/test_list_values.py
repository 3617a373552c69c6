from ..shop.market import Market


def test_they_come_by_id(market: Market) -> None:
    market.value("Color", "Black")
    market.value("Size", "XL")
    told = market.staff("list_values").json
    assert (told["count"], [value["value"] for value in told["results"]]) == (2, ["Black", "XL"])
    assert market.staff("list_values", query={"page": "last"}).json == told
