from ..shop.market import Market


def test_they_come_by_id(market: Market) -> None:
    for name in ("Color", "Size"):
        market.staff("create_attribute", {"name": name})
    told = market.staff("list_attributes").json
    assert (told["count"], told["results"]) == (2, [{"id": 1, "name": "Color"}, {"id": 2, "name": "Size"}])
    assert market.staff("list_attributes", query={"page": "last"}).json == told
