from ..shop.market import Market


def test_staff_see_it(market: Market) -> None:
    id = market.category("Locks")
    assert market.staff("show_admin_category", id=id).json == {"id": id, "name": "Locks", "slug": "locks"}
    assert market.staff("show_admin_category", id=9).status == 404
