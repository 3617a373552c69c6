"""What becomes of money, of amounts, and of an order's time."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from kalit.providers.payments import Session
from kalit.shop import catalogue, money, orders, payment
from kalit.shop.orders import COUNTED, Checkout, Status
from kalit.shop.payment import AlreadyPaid, OrderOver, Told, TooLate, Verdict

from .refusals import refusal

AT = datetime(2026, 1, 5, 12, tzinfo=UTC)
PAID = Session(id="cs_1", payment_status="paid", amount_total=1000, currency="usd", payment_intent="pi_1")


@pytest.mark.parametrize(
    ("status", "paid_by", "session", "verdict"),
    [
        (Status.PENDING, None, PAID, Verdict.PAY),
        (Status.PENDING, None, PAID.model_copy(update={"currency": "USD"}), Verdict.PAY),
        (Status.PENDING, None, PAID.model_copy(update={"payment_status": "unpaid"}), Verdict.NOTHING),
        (Status.PENDING, None, PAID.model_copy(update={"payment_intent": None}), Verdict.PAY),
        (Status.PAID, "cs_1", PAID.model_copy(update={"payment_intent": None}), Verdict.NOTHING),
        (Status.PAID, "evt_1", PAID.model_copy(update={"payment_intent": None, "id": ""}), Verdict.NOTHING),
        (Status.PENDING, None, PAID.model_copy(update={"amount_total": 999}), Verdict.DOUBT),
        (Status.PENDING, None, PAID.model_copy(update={"currency": "uzs"}), Verdict.DOUBT),
        (Status.CANCELLED, None, PAID, Verdict.REFUND),
        (Status.CANCELLED, "pi_1", PAID, Verdict.REFUND),
        (Status.PAID, "pi_1", PAID, Verdict.NOTHING),
        (Status.SHIPPED, "pi_1", PAID, Verdict.NOTHING),
        (Status.PAID, "pi_0", PAID, Verdict.REFUND),
        (Status.DELIVERED, None, PAID, Verdict.NOTE),
    ],
)
def test_an_orders_own_state_decides_what_becomes_of_money(
    status: Status, paid_by: str | None, session: Session, verdict: Verdict
) -> None:
    assert payment.verdict(Told(status, 1000, paid_by), session) is verdict


@pytest.mark.parametrize("status", Status)
def test_money_that_is_on_its_way_back_pays_for_nothing(status: Status) -> None:
    assert payment.verdict(Told(status, 1000, None, given_back=True), PAID) is Verdict.NOTHING


def test_a_page_closes_a_minute_before_its_order_and_is_open_for_half_an_hour_at_least() -> None:
    end = AT + timedelta(hours=24)
    assert payment.until(end, AT) == end - timedelta(minutes=1)
    assert payment.until(end, end - timedelta(minutes=32)) == end - timedelta(minutes=1)
    with pytest.raises(TooLate):
        payment.until(end, end - timedelta(minutes=32) + timedelta(seconds=1))


def test_only_an_order_that_waits_for_it_is_paid() -> None:
    end = AT + timedelta(hours=24)
    payment.check(Status.PENDING, end, AT)
    for status, at, error in (
        (Status.PENDING, end, OrderOver),
        (Status.CANCELLED, AT, OrderOver),
        (Status.PAID, AT, AlreadyPaid),
        (Status.DELIVERED, end, AlreadyPaid),
    ):
        with pytest.raises(error):
            payment.check(status, end, at)


def test_every_status_counts_its_goods_somewhere() -> None:
    assert set(COUNTED) == set(Status)
    assert set(COUNTED.values()) == {"available", "reserved", "sold"}


@pytest.mark.parametrize(("cents", "text"), [(0, "0.00"), (5, "0.05"), (12_999, "129.99"), (10**10, "100000000.00")])
def test_cents_are_written_with_two_decimals(cents: int, text: str) -> None:
    assert money.text(cents) == text
    assert money.cents(Decimal(text)) == cents


@pytest.mark.parametrize(
    ("bound", "least", "most"), [("10", 1000, 1000), ("10.001", 1001, 1000), ("10.009", 1001, 1000), ("-1", -100, -100)]
)
def test_a_bound_between_two_cents_takes_in_neither(bound: str, least: int, most: int) -> None:
    assert (money.at_least(Decimal(bound)), money.at_most(Decimal(bound))) == (least, most)


@pytest.mark.parametrize(
    ("total", "count", "average"), [(0, 0, None), (7, 2, 3.5), (13, 3, 4.3), (14, 3, 4.7), (9, 4, 2.3), (5, 1, 5.0)]
)
def test_an_average_has_one_decimal_and_a_half_goes_up(total: int, count: int, average: float | None) -> None:
    assert catalogue.average(total, count) == average


@pytest.mark.parametrize("email", ["ali@example.com", "a.b+c@mail.example.uz", "ali@пример.рф", "x@a-b.co"])
def test_these_are_addresses(email: str) -> None:
    assert orders.is_email(email) == email


@pytest.mark.parametrize(
    "email", ["ali", "@example.com", "ali@", "ali@example", "ali@.com", "a b@example.com", "a@b@c.uz", "<a@b.uz>"]
)
def test_these_are_not(email: str) -> None:
    body = {"full_name": "Ali", "address": "Toshkent", "phone": "1234567", "email": email}
    assert refusal(Checkout, body) == {"email": ["Enter a valid email address."]}
