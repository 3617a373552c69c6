"""What Stripe's objects look like, and what becomes of them. Pure: takes the time, gives new objects.

Every field that this version of the API knows is there, null where the sandbox has nothing to say.
"""

import string
from datetime import datetime
from secrets import choice
from typing import Any

import stripe
from stripe.checkout import Session
from stripe.params._refund_create_params import RefundCreateParams
from stripe.params.checkout._session_create_params import SessionCreateParams

Object = dict[str, Any]

API_VERSION = "2026-10-28.endive"
SHORTEST, LONGEST = 30 * 60, 24 * 60 * 60  # seconds that a session may be open
LEAST, MOST = 50, 99_999_999  # cents that a session may be about
REASONS = ("duplicate", "fraudulent", "requested_by_customer")
LETTERS = string.ascii_letters + string.digits


class Refused(Exception):
    """A request that Stripe would not do, with the body of its error.

    `begun`: it was looked at beyond its parameters, so its idempotency key remembers the answer.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type: str = "invalid_request_error",
        begun: bool = False,
        **more: str,
    ) -> None:
        super().__init__(message)
        self.status, self.begun = status, begun
        self.body = {"error": {**more, "message": message, "type": type}}


def id(prefix: str, length: int = 24) -> str:
    return f"{prefix}_{''.join(choice(LETTERS) for _ in range(length))}"


def whole(params: Object, name: str) -> int | None:
    """A whole number among the parameters. Raises `Refused`."""
    value = params.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not value.lstrip("-").isdecimal():
        raise Refused(f"Invalid integer: {value}", param=name, code="parameter_invalid_integer")
    return int(value)


def session(params: Object, at: datetime) -> tuple[Object, Object]:
    """A new session, and what its payment will be about: its line item, and what it is called. Raises `Refused`."""
    _known(params, SessionCreateParams)
    if params.get("mode") != "payment":
        raise Refused("The sandbox knows sessions of the mode `payment` only.", param="mode")
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise Refused("The sandbox knows its own page only.", param="ui_mode")
    for name in ("success_url", "line_items"):
        _required(params, name)
    item = _line_item(params["line_items"])
    created = int(at.timestamp())
    expires_at = whole(params, "expires_at") or created + LONGEST
    if expires_at - created < SHORTEST:
        raise Refused(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.", param="expires_at"
        )
    if expires_at - created > LONGEST:
        raise Refused(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.", param="expires_at"
        )
    intent = params.get("payment_intent_data") or {}
    name = id("cs_test", 58)
    return {
        **_blank(Session, "line_items"),
        "id": name,
        "object": "checkout.session",
        "amount_subtotal": item["amount_subtotal"],
        "amount_total": item["amount_total"],
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "created": created,
        "currency": item["currency"],
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer_creation": "if_required",
        "customer_email": params.get("customer_email"),
        "discounts": [],
        "expires_at": expires_at,
        "livemode": False,
        "locale": params.get("locale"),
        "metadata": _metadata(params),
        "mode": "payment",
        "payment_method_collection": "if_required",
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "status": "open",
        "submit_type": params.get("submit_type"),
        "success_url": params["success_url"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
    }, {
        "id": f"about_{name}",
        "object": "about",
        "item": item,
        "metadata": _metadata(intent),
        "description": intent.get("description"),
    }


def expired(session: Object) -> Object:
    """The session when its page is closed. Raises `Refused` where it is not open any more."""
    if session["status"] != "open":
        raise Refused(
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            f"This Checkout Session has a status of `{session['status']}`.",
            begun=True,
        )
    return {**session, "status": "expired", "url": None}


def intent(session: Object, about: Object, status: str, at: datetime) -> Object:
    """The payment that somebody tries on a session's page; `about` comes from when the session was made."""
    failed = status == "requires_payment_method"
    return {
        **_blank(stripe.PaymentIntent),
        "id": session["payment_intent"] or id("pi"),
        "object": "payment_intent",
        "amount": session["amount_total"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": session["amount_total"] if status == "succeeded" else 0,
        "capture_method": "automatic_async",
        "confirmation_method": "automatic",
        "created": int(at.timestamp()),
        "currency": session["currency"],
        "description": about["description"],
        "last_payment_error": DECLINED if failed else None,
        "livemode": False,
        "metadata": about["metadata"],
        "payment_method": None if failed else id("pm"),
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "status": status,
    }


DECLINED = {
    "code": "card_declined",
    "decline_code": "generic_decline",
    "doc_url": "https://stripe.com/docs/error-codes/card-declined",
    "message": "Your card was declined.",
    "type": "card_error",
}


def charge(intent: Object, at: datetime) -> Object:
    """What the card's bank did for a payment."""
    paid = intent["status"] == "succeeded"
    return {
        **_blank(stripe.Charge, "refunds"),
        "id": id("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if paid else 0,
        "amount_refunded": 0,
        "balance_transaction": id("txn") if paid else None,
        "billing_details": {"address": None, "email": None, "name": None, "phone": None, "tax_id": None},
        "captured": paid,
        "created": int(at.timestamp()),
        "currency": intent["currency"],
        "description": intent["description"],
        "disputed": False,
        "failure_code": None if paid else DECLINED["code"],
        "failure_message": None if paid else DECLINED["message"],
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "paid": paid,
        "payment_intent": intent["id"],
        "payment_method": intent["payment_method"],
        "refunded": False,
        "status": "succeeded" if paid else "failed",
    }


def refund(params: Object, charge: Object, at: datetime) -> tuple[Object, Object]:
    """Money given back, and the charge after it. Raises `Refused`."""
    left = charge["amount_captured"] - charge["amount_refunded"]
    amount = whole(params, "amount")
    if params.get("reason") not in (None, *REASONS):
        raise Refused(f"Invalid reason: must be one of {', '.join(REASONS)}", param="reason")
    if amount is not None and amount < 1:
        raise Refused("Invalid positive integer", param="amount", code="parameter_invalid_integer")
    if charge["captured"] and not left:
        raise Refused(
            f"Charge {charge['id']} has already been refunded.",
            code="charge_already_refunded",
            charge=charge["id"],
            begun=True,
        )
    if (amount or 0) > left or not charge["captured"]:
        whose = "unrefunded amount on charge" if charge["amount_refunded"] else "charge amount"
        raise Refused(
            f"Refund amount (${(amount or 0) / 100:,.2f}) is greater than {whose} (${left / 100:,.2f})",
            param="amount",
            begun=True,
        )
    given = amount or left
    returned = charge["amount_refunded"] + given
    return {
        **_blank(stripe.Refund),
        "id": id("re"),
        "object": "refund",
        "amount": given,
        "balance_transaction": id("txn"),
        "charge": charge["id"],
        "created": int(at.timestamp()),
        "currency": charge["currency"],
        "destination_details": {
            "card": {"reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund"},
            "type": "card",
        },
        "metadata": _metadata(params),
        "payment_intent": charge["payment_intent"],
        "reason": params.get("reason"),
        "status": "succeeded",
    }, {**charge, "amount_refunded": returned, "refunded": returned == charge["amount"]}


def refundable(params: Object) -> tuple[str, str]:
    """Which of `payment_intent` and `charge` a refund is asked of, and its id. Raises `Refused`."""
    _known(params, RefundCreateParams)
    named = [name for name in ("payment_intent", "charge") if params.get(name)]
    if len(named) != 1:
        raise Refused("One of the following params should be provided for this request: payment_intent or charge.")
    return named[0], str(params[named[0]])


def event(type: str, about: Object, at: datetime, request: str | None = None, key: str | None = None) -> Object:
    """Something that happened to an object, which it shows as it is right after."""
    return {
        "id": id("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": int(at.timestamp()),
        "data": {"object": about},
        "livemode": False,
        "pending_webhooks": 0,
        "request": {"id": request, "idempotency_key": key},
        "type": type,
    }


def _blank(of: type[Any], *hidden: str) -> Object:
    """All fields of the library's class, null; `hidden` are those that Stripe leaves out unless they are asked for."""
    return {name: None for name in of.__annotations__ if name[0].islower() and name not in hidden}


def _known(params: Object, known: type[Any]) -> None:
    for name in params:
        if name not in known.__annotations__:
            raise Refused(f"Received unknown parameter: {name}", param=name, code="parameter_unknown")


def _required(params: Object, name: str) -> None:
    if not params.get(name):
        raise Refused(f"Missing required param: {name}.", param=name, code="parameter_missing")


def _metadata(params: Object) -> Object:
    told = params.get("metadata") or {}
    if not isinstance(told, dict):
        raise Refused("Invalid object", param="metadata")
    return told


def _line_item(items: Any) -> Object:
    """What is paid for: one item with its price. Raises `Refused`."""
    if not isinstance(items, list) or len(items) != 1 or not isinstance(items[0], dict):
        raise Refused("The sandbox takes one line item.", param="line_items")
    price = items[0].get("price_data")
    if not isinstance(price, dict):
        raise Refused("The sandbox knows no prices but those in `price_data`.", param="line_items[0][price]")
    for name in ("currency", "product_data", "unit_amount"):
        if not price.get(name):
            full = f"line_items[0][price_data][{name}]"
            raise Refused(f"Missing required param: {full}.", param=full, code="parameter_missing")
    quantity, unit = whole(items[0], "quantity"), whole(price, "unit_amount")
    total = (quantity if quantity is not None else 1) * (unit or 0)
    if total < LEAST:
        raise Refused("The Checkout Session's total amount must convert to at least 50 cents.", code="amount_too_small")
    if total > MOST:
        raise Refused("The Checkout Session's total amount must be no more than $999,999.99.", code="amount_too_large")
    return {
        "id": id("li"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": price["currency"].lower(),
        "description": price["product_data"].get("name"),
        "quantity": quantity if quantity is not None else 1,
    }
