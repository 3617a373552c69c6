from ..shop.market import Market


def test_nothing_of_it_is_found_any_more(market: Market) -> None:
    id = market.product("Kalit One", market.category("Locks"))
    variant = market.variant(id, sku="ONE")
    market.follow()
    assert market.staff("delete_product", id=id).status == 204
    market.follow()
    assert (market.products(), market.products(search="kalit"), market.products(min_price="0")) == ([], [], [])
    for door, number in (("show_admin_product", id), ("show_variant", variant), ("delete_product", id)):
        assert market.staff(door, id=number).status == 404
    assert market.ask("catalog.show_product", id=id).status == 404
    assert not market.rows("LIST#") + market.rows("WORD#") + market.rows("PRICE#")
    assert market.variant(market.product("Another"), sku="ONE")


def test_searches_that_have_not_heard_of_it_do_not_show_it(market: Market) -> None:
    id = market.product("Kalit One")
    market.follow()
    market.staff("delete_product", id=id)
    assert market.products(search="kalit") == []
