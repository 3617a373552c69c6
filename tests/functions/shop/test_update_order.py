from functools import partial

import pytest

from ..rows import unchanged
from ..world import meanwhile, upset
from .market import Market
from .till import Till

NOT_YOURS = {"error": "Siz buyurtmani o'zgartira olmaysiz. Admin bilan bog'laning."}
HELD = {"pending": "reserved", "paid": "sold", "shipped": "sold", "delivered": "sold", "cancelled": "available"}


@pytest.mark.parametrize("body", [{"status": "delivered"}, {"full_name": "Vali"}, {"status": "zzz"}, {}])
def test_nobody_changes_his_own_order(market: Market, body: dict[str, str]) -> None:
    order = market.order(by="ali")
    with unchanged(market.aws):
        answer = market.ask("shop.update_order", body, by="ali", id=order)
    assert (answer.status, answer.json) == (403, NOT_YOURS)
    assert market.ask("shop.update_order", body, id=order).status == 401


@pytest.mark.parametrize("was", HELD)
@pytest.mark.parametrize("now", HELD)
def test_staff_may_set_any_status_and_the_goods_follow(market: Market, was: str, now: str) -> None:
    variant = market.variant(stock=5)
    order = market.order(variant, 2)
    market.staff_order(order, status=was)
    answer = market.ask("shop.update_order", {"status": now}, by="manager", id=order)
    assert (answer.status, answer.json["status"]) == (200, now)
    expected = {"available": 3, "reserved": 0, "sold": 0}
    expected[HELD[now]] += 2
    assert market.stock(variant) == tuple(expected.values())
    assert market.ask("shop.list_orders", by="manager", query={"status": now}).json["count"] == 1
    assert ("open" in market.kept(order)) == (now == "pending")


def test_what_is_sold_to_others_is_not_held_again(market: Market) -> None:
    variant = market.variant(stock=2)
    order = market.order(variant, 2)
    market.staff_order(order, status="cancelled")
    market.order(variant)
    with unchanged(market.aws):
        answer = market.ask("shop.update_order", {"status": "paid"}, by="manager", id=order)
    assert (answer.status, market.stock(variant)) == (400, (1, 1, 0))


def test_one_that_is_pending_again_has_its_time_anew(market: Market) -> None:
    order = market.order()
    market.staff_order(order, status="cancelled")
    market.clock.move(minutes=30)
    told = market.staff_order(order, status="pending")
    assert told["expires_at"] == "2026-01-06T12:30:00.000Z"


def test_money_goes_back_once_however_often_its_order_is_cancelled(market: Market, till: Till) -> None:
    variant = market.variant(stock=5)
    order = market.order(variant, 2)
    till.paid(order)
    for status in ("cancelled", "paid", "cancelled", "pending", "cancelled"):
        assert market.staff_order(order, status=status)["status"] == status
    assert (till.refunds, market.stock(variant)) == (["pi_1"], (5, 0, 0))


def test_contacts_change_and_goods_and_total_stay(market: Market) -> None:
    order = market.order()
    body = {"full_name": "Vali", "address": "Samarqand", "phone": "+998907654321", "total_price": "1.00", "items": []}
    told = market.ask("shop.update_order", body, by="manager", id=order).json
    assert (told["full_name"], told["address"], told["phone"]) == ("Vali", "Samarqand", "+998907654321")
    assert (told["total_price"], len(told["items"]), told["status"]) == ("129.99", 1, "pending")
    assert "order.update" in market.acts


def test_what_is_no_status_is_refused(market: Market) -> None:
    order = market.order()
    answer = market.ask("shop.update_order", {"status": "zzz"}, by="manager", id=order)
    assert (answer.status, answer.json) == (400, {"status": ['"zzz" is not a valid choice.']})
    assert market.ask("shop.update_order", {"phone": "1"}, by="manager", id=order).json == {
        "phone": ["Telefon raqam noto'g'ri"]
    }
    assert market.ask("shop.update_order", {"status": "paid"}, by="manager", id=9).status == 404


def test_of_two_who_cancel_at_once_one_returns_the_goods(market: Market) -> None:
    variant = market.variant(stock=5)
    order = market.order(variant, 2)
    cancel = partial(market.ask, "shop.update_order", {"status": "cancelled"}, by="boss", id=order)
    with upset("TransactWriteItems", meanwhile(cancel)):
        assert market.staff_order(order, status="cancelled")["status"] == "cancelled"
    assert market.stock(variant) == (5, 0, 0)
    assert market.moves(variant).count((2, "order cancelled", order)) == 1
