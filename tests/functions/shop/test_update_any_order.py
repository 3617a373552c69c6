from .market import FORBIDDEN, Market


def test_it_is_staffs_to_change(market: Market) -> None:
    order = market.order(by="ali")
    told = market.ask("shop.update_any_order", {"status": "cancelled"}, by="manager", id=order)
    assert (told.status, told.json["status"]) == (200, "cancelled")
    assert market.ask("shop.update_any_order", {"status": "paid"}, by="ali", id=order).json == FORBIDDEN
