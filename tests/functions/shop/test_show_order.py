import pytest

from .market import Market


@pytest.mark.parametrize(("by", "status"), [("ali", 200), ("vali", 404), ("manager", 200), ("boss", 200), ("", 401)])
def test_an_order_is_its_buyers_and_staffs_to_see(market: Market, by: str, status: int) -> None:
    order = market.order(by="ali")
    assert market.ask("shop.show_order", by=by, id=order).status == status


def test_a_guests_order_is_staffs_alone_to_see(market: Market) -> None:
    order = market.order()
    assert market.ask("shop.show_order", by="ali", id=order).json == {"detail": "Order not found."}
    assert market.ask("shop.show_order", by="manager", id=order).json["user"] is None


def test_one_that_is_not_there_is_not_found(market: Market) -> None:
    assert market.ask("shop.show_order", by="manager", id=9).json == {"detail": "Order not found."}
