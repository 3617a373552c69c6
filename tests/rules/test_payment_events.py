"""Which webhooks are believed, and what they say."""

import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stripe
from hypothesis import assume, given
from hypothesis import strategies as st

from infra.local.stripe import objects
from kalit.providers.payment_events import Event, Forged, read

SECRET = "whsec_test"
AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
EVENT: dict[str, Any] = {
    "id": "evt_1",
    "type": "checkout.session.completed",
    "created": 1795262400,
    "data": {
        "object": {
            "id": "cs_1",
            "object": "checkout.session",
            "amount_total": 1234,
            "currency": "usd",
            "metadata": {"order_id": "5"},
            "payment_intent": "pi_1",
            "payment_status": "paid",
            "status": "complete",
        }
    },
}
BODY = json.dumps(EVENT, indent=2).encode()


def signed(body: bytes, at: datetime = AT, secret: str = SECRET) -> str:
    """A header, as Stripe's own library writes it."""
    header: str = stripe.WebhookSignature.generate_signature_header(body.decode(), secret, int(at.timestamp()))
    return header


def said(**changed: Any) -> Event:
    """What an event says that is signed and differs in something."""
    body = json.dumps({**EVENT, **changed}).encode()
    return read(body, signed(body), SECRET, AT)


def forged(body: bytes, header: str, secret: str = SECRET, at: datetime = AT) -> bool:
    try:
        read(body, header, secret, at)
    except Forged:
        return True
    return False


def test_what_the_secret_signed_is_believed() -> None:
    event = read(BODY, signed(BODY), SECRET, AT)
    assert (event.id, event.type, event.created.timestamp()) == ("evt_1", "checkout.session.completed", 1795262400)
    assert event.session
    assert event.session.paid
    assert (event.session.order_id, event.session.amount_total, event.session.currency) == ("5", 1234, "usd")
    assert event.session.payment_intent == "pi_1"


@given(st.integers(-100_000, 100_000))
def test_it_holds_for_five_minutes_on_either_side_of_our_clock(seconds: int) -> None:
    header = signed(BODY, AT + timedelta(seconds=seconds))
    assert forged(BODY, header) == (abs(seconds) > 300)


@pytest.mark.parametrize(("seconds", "believed"), [(-301, False), (-300, True), (300, True), (301, False)])
def test_to_the_second(seconds: int, believed: bool) -> None:
    assert forged(BODY, signed(BODY, AT + timedelta(seconds=seconds))) != believed


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_a_body_that_was_touched_is_not_believed(place: int, change: int) -> None:
    touched = bytearray(BODY)
    touched[place] ^= change
    assert forged(bytes(touched), signed(BODY))


@given(st.data())
def test_a_header_that_was_touched_is_not_believed(data: st.DataObject) -> None:
    header = signed(BODY)
    place = data.draw(st.integers(0, len(header) - 1))
    touched = header[:place] + data.draw(st.characters(exclude_characters=header[place])) + header[place + 1 :]
    assert forged(BODY, touched)


@given(st.text(st.characters(codec="utf-8"), max_size=30))
def test_another_secret_is_not_ours(secret: str) -> None:
    assume(secret != SECRET)
    assert forged(BODY, signed(BODY, secret=secret))
    assert forged(BODY, signed(BODY), secret)


def test_while_the_secret_is_replaced_one_of_several_signatures_is_enough() -> None:
    old = signed(BODY, secret="whsec_old").partition(",")[2]
    time, _, ours = signed(BODY).partition(",")
    assert not forged(BODY, f"{time},{old},{ours}")
    assert not forged(BODY, f"{time},{ours},{old}")
    assert forged(BODY, f"{time},{old},{old}")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "nonsense",
        "t=",
        ",",
        "t={t}",
        "v1={v1}",
        "t={t},v1=",
        "t={t},v0={v1}",
        "t={t},v1={v1}0",
        "t=x{t},v1={v1}",
        "t= {t},v1={v1}",
        "t={t}, v1={v1}",
        "t=-{t},v1={v1}",
        "t={t}.0,v1={v1}",
        "t=99999999999999999999,v1={v1}",
        # Which of the two was signed is nobody's to choose.
        "t={t},t=1,v1={v1}",
        "t=1,t={t},v1={v1}",
    ],
)
def test_headers_that_lack_something_are_not_believed(header: str) -> None:
    time, _, signature = signed(BODY).partition(",")
    assert forged(BODY, header.format(t=time.removeprefix("t="), v1=signature.removeprefix("v1=")))


