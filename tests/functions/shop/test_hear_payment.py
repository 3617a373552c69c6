import json
from functools import partial

import pytest

from kalit.kit.resources import Queue

from ..rows import unchanged
from ..world import Killed, conflicting, killed_after, lost, meanwhile, upset
from .market import Market
from .till import Till


def test_an_order_that_was_paid_is_paid_once(market: Market, till: Till) -> None:
    variant = market.variant(stock=5)
    order = market.order(variant, 2)
    for _ in range(3):
        answer = till.paid(order, id="evt_1")
        assert (answer.status, answer.text) == (200, "")
    assert till.paid(order, id="evt_2").status == 200  # the same payment, told by another event
    assert (market.status(order), market.stock(variant), till.refunds) == ("paid", (3, 0, 2), [])
    assert "open" not in market.kept(order)


@pytest.mark.parametrize("path", ["/api/webhook/", "/api/stripe/webhook/"])
def test_it_is_heard_at_both_addresses(path: str) -> None:
    from tests.cloud import DOORS

    assert ("POST", path) in DOORS["shop.hear_payment"].routes  # type: ignore[attr-defined]


# What is not the provider's


@pytest.mark.parametrize(
    "told",
    [
        {"secret": "whsec_guess"},
        {"secret": ""},
        {"off": -301},
        {"off": 301},
        {"off": 86_400},
        {"header": ""},
        {"header": "t=1,v1=00"},
        {"header": "nonsense"},
    ],
)
def test_what_is_forged_old_or_to_come_changes_nothing(market: Market, till: Till, told: dict[str, object]) -> None:
    order = market.order()
    body = till.event("checkout.session.completed", till.session(order))
    with unchanged(market.aws):
        answer = till.hear(body, **told)  # type: ignore[arg-type]
    assert (answer.status, answer.text) == (400, "")


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"null", b"\xff", b'{"id": "evt_1"}'])
def test_what_is_signed_and_no_event_is_refused(market: Market, till: Till, body: bytes) -> None:
    with unchanged(market.aws):
        assert till.hear(body).status == 400


def test_five_minutes_on_either_side_are_in_time(market: Market, till: Till) -> None:
    order = market.order()
    body = till.event("checkout.session.completed", till.session(order))
    assert till.hear(body, off=-300).status == till.hear(body, off=300).status == 200
    assert market.status(order) == "paid"


# What is the provider's, and of no use


@pytest.mark.parametrize("order", ["99", "", "abc", "-1", "1e3", None])
def test_an_order_that_is_not_ours_is_passed_over(market: Market, till: Till, order: object) -> None:
    market.order()
    session = till.session(1) | {"metadata": {"order_id": order}}
    with unchanged(market.aws):
        assert till.hear(till.event("checkout.session.completed", session)).status == 200


@pytest.mark.parametrize("type", ["customer.created", "charge.succeeded", "payment_intent.succeeded", "invoice.paid"])
def test_other_events_are_passed_over(market: Market, till: Till, type: str) -> None:
    order = market.order()
    with unchanged(market.aws):
        assert till.hear(till.event(type, {"id": "x_1", "metadata": {"order_id": str(order)}})).status == 200


@pytest.mark.parametrize("status", ["unpaid", "no_payment_required"])
def test_what_was_only_promised_is_not_paid(market: Market, till: Till, status: str) -> None:
    order = market.order()
    with unchanged(market.aws):
        assert till.paid(order, payment_status=status).status == 200
    body = till.event("checkout.session.async_payment_succeeded", till.session(order))
    assert till.hear(body).status == 200
    assert market.status(order) == "paid"


@pytest.mark.parametrize("told", [{"amount_total": 1}, {"amount_total": None}, {"currency": "uzs"}, {"currency": None}])
def test_another_amount_or_currency_is_not_paid_and_staff_are_told_once(
    market: Market, till: Till, told: dict[str, object]
) -> None:
    order = market.order()
    for _ in range(2):
        assert till.paid(order, id="evt_1", **told).status == 200
    assert (market.status(order), market.stock(1)) == ("pending", (9, 1, 0))
    [row] = market.rows("SECURITY-EVENT#")
    assert json.loads(row["event"])["event_type"] == "PAYMENT_MISMATCH"
    market.follow()
    [event] = market.aws.messages(Queue.SECURITY)
    assert (event["severity"], event["metadata"]) == ("HIGH", {"order": order, "event": "evt_1"})


# Money that comes too late, or twice


def test_what_is_paid_after_the_order_was_over_is_given_back_once(market: Market, till: Till) -> None:
    order = market.order()
    market.clock.move(days=1)
    market.expire(order)
    for id in ("evt_1", "evt_1", "evt_2"):
        assert till.paid(order, id=id).status == 200
    assert (market.status(order), market.stock(1)) == ("cancelled", (10, 0, 0))
    assert (till.refunds, market.kept(order)["refund_status"]) == (["pi_1"], "pending")


def test_where_no_payment_is_named_the_page_is_what_it_is_known_by(market: Market, till: Till) -> None:
    order = market.order()
    for id in ("evt_1", "evt_2"):
        assert till.paid(order, id=id, payment_intent=None).status == 200
    assert (market.status(order), market.kept(order)["payment_intent"], till.refunds) == ("paid", "cs_pi_1", [])


def test_a_second_payment_of_the_same_order_is_given_back(market: Market, till: Till) -> None:
    order = market.order()
    till.paid(order, "pi_1")
    till.paid(order, "pi_2")
    assert (till.refunds, market.status(order)) == (["pi_2"], "paid")


