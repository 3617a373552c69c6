"""The port to the payment provider: what it asks, and what it makes of every answer."""

import json
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import stripe
import urllib3

from infra.installation import PaymentKeys
from infra.local.stripe import forms
from infra.local.up import free_port
from kalit.kit import clock, secrets
from kalit.kit.doors import Host
from kalit.kit.resources import Secret
from kalit.providers import payments, stripe_client
from kalit.providers.outcomes import NotTaken, Unanswered
from tests.cloud import Cloud
from tests.paying import SECRET, Paying

REAL_KEY = "sk_live_51canary"
SESSION = {"id": "cs_1", "object": "checkout.session", "status": "open", "url": "https://pay", "amount_total": 1234}


@pytest.fixture(autouse=True)
def named(aws: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a door's environment says."""
    monkeypatch.setenv(Secret.PAYMENTS.variable, aws.ids[Secret.PAYMENTS])


def payable(order: int = 5) -> payments.Payable:
    return payments.Payable(
        order_id=order,
        amount=1234,
        expires_at=clock.now() + timedelta(minutes=31),
        success_url="https://shop/paid",
        cancel_url="https://shop/later",
    )


def test_an_order_is_paid_and_given_back(paying: Paying) -> None:
    session = payments.open_session(payable(), "order-5")
    assert (session.status, session.order_id, session.amount_total, session.currency) == ("open", "5", 1234, "usd")
    assert session.url
    assert session.expires_at
    assert session.expires_at - clock.now() > timedelta(minutes=30)
    assert payments.session(session.id) == session
    paying.press(session.id, "card")
    paid = payments.session(session.id)
    assert (paid.status, paid.paid, paid.url) == ("complete", True, None)
    assert paid.payment_intent
    refund = payments.refund(paid.payment_intent, 5, "refund-5")
    assert (refund.amount, refund.status, refund.order_id) == (1234, "succeeded", "5")
    assert payments.refund(paid.payment_intent, 5, "refund-5") == refund
    assert payments.refund(paid.payment_intent, 5, "the key of another day") == refund
    assert len(paying.client.v1.refunds.list().data) == 1


def test_the_page_names_the_order_and_no_more(paying: Paying) -> None:
    session = payments.open_session(payable(), "order-5")
    [item] = paying.client.v1.checkout.sessions.line_items.list(session.id).data
    assert (item.description, item.amount_total) == ("Order #5", 1234)


def test_asked_twice_by_one_key_there_is_one_session(paying: Paying) -> None:
    assert payments.open_session(payable(), "order-5") == payments.open_session(payable(), "order-5")
    with pytest.raises(NotTaken):
        payments.open_session(payable(6), "order-5")
    assert len(paying.client.v1.checkout.sessions.list().data) == 1


def test_who_closes_a_session_hears_how_it_ended(paying: Paying) -> None:
    first, second = (payments.open_session(payable(order), f"order-{order}") for order in (5, 6))
    assert payments.expire_session(first.id).status == "expired"
    assert payments.expire_session(first.id).status == "expired"
    paying.press(second.id, "card")
    assert payments.expire_session(second.id).paid
    with pytest.raises(NotTaken, match="resource_missing"):
        payments.expire_session("cs_none")


def test_an_event_is_read_with_the_secret_that_the_stage_has(paying: Paying) -> None:
    body = json.dumps({"id": "evt_1", "type": "customer.created", "data": {"object": {}}})
    at = datetime(2026, 11, 21, tzinfo=UTC)
    signature = stripe.WebhookSignature.generate_signature_header(body, SECRET, int(at.timestamp()))
    assert payments.event(body.encode(), signature, at).id == "evt_1"
    with pytest.raises(payments.Forged):
        payments.event(body.encode(), signature, at + timedelta(minutes=6))


def test_while_nobody_has_given_the_keys_nothing_is_taken_and_nothing_believed(aws: Cloud) -> None:
    aws.give(Secret.PAYMENTS, PaymentKeys())
    with pytest.raises(NotTaken, match="not configured"):
        payments.session("cs_1")
    with pytest.raises(payments.Forged):
        payments.event(b"{}", "t=1,v1=", datetime.fromtimestamp(1, UTC))


def test_the_keys_are_asked_for_once_in_five_minutes(
    aws: Cloud, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("sk_test_old", "sk_test_new"):
        aws.give(Secret.PAYMENTS, PaymentKeys(key))
        assert secrets.read(Secret.PAYMENTS)["api_key"] == "sk_test_old"
    assert calls.count("GetSecretValue") == 1
    later = time.monotonic() + 301
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert secrets.read(Secret.PAYMENTS)["api_key"] == "sk_test_new"


class Provider:
    """A provider that answers as it is told, and notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str], Any]] = []
        self.status, self.body, self.cut, self.silent = 200, json.dumps(SESSION), 0, False
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do(self) -> None:
                sent = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                headers = {name.lower(): value for name, value in self.headers.items()}
                provider.asked.append((f"{self.command} {self.path}", headers, forms.parse(sent)))
                if provider.silent:
                    provider.over.wait(10)
                    return
                self.send_response(provider.status)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", str(len(provider.body) + provider.cut))
                self.end_headers()
                self.wfile.write(provider.body.encode())

            do_GET = do_POST = do  # noqa: N815

            def log_message(self, *_: Any) -> None:
                """In silence."""

        self.over = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=[0.01], daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.over.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def provider(aws: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setattr(stripe_client, "TIMEOUT", urllib3.Timeout(connect=2, read=0.3))
    made = Provider()
    aws.give(Secret.PAYMENTS, PaymentKeys(REAL_KEY, SECRET, f"http://127.0.0.1:{made.server.server_port}"))
    yield made
    made.close()


def test_a_session_is_asked_for_in_stripes_words(provider: Provider) -> None:
    asked = payable()
    assert payments.open_session(asked, "order-5").id == "cs_1"
    [(line, headers, params)] = provider.asked
    assert line == "POST /v1/checkout/sessions"
    assert headers["authorization"] == f"Bearer {REAL_KEY}"
    assert headers["idempotency-key"] == "order-5"
    assert headers["stripe-version"] == "2026-10-28.endive"
    assert params == {
        "mode": "payment",
        "line_items": [
            {
                "quantity": "1",
                "price_data": {"currency": "usd", "unit_amount": "1234", "product_data": {"name": "Order #5"}},
            }
        ],
        "client_reference_id": "5",
        "metadata": {"order_id": "5"},
        "payment_intent_data": {"metadata": {"order_id": "5"}},
        "expires_at": str(int(asked.expires_at.timestamp())),
        "success_url": "https://shop/paid",
        "cancel_url": "https://shop/later",
    }


def test_a_refund_is_asked_for_in_stripes_words(provider: Provider) -> None:
    provider.body = json.dumps({"id": "re_1", "object": "refund", "amount": 1234, "status": "pending"})
    assert payments.refund("pi_1", 5, "refund-5").status == "pending"
    [(line, headers, params)] = provider.asked
    assert (line, headers["idempotency-key"]) == ("POST /v1/refunds", "refund-5")
    assert params == {"payment_intent": "pi_1", "metadata": {"order_id": "5"}}


def error(code: str | None = None, type: str = "invalid_request_error") -> str:
    return json.dumps({"error": {"type": type, "code": code, "message": f"Invalid API Key provided: {REAL_KEY}"}})


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (400, error("parameter_missing"), "parameter_missing"),
        (400, error(type="idempotency_error"), "IdempotencyError"),
        (401, error(), "AuthenticationError"),
        (402, error("card_declined", "card_error"), "card_declined"),
        (403, error(), "PermissionError"),
        (403, "<html>a proxy's</html>", "APIError"),
        (404, error("resource_missing"), "resource_missing"),
        (409, error("idempotency_key_in_use"), "APIError"),
        (429, error("lock_timeout"), "RateLimitError"),
    ],
)
def test_what_is_refused_was_not_done(provider: Provider, status: int, body: str, said: str) -> None:
    provider.status, provider.body = status, body
    with pytest.raises(NotTaken) as refused:
        payments.open_session(payable(), "order-5")
    assert str(refused.value) == said
    assert refused.value.__suppress_context__, "Stripe's own words would be in the log"
    assert len(provider.asked) == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, error(type="api_error")),
        (502, "<html>a proxy's</html>"),
        (503, ""),
        (302, ""),
        (200, "<html>"),
        (200, ""),
    ],
)
def test_what_is_not_told_may_have_been_done(provider: Provider, status: int, body: str) -> None:
    provider.status, provider.body = status, body
    with pytest.raises(Unanswered) as unanswered:
        payments.open_session(payable(), "order-5")
    assert unanswered.value.__suppress_context__
    assert len(provider.asked) == 1, "a key that failed fails again for a day: to repeat is the caller's to decide"


def test_an_answer_that_does_not_come_or_breaks_off_tells_nothing(provider: Provider) -> None:
    provider.cut = 100
    with pytest.raises(Unanswered):
        payments.open_session(payable(), "order-5")
    provider.silent = True
    with pytest.raises(Unanswered):
        payments.open_session(payable(), "order-5")
    assert len(provider.asked) == 2


def test_an_answer_about_things_that_the_layer_leaves_out_tells_nothing(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "stripe._payment_method", None)
    told = {"type": "card_error", "message": "no", "payment_method": {"id": "pm_1", "object": "payment_method"}}
    provider.status, provider.body = 402, json.dumps({"error": told})
    with pytest.raises(Unanswered):
        payments.refund("pi_1", 5, "refund-5")


def test_who_cannot_be_reached_has_done_nothing(aws: Cloud) -> None:
    aws.give(Secret.PAYMENTS, PaymentKeys("sk_test_1", SECRET, f"http://127.0.0.1:{free_port()}"))
    with pytest.raises(NotTaken, match="not reached"):
        payments.open_session(payable(), "order-5")


def test_the_port_gives_up_before_the_door_that_waits_for_it() -> None:
    limits = stripe_client.TIMEOUT
    assert float(limits.connect_timeout or 0) + float(limits.read_timeout or 0) < Host().timeout
