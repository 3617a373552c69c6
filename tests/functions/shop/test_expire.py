from functools import partial

import pytest

from ..world import Killed, killed_after, meanwhile, upset
from .market import Market


def test_an_unpaid_orders_goods_are_for_sale_again_after_a_day(market: Market) -> None:
    variant = market.variant(stock=5)
    order = market.order(variant, 2)
    market.clock.move(hours=23, minutes=59)
    assert market.expire(order) == {"at": "2026-01-06T12:00:00Z", "done": False}
    assert market.stock(variant) == (3, 2, 0)
    market.clock.move(minutes=1)
    for _ in range(2):
        assert market.expire(order)["done"]
    assert (market.stock(variant), market.status(order)) == ((5, 0, 0), "cancelled")
    assert market.moves(variant).count((2, "order expired", order)) == 1


def test_one_that_is_paid_stays(market: Market) -> None:
    order = market.order()
    market.staff_order(order, status="paid")
    market.clock.move(days=2)
    assert market.expire(order)["done"]
    assert market.status(order) == "paid"


def test_one_that_is_paid_meanwhile_stays(market: Market) -> None:
    order = market.order()
    pay = partial(market.staff_order, order, status="paid")
    market.clock.move(days=1)
    market.tokens["manager"] = market.aws.log_in("manager")
    with upset("TransactWriteItems", meanwhile(pay)):
        assert market.expire(order)["done"]
    assert (market.status(order), market.stock(1)) == ("paid", (9, 0, 1))


def test_who_dies_over_it_returns_the_goods_once(market: Market) -> None:
    order = market.order()
    market.clock.move(days=1)
    with pytest.raises(Killed), upset("TransactWriteItems", killed_after, own=True):
        market.expire(order)
    assert market.expire(order)["done"]
    assert market.stock(1) == (10, 0, 0)


def test_there_may_be_no_such_order(market: Market) -> None:
    assert market.expire(9)["done"]
