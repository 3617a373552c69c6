from functools import partial

import pytest

from infra.installation import PaymentKeys
from kalit.kit import secrets
from kalit.kit.resources import Secret
from tests.paying import SECRET, Paying

from ..rows import unchanged
from ..world import Killed, killed_after, meanwhile, upset
from .market import CART, Market
from .till import Till

NO_ORDER = {"error": "Buyurtma topilmadi. ID to'g'riligini tekshiring."}
OTHER = "00000000-0000-4000-8000-000000000000"


def pay(market: Market, order: object, by: str = "", cart: str = CART, key: str = "") -> object:
    return market.ask("shop.pay", {"order_id": order}, by=by, cart="" if by else cart, key=key)


def page(market: Market, order: int, by: str = "", cart: str = CART) -> str:
    """Where an order is paid."""
    answer = market.ask("shop.pay", {"order_id": order}, by=by, cart="" if by else cart)
    assert answer.status == 200, answer.text
    return str(answer.json["checkout_url"])


def sessions(paying: Paying) -> list[object]:
    return list(paying.client.v1.checkout.sessions.list().data)


def test_an_order_has_one_page_that_closes_before_its_time_is_over(market: Market, paying: Paying) -> None:
    order = market.order()
    url = page(market, order)
    market.clock.move(hours=1)
    assert page(market, order) == url
    [session] = sessions(paying)
    assert (session.amount_total, session.currency, session.metadata["order_id"]) == (12_999, "usd", str(order))
    assert session.expires_at == 1_767_700_800 - 60 == int(market.clock.now.timestamp()) + 23 * 3600 - 60
    assert session.success_url == "http://localhost:8000/api/payment-success/"


@pytest.mark.parametrize("body", [{}, {"order_id": None}, {"order_id": "x"}, {"order_id": True}, {"order_id": -1}])
def test_an_order_must_be_named(market: Market, body: dict[str, object]) -> None:
    answer = market.ask("shop.pay", body)
    assert (answer.status, list(answer.json)) == (400, ["order_id"])


@pytest.mark.parametrize(
    ("owner", "by", "cart", "status"),
    [
        ("", "", CART, 200),
        ("", "", OTHER, 404),
        ("", "", "", 404),
        ("", "ali", CART, 200),
        ("", "ali", "", 404),
        ("", "manager", "", 404),
        ("ali", "ali", "", 200),
        ("ali", "vali", "", 404),
        ("ali", "", CART, 404),
        ("ali", "boss", "", 404),
    ],
)
def test_whoever_made_it_may_pay_it(
    market: Market, paying: Paying, owner: str, by: str, cart: str, status: int
) -> None:
    order = market.order(by=owner)
    answer = market.ask("shop.pay", {"order_id": order}, by=by, cart=cart)
    assert answer.status == status
    assert status == 200 or answer.json == NO_ORDER


def test_there_must_be_such_an_order(market: Market) -> None:
    assert market.ask("shop.pay", {"order_id": 9}, cart=CART).json == NO_ORDER


@pytest.mark.parametrize("status", ["paid", "shipped", "delivered"])
def test_what_is_paid_is_not_paid_again(market: Market, status: str) -> None:
    order = market.order()
    market.staff_order(order, status=status)
    with unchanged(market.aws):
        answer = market.ask("shop.pay", {"order_id": order}, cart=CART)
    assert (answer.status, answer.json) == (400, {"error": "Bu buyurtma allaqachon to'langan"})


def test_what_is_over_is_not_paid(market: Market) -> None:
    order = market.order()
    market.clock.move(days=1)
    for _ in range(2):
        answer = market.ask("shop.pay", {"order_id": order}, cart=CART)
        assert (answer.status, answer.json) == (400, {"error": "Bu buyurtma bekor qilingan"})
        market.expire(order)


def test_with_less_than_half_an_hour_left_no_page_is_opened(market: Market, paying: Paying) -> None:
    order = market.order()
    market.clock.move(hours=23, minutes=29)
    answer = market.ask("shop.pay", {"order_id": order}, cart=CART)
    assert (answer.status, sessions(paying)) == (400, [])
    assert answer.json["error"].startswith("Buyurtma muddati tugayapti")


def test_where_nobody_can_be_paid_it_says_so_without_saying_why(market: Market) -> None:
    order = market.order()
    market.aws.give(Secret.PAYMENTS, PaymentKeys("", SECRET))
    answer = market.ask("shop.pay", {"order_id": order}, cart=CART)
    assert (answer.status, answer.json) == (503, {"detail": "The service is busy. Try again in a moment."})


def test_where_the_provider_does_not_answer_another_page_is_asked_for_next(
    market: Market, paying: Paying, silent: str
) -> None:
    order = market.order()
    market.aws.give(Secret.PAYMENTS, PaymentKeys("sk_test_sandbox", SECRET, silent))
    answer = market.ask("shop.pay", {"order_id": order}, cart=CART)
    assert (answer.status, answer.json) == (
        502,
        {"detail": "Payments are not available at the moment. Try again later."},
    )
    assert (market.kept(order)["attempt"], "page_until" in market.kept(order)) == (1, False)


