from ..shop.market import Market


def test_staff_see_what_everybody_sees(market: Market) -> None:
    market.category("Locks")
    assert market.staff("list_admin_categories").json == market.ask("catalog.list_categories").json
