"""Payments: Stripe, or the sandbox that speaks its API. The shop's port to the outside world.

An order is paid on a page of the provider's, a Checkout Session. That it was paid is told later, perhaps twice, late or
out of order, by an event (`payment_events`). A call that does something takes a key: repeated with the same within a
day, it does nothing more and answers the same.

Which of the two serves is said by the secret: its `api_base` is empty but for a sandbox's, its `api_key` until somebody
has set it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from kalit.kit import secrets
from kalit.kit.resources import Grant, Secret

from . import payment_events
from .outcomes import NotTaken, Unanswered
from .payment_events import Event, Forged, Refund, Session

__all__ = ["USE", "Event", "Forged", "NotTaken", "Payable", "Refund", "Session", "Unanswered"]

USE: tuple[Grant, ...] = (Secret.PAYMENTS.read,)
PAGE = "cs_"  # how a session's id begins
REFUNDED_BEFORE = "charge_already_refunded"


class Payable(BaseModel):
    """What is to be paid, until when, and where the customer goes from there."""

    order_id: int
    amount: int  # cents
    currency: str = "usd"
    expires_at: datetime  # 30 minutes to 24 hours from when Stripe reads this
    success_url: str
    cancel_url: str


def open_session(asked: Payable, key: str) -> Session:
    """A page on which the order can be paid. Raises `NotTaken` or `Unanswered`.

    After `Unanswered` the same key may fail in the same way for a day, so ask with another one then: a session that was
    opened after all harms nobody, since nobody was told its address, and it expires.
    """
    named = {"order_id": str(asked.order_id)}
    params = {
        "mode": "payment",
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": asked.currency,
                    "unit_amount": asked.amount,
                    "product_data": {"name": f"Order #{asked.order_id}"},
                },
            }
        ],
        "client_reference_id": str(asked.order_id),
        "metadata": named,
        "payment_intent_data": {"metadata": named},
        "expires_at": int(asked.expires_at.timestamp()),
        "success_url": asked.success_url,
        "cancel_url": asked.cancel_url,
    }
    with _stripe() as api:
        return Session.model_validate(api.checkout.sessions.create(params, {"idempotency_key": key}).to_dict())


def session(id: str) -> Session:
    """The session as it is now. Raises `NotTaken`, also when there is none, or `Unanswered`."""
    with _stripe() as api:
        return Session.model_validate(api.checkout.sessions.retrieve(id).to_dict())


def expire_session(id: str) -> Session:
    """Close the page. Answers the session as it is then: `complete` when somebody was quicker.

    Raises `NotTaken` or `Unanswered`; it may then be asked for again.
    """
    try:
        with _stripe() as api:
            return Session.model_validate(api.checkout.sessions.expire(id).to_dict())
    except NotTaken:
        found = session(id)
        if found.status == "open":
            raise
        return found


def refund(payment: str, order_id: int, key: str) -> Refund:
    """Give an order's money back, what there is left of it. Where all was given back before, that refund.

    `payment` is what the money is known by (`Session.payment`).
    Raises `NotTaken` or `Unanswered`; it may then be asked for again, by any key: it happens once whatever the key.
    """
    if payment.startswith(PAGE):
        payment = session(payment).payment_intent or payment
    params = {"payment_intent": payment, "metadata": {"order_id": str(order_id)}}
    try:
        with _stripe() as api:
            return Refund.model_validate(api.refunds.create(params, {"idempotency_key": key}).to_dict())
    except NotTaken as refused:
        if str(refused) != REFUNDED_BEFORE:
            raise
    with _stripe() as api:
        [before] = api.refunds.list({"payment_intent": payment, "limit": 1}).data
        return Refund.model_validate(before.to_dict())


def event(body: bytes, signature: str, at: datetime) -> Event:
    """The event in a webhook's body, as it came; `signature` is its header Stripe-Signature. Raises `Forged`."""
    return payment_events.read(body, signature, secrets.read(Secret.PAYMENTS)["webhook_secret"], at)


@contextmanager
def _stripe() -> Iterator[Any]:
    """The provider's API, with its failures in our words."""
    from . import stripe_client

    keys = secrets.read(Secret.PAYMENTS)
    if not keys["api_key"]:
        raise NotTaken("not configured")
    with stripe_client.told():
        yield stripe_client.client(keys["api_key"], keys["api_base"]).v1
