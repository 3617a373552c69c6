"""What the payment provider tells of itself: which of it to believe, and what it says.

Whoever knows the webhook's address can send anything there. Believed is what the secret signed, within five minutes on
either side of our clock: an older one may be a copy of what somebody overheard, and one from the future could be kept
until it is of use. https://docs.stripe.com/webhooks#verify-manually
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

TOLERANCE = timedelta(minutes=5)
# How a type begins -> which of an event's fields its object is; the first that fits.
ABOUT = (
    ("checkout.session.", "session"),
    ("refund.", "refund"),
    ("charge.refund.", "refund"),
)


class Forged(Exception):
    """Not from the provider, too old, from the future, or nothing that it says; do nothing, and answer 400."""


def _text(value: Any) -> Any:
    return "" if value is None else str(value)


def _id(value: Any) -> Any:
    """The id of an object that is named, or told in full."""
    return value.get("id") if isinstance(value, dict) else value


Id = Annotated[str | None, BeforeValidator(_id)]
Text = Annotated[str, BeforeValidator(_text)]


class Metadata(BaseModel):
    order_id: Text = ""


class _Told(BaseModel):
    """Base of the provider's objects, of which we read what we need. Amounts are in cents."""

    model_config = ConfigDict(frozen=True)

    id: Text = ""
    metadata: Annotated[Metadata, BeforeValidator(lambda value: value or {})] = Metadata()

    @property
    def order_id(self) -> str:
        """The order that we named when we asked for the payment, as text; empty where none was."""
        return self.metadata.order_id


class Session(_Told):
    """A Checkout Session: a page on which one order can be paid, once, until it expires."""

    status: str | None = None  # open, complete, expired
    payment_status: str | None = None  # paid, unpaid, no_payment_required
    amount_total: int | None = None
    currency: str | None = None
    payment_intent: Id = None  # what a refund is asked of; there once somebody has paid
    url: str | None = None  # of the page, while it is open
    expires_at: datetime | None = None

    @property
    def paid(self) -> bool:
        return self.payment_status == "paid"

    @property
    def payment(self) -> str:
        """What its money is known by: the payment, or the page where no payment is named."""
        return self.payment_intent or self.id


class Refund(_Told):
    """Money on its way back."""

    status: str | None = None  # pending, requires_action, succeeded, failed, canceled
    amount: int | None = None
    currency: str | None = None
    payment_intent: Id = None


class Event(BaseModel):
    """Something that happened; what it happened to is there where it is of a kind that we know."""

    model_config = ConfigDict(frozen=True)

    id: Annotated[str, Field(min_length=1, max_length=255)]
    type: str
    created: datetime
    session: Session | None = None  # of checkout.session.*
    refund: Refund | None = None  # of refund.* and charge.refund.*


def read(body: bytes, signature: str, secret: str, at: datetime) -> Event:
    """The event in a webhook's body, as it came. `signature`: the header Stripe-Signature. Raises `Forged`."""
    _check(body, signature, secret, at)
    try:
        told = _Envelope.model_validate_json(body)
        about = next((name for prefix, name in ABOUT if told.type.startswith(prefix)), "")
        thing = {about: told.data.object} if about and told.data else {}
        id = told.id or f"body_{hashlib.sha256(body).hexdigest()}"  # signed as it is, so it is an event of that body
        return Event.model_validate({"id": id, "type": told.type, "created": told.created or at, **thing})
    except ValidationError:
        raise Forged("signed, and no event") from None


class _Data(BaseModel):
    object: dict[str, Any]


class _Envelope(BaseModel):
    id: Text = ""
    type: str
    created: datetime | None = None
    data: _Data | None = None


def _check(body: bytes, signature: str, secret: str, at: datetime) -> None:
    parts = [part.partition("=") for part in signature.split(",")]
    times = [value for name, _, value in parts if name == "t"]
    # Several while the secret is being replaced: one for each.
    signatures = [value for name, _, value in parts if name == "v1"]
    if len(times) != 1 or not (times[0].isascii() and times[0].isdigit() and len(times[0]) <= 12):
        raise Forged("no time")
    if not secret:
        raise Forged("nobody has told us the secret")
    expected = hmac.new(secret.encode(), times[0].encode() + b"." + body, hashlib.sha256).hexdigest()
    if not any(hmac.compare_digest(expected.encode(), given.encode()) for given in signatures):
        raise Forged("not signed by the secret")
    if abs(at.timestamp() - int(times[0])) > TOLERANCE.total_seconds():
        raise Forged("too old, or from the future")