def test_who_dies_over_it_gets_the_same_page(market: Market, paying: Paying) -> None:
    for death in (0, 1):
        order = market.order()
        with pytest.raises(Killed), upset("TransactWriteItems", killed_after, after=death):
            pay(market, order)
        assert page(market, order)
        assert len(sessions(paying)) == death + 1


def test_two_who_ask_at_once_get_the_same_page(market: Market, paying: Paying) -> None:
    order = market.order()
    other: list[str] = []
    with upset("TransactWriteItems", meanwhile(lambda: other.append(page(market, order)))):
        assert [page(market, order)] == other
    assert len(sessions(paying)) == 1


def test_an_order_that_is_cancelled_meanwhile_has_no_open_page(market: Market, paying: Paying) -> None:
    order = market.order()
    cancel = partial(market.staff_order, order, status="cancelled")
    with upset("TransactWriteItems", meanwhile(cancel), after=1):
        answer = market.ask("shop.pay", {"order_id": order}, cart=CART)
    assert answer.json == {"error": "Bu buyurtma bekor qilingan"}
    assert [session.status for session in sessions(paying)] == ["expired"]


def test_no_page_is_asked_for_when_the_order_is_cancelled_just_before(market: Market, paying: Paying) -> None:
    order = market.order()
    cancel = partial(market.staff_order, order, status="cancelled")
    with upset("TransactWriteItems", meanwhile(cancel)):
        answer = market.ask("shop.pay", {"order_id": order}, cart=CART)
    assert (answer.json, sessions(paying)) == ({"error": "Bu buyurtma bekor qilingan"}, [])


def test_the_page_of_an_order_that_staff_cancel_is_closed(market: Market, paying: Paying) -> None:
    order = market.order()
    page(market, order)
    market.staff_order(order, status="cancelled")
    market.follow()
    assert [session.status for session in sessions(paying)] == ["expired"]


def test_a_page_that_was_closed_is_followed_by_another(market: Market, paying: Paying, till: Till) -> None:
    order = market.order()
    url = page(market, order)
    [session] = sessions(paying)
    paying.client.v1.checkout.sessions.expire(session.id)
    for id in ("evt_1", "evt_1"):
        told = till.event("checkout.session.expired", till.session(order, id=session.id, payment_status="unpaid"), id)
        assert till.hear(told).status == 200
    assert page(market, order) != url


@pytest.mark.parametrize("named", [True, False])
def test_money_that_came_too_late_is_given_back_once(market: Market, paying: Paying, till: Till, named: bool) -> None:
    order = market.order()
    page(market, order)
    [session] = sessions(paying)
    market.staff_order(order, status="cancelled")
    paying.press(session.id, "card")  # before the page is closed
    session = paying.client.v1.checkout.sessions.retrieve(session.id)
    for id in ("evt_1", "evt_2"):
        told = {} if named else {"id": session.id, "payment_intent": None}
        till.hear(till.event("checkout.session.completed", till.session(order, session.payment_intent, **told), id))
    rows = market.rows("REFUND#")
    market.follow()
    market.aws.stream("shop.dispatch", *rows)
    [refund] = paying.client.v1.refunds.list().data
    assert (refund.amount, refund.payment_intent) == (12_999, session.payment_intent)
    assert market.ask("shop.show_order", by="manager", id=order).json["refund_status"] == "succeeded"


def test_with_a_key_the_same_answer_comes_again(market: Market, paying: Paying) -> None:
    order = market.order()
    answers = [market.ask("shop.pay", {"order_id": order}, cart=CART, key="pay-1") for _ in range(2)]
    assert answers[0].json == answers[1].json
    assert answers[1].headers["Idempotent-Replayed"] == "true"


def test_a_key_is_free_again_when_nobody_could_be_paid(market: Market, paying: Paying) -> None:
    order = market.order()
    market.aws.give(Secret.PAYMENTS, PaymentKeys("", SECRET))
    assert market.ask("shop.pay", {"order_id": order}, cart=CART, key="pay-1").status == 503
    market.aws.give(Secret.PAYMENTS, paying.keys)
    secrets.forget()
    assert market.ask("shop.pay", {"order_id": order}, cart=CART, key="pay-1").status == 200


def test_money_that_cannot_be_given_back_now_is_asked_for_again(market: Market, paying: Paying, till: Till) -> None:
    order = market.order()
    page(market, order)
    [session] = sessions(paying)
    paying.press(session.id, "card")
    payment = paying.client.v1.checkout.sessions.retrieve(session.id).payment_intent
    till.paid(order, payment)
    market.staff_order(order, status="cancelled")
    [row] = market.rows("REFUND#")
    market.aws.give(Secret.PAYMENTS, PaymentKeys("", SECRET))
    secrets.forget()
    market.aws.stream("shop.dispatch", row)
    assert market.rows("REFUND#") == [row]
    market.aws.give(Secret.PAYMENTS, paying.keys)
    secrets.forget()
    market.clock.move(minutes=6)
    market.aws.call("shop.dispatch", {"id": "tick", "tick": "shop.dispatch"})
    assert [(row["status"], "outbox" in row) for row in market.rows("REFUND#")] == [("succeeded", False)]
