from .market import FORBIDDEN, Market


def test_it_is_staffs_list(market: Market) -> None:
    market.order(by="ali")
    market.order(1)
    told = market.ask("shop.list_all_orders", by="manager")
    assert (told.status, [order["user"] for order in told.json["results"]]) == (200, [None, "ali"])
    assert [
        order["user"]
        for order in market.ask(
            "shop.list_all_orders", by="manager", query={"search": "Ali", "ordering": "total_price"}
        ).json["results"]
    ] == ["ali", None]
    assert [
        order["id"]
        for order in market.ask("shop.list_all_orders", by="manager", query={"ordering": "total_price"}).json["results"]
    ] == [1, 2]
    last = market.ask("shop.list_all_orders", by="manager", query={"page": "last"})
    assert (last.status, last.json) == (200, told.json)
    assert market.ask("shop.list_all_orders", by="ali").json == FORBIDDEN
    assert market.ask("shop.list_all_orders").status == 401
