import pytest

from .market import Market


@pytest.mark.parametrize(("by", "status"), [("ali", 403), ("manager", 200), ("", 401)])
def test_it_is_staffs_to_see(market: Market, by: str, status: int) -> None:
    order = market.order(by="ali")
    assert market.ask("shop.show_any_order", by=by, id=order).status == status
    assert market.ask("shop.show_any_order", by="manager", id=99).status == 404