PARTS = st.sampled_from(["t={t}", "t=1", "t=", "v1={v1}", "v1=", "v0={v1}", "", "=", " t={t}", "v1={v1}=", "é=ü"])


@given(st.lists(PARTS, max_size=6))
def test_nothing_is_believed_that_stripes_own_library_would_not_believe(parts: list[str]) -> None:
    time, _, signature = signed(BODY).partition(",")
    header = ",".join(parts).format(t=time.removeprefix("t="), v1=signature.removeprefix("v1="))
    if not forged(BODY, header):
        assert stripe.WebhookSignature.verify_header(BODY, header, SECRET)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        b'{"id": "evt_1"}',
        b'{"id": "evt_1", "type": "x", "data": {"object": []}}',
        b'{"id": "evt_1", "type": "refund.created", "data": {"object": {"id": "re_1", "amount": "a"}}}',
    ],
)
def test_what_is_signed_and_is_no_event_is_not_believed(body: bytes) -> None:
    time = f"{int(AT.timestamp())}"
    signature = hmac.digest(SECRET.encode(), time.encode() + b"." + body, "sha256").hex()
    with pytest.raises(Forged, match="no event"):
        read(body, f"t={time},v1={signature}", SECRET, AT)


def test_an_event_may_lack_what_we_can_do_without() -> None:
    session = said(data={"object": {"id": "cs_1", "metadata": None}}).session
    assert session
    assert (session.order_id, session.amount_total, session.currency, session.paid) == ("", None, None, False)
    numbered = said(data={"object": {"id": "cs_1", "metadata": {"order_id": 5}}}).session
    assert numbered
    assert numbered.order_id == "5"
    assert said(created=None).created == AT
    assert said(data=None, type="ping").session is None


def test_an_event_without_an_id_is_known_by_its_body() -> None:
    first, again, other = said(id=None), said(id=None), said(id=None, created=1)
    assert first.id == again.id != other.id


@pytest.mark.parametrize(
    "kind", ["customer.created", "payment_intent.succeeded", "charge.refunded", "checkout.sessionx", ""]
)
def test_of_things_that_we_do_not_know_an_event_says_its_type(kind: str) -> None:
    event = said(type=kind)
    assert (event.type, event.session, event.refund) == (kind, None, None)


def test_events_are_read_as_stripe_writes_them() -> None:
    """Bodies with all fields of the API's version, as the sandbox makes them of the library's own classes."""
    item = {
        "quantity": "1",
        "price_data": {"currency": "usd", "unit_amount": "1234", "product_data": {"name": "Order #5"}},
    }
    named = {"metadata": {"order_id": "5"}}
    params = {"mode": "payment", "success_url": "x", "line_items": [item], "payment_intent_data": named, **named}
    session, about = objects.session(params, AT)
    intent = objects.intent(session, about, "succeeded", AT)
    refund, _ = objects.refund(named, objects.charge(intent, AT), AT)
    heard = {
        kind: said(**objects.event(kind, told, AT))
        for kind, told in {
            "checkout.session.expired": objects.expired(session),
            "refund.created": refund,
            "charge.refund.updated": refund,
        }.items()
    }
    expired = heard["checkout.session.expired"].session
    assert expired
    assert (expired.id, expired.status, expired.order_id, expired.url) == (session["id"], "expired", "5", None)
    assert heard["refund.created"].refund == heard["charge.refund.updated"].refund
    given_back = heard["refund.created"].refund
    assert given_back
    assert (given_back.amount, given_back.order_id, given_back.payment_intent) == (1234, "5", intent["id"])
