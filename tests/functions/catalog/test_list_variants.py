from ..shop.market import Market


def test_they_come_by_id_all_or_of_one_product(market: Market) -> None:
    one, two = market.product("One"), market.product("Two")
    for product in (one, two, one):
        market.variant(product)
    told = market.staff("list_variants").json
    assert (told["count"], [variant["product"] for variant in told["results"]]) == (3, [one, two, one])
    told = market.staff("list_variants", query={"product": one}).json
    assert (told["count"], [variant["id"] for variant in told["results"]]) == (2, [1, 3])
    assert market.staff("list_variants", query={"product": 9}).json["results"] == []
    assert market.staff("list_variants", query={"product": "one"}).status == 400
