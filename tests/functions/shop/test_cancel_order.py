import pytest

from ..rows import unchanged
from .market import Market
from .test_update_order import NOT_YOURS


def test_nobody_deletes_his_own_order(market: Market) -> None:
    order = market.order(by="ali")
    with unchanged(market.aws):
        answer = market.ask("shop.cancel_order", by="ali", id=order)
    assert (answer.status, answer.json) == (403, NOT_YOURS)


def test_staff_cancel_it_and_it_is_kept(market: Market) -> None:
    variant = market.variant(stock=5)
    order = market.order(variant, 2)
    for _ in range(2):
        assert market.ask("shop.cancel_order", by="manager", id=order).status == 204
    assert (market.status(order), market.stock(variant)) == ("cancelled", (5, 0, 0))
    assert market.acts.count("order.cancel") == 1


@pytest.mark.parametrize("status", ["shipped", "delivered"])
def test_what_is_on_its_way_is_not_cancelled(market: Market, status: str) -> None:
    order = market.order()
    market.staff_order(order, status=status)
    with unchanged(market.aws):
        answer = market.ask("shop.cancel_order", by="manager", id=order)
    assert (answer.status, answer.json) == (409, {"error": "Buyurtmani endi bekor qilib boʻlmaydi."})
    assert market.ask("shop.cancel_order", by="manager", id=9).status == 404