@pytest.mark.parametrize("status", ["shipped", "delivered"])
def test_an_order_on_its_way_stays_there(market: Market, till: Till, status: str) -> None:
    order = market.order()
    till.paid(order)
    market.staff_order(order, status=status)
    till.paid(order, id="evt_late")
    assert (market.status(order), till.refunds) == (status, [])


def test_what_staff_set_to_paid_and_is_then_paid_is_known_to_be(market: Market, till: Till) -> None:
    order = market.order()
    market.staff_order(order, status="paid")
    till.paid(order)
    assert (market.kept(order)["payment_intent"], till.refunds, market.stock(1)) == ("pi_1", [], (9, 0, 1))


def test_what_was_paid_is_given_back_when_staff_cancel_it(market: Market, till: Till) -> None:
    order = market.order()
    till.paid(order)
    told = market.staff_order(order, status="cancelled")
    assert (told["refund_status"], till.refunds, market.stock(1)) == ("pending", ["pi_1"], (10, 0, 0))
    till.paid(order, id="evt_late")
    assert till.refunds == ["pi_1"]


@pytest.mark.parametrize("status", ["pending", "shipped"])
def test_money_that_was_given_back_does_not_pay_for_what_staff_reopen(market: Market, till: Till, status: str) -> None:
    order = market.order()
    market.staff_order(order, status="cancelled")
    till.paid(order, "pi_1", id="evt_1")
    market.staff_order(order, status=status)
    till.paid(order, "pi_1", id="evt_2")
    assert (market.status(order), market.kept(order).get("payment_intent"), till.refunds) == (status, None, ["pi_1"])
    till.paid(order, "pi_2")
    assert (market.kept(order)["payment_intent"], till.refunds) == ("pi_2", ["pi_1"])


def test_of_an_order_that_staff_set_back_and_is_paid_anew_the_first_payment_is_given_back(
    market: Market, till: Till
) -> None:
    order = market.order()
    till.paid(order, "pi_1")
    market.staff_order(order, status="pending")
    till.paid(order, "pi_2")
    assert (market.status(order), market.kept(order)["payment_intent"], till.refunds) == ("paid", "pi_2", ["pi_1"])
    assert market.kept(order)["refund_status"] == "pending"
    till.paid(order, "pi_1", id="evt_late")
    assert (market.kept(order)["payment_intent"], till.refunds) == ("pi_2", ["pi_1"])


# Refunds, as the provider tells of them


def test_how_far_a_refund_is_shows_at_the_order_and_is_not_set_back(market: Market, till: Till) -> None:
    order = market.order()
    till.paid(order)
    market.staff_order(order, status="cancelled")
    refund = {"id": "re_1", "payment_intent": "pi_1", "metadata": {"order_id": str(order)}}
    told = ["pending", "succeeded", "pending", "failed", "succeeded"]
    for status, shown in zip(told, ["pending", "succeeded", "succeeded", "failed", "failed"], strict=True):
        assert till.hear(till.event("refund.updated", {**refund, "status": status})).status == 200
        assert market.ask("shop.show_order", by="manager", id=order).json["refund_status"] == shown


@pytest.mark.parametrize("ending", ["failed", "canceled"])
def test_staff_are_told_once_of_money_that_could_not_be_given_back(market: Market, till: Till, ending: str) -> None:
    order = market.order()
    till.paid(order)
    market.staff_order(order, status="cancelled")
    refund = {"id": "re_1", "payment_intent": "pi_1", "metadata": {"order_id": str(order)}, "status": ending}
    for type in ("refund.updated", "refund.failed"):
        assert till.hear(till.event(type, refund)).status == 200
    assert market.kept(order)["refund_status"] == ending
    [row] = market.rows("SECURITY-EVENT#")
    told = json.loads(row["event"])
    assert (told["event_type"], told["severity"], told["metadata"]) == ("REFUND_FAILED", "HIGH", {"order": order})


# Races


def test_of_a_payment_and_the_end_of_time_one_comes_first(market: Market, till: Till) -> None:
    """Either the order is paid, or it is over and the money goes back."""
    variant = market.variant()
    for first in ("payment", "expiry"):
        order = market.order(variant)
        market.clock.move(days=1)
        pay, expire = partial(till.paid, order, f"pi_{first}"), partial(market.expire, order)
        act, other = (pay, expire) if first == "expiry" else (expire, pay)
        with upset("TransactWriteItems", meanwhile(other), own=True):
            act()
        if first == "payment":
            assert (market.status(order), till.refunds) == ("paid", [])
        else:
            assert (market.status(order), till.refunds) == ("cancelled", ["pi_expiry"])


def test_who_dies_over_it_hears_it_again(market: Market, till: Till) -> None:
    order = market.order()
    with pytest.raises(Killed), upset("TransactWriteItems", killed_after):
        till.paid(order, id="evt_1")
    assert till.paid(order, id="evt_1").status == 200
    assert (market.status(order), market.stock(1), till.refunds) == ("paid", (9, 0, 1), [])


@pytest.mark.parametrize("fault", [lost, conflicting])
def test_a_lost_answer_pays_once(market: Market, till: Till, fault: object) -> None:
    order = market.order()
    with upset("TransactWriteItems", fault):  # type: ignore[arg-type]
        assert till.paid(order).status == 200
    assert market.stock(1) == (9, 0, 1)
