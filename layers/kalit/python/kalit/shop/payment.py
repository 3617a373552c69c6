"""Payment: when an order may be paid, until when its page is open, and what becomes of money that comes in."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from pydantic import Field

from kalit.kit.errors import AppError
from kalit.kit.fields import Input, Output
from kalit.providers.payments import Session

from .admin import Ref
from .errors import ShopError
from .money import CURRENCY
from .orders import Status

BEFORE_END = timedelta(minutes=1)  # that a page closes before its order's goods are for sale again
SHORTEST = timedelta(minutes=31)  # that a page is open: Stripe's half hour, and the way there


class NoSuchOrder(ShopError):
    """Buyurtma topilmadi. ID to'g'riligini tekshiring."""

    en = "Order not found. Check the id."
    ru = "Заказ не найден. Проверьте ID."
    status = 404


class AlreadyPaid(ShopError):
    """Bu buyurtma allaqachon to'langan"""

    en = "This order is already paid"
    ru = "Этот заказ уже оплачен"


class OrderOver(ShopError):
    """Bu buyurtma bekor qilingan"""

    en = "This order is cancelled"
    ru = "Этот заказ отменён"


class TooLate(ShopError):
    """Buyurtma muddati tugayapti: toʻlashga ulgurmaysiz. Qaytadan buyurtma bering."""

    en = "The order's time is almost over: too little is left to pay it. Please order again."
    ru = "Срок заказа почти истёк: оплатить его не успеть. Оформите заказ заново."


class ProviderDown(AppError):
    """Payments are not available at the moment. Try again later."""

    ru = "Оплата сейчас недоступна. Повторите позже."
    uz = "Toʻlov hozircha mavjud emas. Keyinroq urinib koʻring."
    status = 502


class PayOrder(Input):
    order_id: Ref = Field(examples=[1])


class PayPage(Output):
    """Where an order is paid."""

    checkout_url: str = Field(examples=["https://checkout.stripe.com/c/pay/cs_test_1"])


class Told(NamedTuple):
    """What is known of an order when money for it comes in."""

    status: Status
    total: int  # cents
    payment_intent: str | None  # what it was paid by
    given_back: bool = False  # whether this money is on its way back


class Verdict(StrEnum):
    """What becomes of money that came in."""

    PAY = "pay"
    NOTE = "note"  # the order was said to be paid before; by this
    REFUND = "refund"
    DOUBT = "doubt"  # staff are to look
    NOTHING = "nothing"


def until(expires_at: datetime, at: datetime) -> datetime:
    """Until when a page that is opened now is open. Raises `TooLate`."""
    end = (expires_at - BEFORE_END).replace(microsecond=0)
    if end < at + SHORTEST:
        raise TooLate
    return end


def check(status: Status, expires_at: datetime, at: datetime) -> None:
    """Whether an order may be paid. Raises `AlreadyPaid` or `OrderOver`."""
    if status is Status.CANCELLED or (status is Status.PENDING and at >= expires_at):
        raise OrderOver
    if status is not Status.PENDING:
        raise AlreadyPaid


def verdict(order: Told, session: Session) -> Verdict:
    """What becomes of money, as a session tells of it. The order's own state decides; it is never set back."""
    if not session.paid:
        return Verdict.NOTHING  # it was only promised; whether it came is told later
    if (session.amount_total, (session.currency or "").lower()) != (order.total, CURRENCY):
        return Verdict.DOUBT
    if order.given_back:
        return Verdict.NOTHING  # it came late, and is told again: it does not pay for what staff reopened since
    if order.status is Status.PENDING:
        return Verdict.PAY
    if order.status is Status.CANCELLED:
        return Verdict.REFUND
    if order.payment_intent is None:
        return Verdict.NOTE
    return Verdict.NOTHING if session.payment in ("", order.payment_intent) else Verdict.REFUND
