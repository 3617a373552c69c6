from ..shop.market import Market


def test_staff_see_what_everybody_sees(market: Market) -> None:
    market.category("Locks")
    for query in ({}, {"page": "last"}):
        shown = market.ask("catalog.list_categories", query=query).json
        assert market.staff("list_admin_categories", query=query).json == shown
