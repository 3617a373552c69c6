"""The payment sandbox, driven by Stripe's own library as it comes."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
import stripe

from infra.installation import PaymentKeys
from infra.local.stripe import objects
from infra.local.stripe.account import Telling
from infra.local.up import CannotStart
from infra.local.up import Settings as Up
from kalit.providers import stripe_client
from tests.paying import KEY, SECRET, Paying, Shop, shop
from tests.running import Local, eventually


@pytest.fixture(scope="module")
def heard() -> Iterator[Shop]:
    with shop() as made:
        yield made


@pytest.fixture(scope="module")
def running(heard: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paying]:
    with Paying(tmp_path_factory.mktemp("stripe") / "stripe.sqlite", f"{heard.url}/api/webhook/") as made:
        yield made


@pytest.fixture
def paying(running: Paying, heard: Shop) -> Paying:
    """A sandbox in which nothing was sold yet."""
    running.forget()
    heard.heard.clear()
    return running


def asked(**changed: Any) -> Any:
    """What a session is asked for by."""
    price = {"currency": "usd", "unit_amount": 1234, "product_data": {"name": "Order #5"}}
    return {
        "mode": "payment",
        "line_items": [{"price_data": price, "quantity": 1}],
        "metadata": {"order_id": "5"},
        "payment_intent_data": {"metadata": {"order_id": "5"}},
        "success_url": "http://localhost/paid?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://localhost/later",
        **changed,
    }


def opened(paying: Paying, **changed: Any) -> Any:
    return paying.client.v1.checkout.sessions.create(asked(**changed))


def events(heard: Shop, number: int) -> list[Any]:
    """What the shop has heard, once it is so much."""
    eventually(lambda: len(heard.heard) >= number)
    return [json.loads(body) for _, body in heard.heard]


def types(heard: Shop, number: int) -> list[str]:
    return [event["type"] for event in events(heard, number)]


def test_it_is_of_the_version_that_the_library_and_we_ask_for() -> None:
    assert objects.API_VERSION == stripe_client.API_VERSION == stripe.api_version


def test_a_session_is_made_as_it_was_asked_for(paying: Paying) -> None:
    session = opened(paying)
    assert (session.status, session.payment_status, session.payment_intent) == ("open", "unpaid", None)
    assert (session.amount_total, session.currency, session.metadata.order_id) == (1234, "usd", "5")
    assert session.expires_at - session.created == 24 * 60 * 60
    assert session.url.startswith(f"{paying.url}/c/pay/cs_test_")
    api = paying.client.v1.checkout.sessions
    assert api.retrieve(session.id) == session
    [item] = api.retrieve(session.id, {"expand": ["line_items"]}).line_items.data
    assert (item.description, item.amount_total, item.quantity) == ("Order #5", 1234, 1)
    assert api.line_items.list(session.id).data == [item]


def test_what_is_paid_is_told_once_and_signed(paying: Paying, heard: Shop) -> None:
    session = opened(paying)
    assert paying.press(session.id, "card").headers["Location"] == f"http://localhost/paid?session={session.id}"
    assert types(heard, 3) == ["payment_intent.succeeded", "charge.succeeded", "checkout.session.completed"]
    for headers, body in heard.heard:
        event = stripe.Webhook.construct_event(body, headers["Stripe-Signature"], SECRET)
        assert (event.api_version, event.pending_webhooks) == (stripe.api_version, 1)
    told = events(heard, 3)[2]["data"]["object"]
    assert (told["status"], told["payment_status"], told["url"]) == ("complete", "paid", None)
    client = paying.client.v1
    assert client.checkout.sessions.retrieve(session.id).to_dict() == told
    intent = client.payment_intents.retrieve(told["payment_intent"], {"expand": ["latest_charge"]})
    assert (intent.status, intent.amount_received, intent.metadata.order_id) == ("succeeded", 1234, "5")
    assert intent.latest_charge.paid
    # Pressed twice: still paid once, and the customer gets where he wanted.
    assert paying.press(session.id, "card").headers["Location"].endswith(session.id)
    eventually(lambda: all(event.pending_webhooks == 0 for event in client.events.list().data))
    assert len(heard.heard) == 3


def test_a_card_that_is_declined_can_be_tried_again(paying: Paying, heard: Shop) -> None:
    session = opened(paying)
    page = paying.press(session.id, "declined").headers["Location"]
    assert "declined" in requests.get(paying.url + page, timeout=60).text
    assert types(heard, 2) == ["charge.failed", "payment_intent.payment_failed"]
    intent = paying.client.v1.payment_intents.list().data[0]
    assert (intent.status, intent.last_payment_error.code) == ("requires_payment_method", "card_declined")
    paying.press(session.id, "card")
    paid = paying.client.v1.checkout.sessions.retrieve(session.id)
    assert (paid.status, paid.payment_intent) == ("complete", intent.id)


@pytest.mark.parametrize(
    ("how", "last", "ends"),
    [
        ("bank", "checkout.session.async_payment_succeeded", "paid"),
        ("bounced", "checkout.session.async_payment_failed", "unpaid"),
    ],
)
def test_a_bank_answers_after_the_page_is_through(paying: Paying, heard: Shop, how: str, last: str, ends: str) -> None:
    session = opened(paying)
    paying.press(session.id, how)
    told = {event["type"]: event["data"]["object"] for event in events(heard, 4)}
    assert told["checkout.session.completed"]["payment_status"] == "unpaid"
    assert list(told)[-1] == last
    assert told[last]["payment_status"] == ends


def test_a_session_can_be_closed_once(paying: Paying, heard: Shop) -> None:
    api = paying.client.v1.checkout.sessions
    session = opened(paying)
    assert api.expire(session.id).status == "expired"
    with pytest.raises(stripe.InvalidRequestError, match="status of `expired`"):
        api.expire(session.id)
    assert types(heard, 1) == ["checkout.session.expired"]
    assert paying.press(session.id, "card").headers["Location"] == "http://localhost/later"
    assert "expired" in requests.get(session.url, timeout=60).text
    assert api.retrieve(session.id).payment_status == "unpaid"


def test_a_session_closes_by_itself_and_for_whoever_pays_a_moment_too_late(tmp_path: Path) -> None:
    clock, end = tmp_path / "clock", datetime(2030, 1, 1, 0, 30, tzinfo=UTC)
    with shop() as heard, Paying(tmp_path / "stripe.sqlite", f"{heard.url}/api/webhook/", str(clock)) as paying:
        for number in (1, 2):
            clock.write_text("2030-01-01T00:00:00Z")
            session = opened(paying, expires_at=int(end.timestamp()))
            clock.write_text(end.isoformat())
            if number == 2:
                paying.press(session.id, "card")
            else:
                eventually(lambda its=session.id: paying.client.v1.checkout.sessions.retrieve(its).status == "expired")
            event = events(heard, number)[-1]
            assert (event["type"], event["created"]) == ("checkout.session.expired", end.timestamp())
            assert heard.heard[-1][0]["Stripe-Signature"].startswith(f"t={int(end.timestamp())},v1=")


@pytest.mark.parametrize(
    ("minutes", "message"),
    [(29, "at least 30 minutes"), (30, ""), (24 * 60 - 1, ""), (24 * 60 + 1, "less than 24 hours")],
)
def test_a_session_lasts_from_half_an_hour_to_a_day(paying: Paying, minutes: int, message: str) -> None:
    until = int(time.time()) + minutes * 60 + 5 * (minutes == 30)
    if not message:
        assert opened(paying, expires_at=until).expires_at == until
        return
    with pytest.raises(stripe.InvalidRequestError, match=message) as refused:
        opened(paying, expires_at=until)
    assert refused.value.param == "expires_at"


def price(**changed: object) -> Any:
    told = {"currency": "usd", "unit_amount": 1234, "product_data": {"name": "Order #5"}, **changed}
    return [{"price_data": {name: value for name, value in told.items() if value is not None}, "quantity": 1}]


@pytest.mark.parametrize(
    ("changed", "code", "param"),
    [
        ({"success_url": ""}, "parameter_missing", "success_url"),
        ({"line_items": ""}, "parameter_missing", "line_items"),
        ({"sucess_url": "x"}, "parameter_unknown", "sucess_url"),
        ({"expires_at": "soon"}, "parameter_invalid_integer", "expires_at"),
        ({"mode": "subscription"}, None, "mode"),
        ({"line_items": price(currency=None)}, "parameter_missing", "line_items[0][price_data][currency]"),
        ({"line_items": price(unit_amount=12.5)}, "parameter_invalid_integer", "unit_amount"),
        ({"line_items": price(unit_amount=49)}, "amount_too_small", None),
        ({"line_items": price(unit_amount=100_000_000)}, "amount_too_large", None),
        ({"line_items": price() * 2}, None, "line_items"),
        ({"metadata": "5"}, None, "metadata"),
    ],
)
def test_what_stripe_would_refuse_is_refused(paying: Paying, changed: Any, code: str, param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        opened(paying, **changed)
    assert (refused.value.http_status, refused.value.code, refused.value.param) == (400, code, param)
    assert paying.client.v1.checkout.sessions.list().data == []


def test_money_is_given_back_once(paying: Paying, heard: Shop) -> None:
    session = opened(paying)
    paying.press(session.id, "card")
    client = paying.client.v1
    intent = client.checkout.sessions.retrieve(session.id).payment_intent
    first = client.refunds.create({"payment_intent": intent, "amount": 234, "reason": "requested_by_customer"})
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount"):
        client.refunds.create({"payment_intent": intent, "amount": 1001})
    rest = client.refunds.create({"charge": first.charge})
    assert (first.status, first.amount, rest.amount) == ("succeeded", 234, 1000)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.refunds.create({"payment_intent": intent})
    assert refused.value.code == "charge_already_refunded"
    assert [refund.id for refund in client.refunds.list({"payment_intent": intent}).data] == [rest.id, first.id]
    told = [event["data"]["object"] for event in events(heard, 7)[-4:]]
    assert [(thing["object"], thing.get("amount_refunded")) for thing in told] == [
        ("refund", None),
        ("charge", 234),
        ("refund", None),
        ("charge", 1234),
    ]
    assert told[-1]["refunded"]


def test_a_payment_that_failed_has_nothing_to_give_back(paying: Paying) -> None:
    session = opened(paying)
    paying.press(session.id, "declined")
    [intent] = paying.client.v1.payment_intents.list().data
    with pytest.raises(stripe.InvalidRequestError, match="greater than charge amount"):
        paying.client.v1.refunds.create({"payment_intent": intent.id})
    with pytest.raises(stripe.InvalidRequestError, match="No such payment_intent") as refused:
        paying.client.v1.refunds.create({"payment_intent": "pi_none"})
    assert refused.value.http_status == 400
    with pytest.raises(stripe.InvalidRequestError, match="payment_intent or charge"):
        paying.client.v1.refunds.create({})


def test_a_key_gives_the_first_answer_again(paying: Paying) -> None:
    api = paying.client.v1.checkout.sessions
    key: Any = {"idempotency_key": "order-5"}
    first = api.create(asked(), key)
    again = api.create(asked(), key)
    assert again == first
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(api.list().data) == 1
    with pytest.raises(stripe.IdempotencyError, match="same parameters") as refused:
        api.create(asked(submit_type="pay"), key)
    assert refused.value.http_status == 400
    with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
        api.expire(first.id, options=key)
    with pytest.raises(stripe.IdempotencyError, match="limited to 255"):
        api.create(asked(), {"idempotency_key": "k" * 256})


def test_a_key_remembers_what_was_begun_and_not_what_was_misspelt(paying: Paying) -> None:
    client = paying.client.v1
    key: Any = {"idempotency_key": "k"}
    with pytest.raises(stripe.InvalidRequestError):
        client.checkout.sessions.create(asked(success_url=""), key)
    session = client.checkout.sessions.create(asked(), key)
    client.checkout.sessions.expire(session.id)
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError, match="status of `expired`") as refused:
            client.checkout.sessions.expire(session.id, options={"idempotency_key": "e"})
    assert refused.value.headers["Idempotent-Replayed"] == "true"


def test_lists_have_pages_and_filters(paying: Paying) -> None:
    client = paying.client.v1
    made = [opened(paying, metadata={"order_id": str(order)}) for order in range(5)]
    paying.press(made[0].id, "card")
    page = client.checkout.sessions.list({"limit": 2})
    assert [session.id for session in page.data] == [made[4].id, made[3].id]
    assert page.has_more
    assert [session.id for session in page.auto_paging_iter()] == [session.id for session in reversed(made)]
    assert [session.id for session in client.checkout.sessions.list({"status": "complete"}).data] == [made[0].id]
    before = client.checkout.sessions.list({"limit": 2, "ending_before": made[1].id})
    assert [session.id for session in before.data] == [made[3].id, made[2].id]
    completed = client.events.list({"type": "checkout.session.completed"})
    assert [event.data.object.id for event in completed.data] == [made[0].id]
    assert client.events.list({"created": {"lt": made[0].created}}).data == []
    with pytest.raises(stripe.InvalidRequestError, match="Invalid limit"):
        client.events.list({"limit": 0})
    with pytest.raises(stripe.InvalidRequestError, match="unknown parameter"):
        paying.client.raw_request("get", "/v1/events", order="x")


@pytest.mark.parametrize(
    "path", ["checkout/sessions/cs_none", "payment_intents/x", "refunds/x", "events/x", "charges/x"]
)
def test_what_is_not_there_is_404(paying: Paying, path: str) -> None:
    answer = requests.get(f"{paying.url}/v1/{path}", auth=(KEY, ""), timeout=60)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "resource_missing")


def test_paths_that_it_does_not_know_are_said(paying: Paying) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=r"Unrecognized request URL \(POST: /v1/customers\)"):
        paying.client.v1.customers.create({})


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer "}, 401),
        ({"Authorization": "Bearer sk_live_1234567890"}, 401),
        ({"Authorization": "Basic !"}, 401),
        ({"Authorization": "Bearer sk_test_any"}, 200),
        ({"Authorization": "Basic cmtfdGVzdF9hbnk6"}, 200),
    ],
)
def test_any_test_key_lets_in_and_no_real_one(paying: Paying, headers: dict[str, str], status: int) -> None:
    answer = requests.get(f"{paying.url}/v1/events", headers=headers, timeout=60)
    assert answer.status_code == status
    assert "1234567890" not in answer.text
    assert answer.headers["Request-Id"].startswith("req_")


def test_a_body_that_is_no_form_is_refused(paying: Paying) -> None:
    answer = requests.post(f"{paying.url}/v1/refunds", json={"charge": "ch_1"}, auth=(KEY, ""), timeout=60)
    assert answer.status_code == 400
    both = [("charge", "ch_1"), ("charge[id]", "ch_1")]
    twice = requests.post(f"{paying.url}/v1/refunds", data=both, auth=(KEY, ""), timeout=60)
    assert "a value and has parts" in twice.json()["error"]["message"]


def test_an_event_is_told_until_it_is_taken(paying: Paying, heard: Shop) -> None:
    heard.answers[:] = [500, 302]
    session = opened(paying)
    paying.client.v1.checkout.sessions.expire(session.id)
    assert types(heard, 3) == ["checkout.session.expired"] * 3
    assert len({event["id"] for event in events(heard, 3)}) == 1
    [event] = paying.client.v1.events.list().data
    assert eventually(lambda: paying.client.v1.events.retrieve(event.id).pending_webhooks == 0)


def test_an_event_is_told_again_on_request(paying: Paying, heard: Shop) -> None:
    paying.client.v1.checkout.sessions.expire(opened(paying).id)
    [event] = events(heard, 1)
    paying.client.raw_request("post", f"/v1/events/{event['id']}/retry")
    assert [told["id"] for told in events(heard, 2)] == [event["id"]] * 2


def test_events_come_in_any_number_and_order_that_the_page_is_asked_for(paying: Paying, heard: Shop) -> None:
    paying.press(opened(paying).id, "card", copies=3, shuffle=1)
    told = events(heard, 9)
    assert len({event["id"] for event in told}) == 3
    assert sorted(event["type"] for event in told) == sorted(
        ["payment_intent.succeeded", "charge.succeeded", "checkout.session.completed"] * 3
    )


def test_the_local_system_pays_at_its_sandbox(local: Local) -> None:
    told = local.aws.client("secretsmanager").get_secret_value(SecretId="local-payments")["SecretString"]
    keys = PaymentKeys(**json.loads(told))
    assert (keys.api_key, keys.webhook_secret) == (KEY, SECRET)
    sessions = stripe.StripeClient(keys.api_key, base_addresses={"api": keys.api_base}).v1.checkout.sessions
    assert sessions.create(asked()).status == "open"


@pytest.mark.parametrize(
    ("env", "keys"),
    [
        ({}, PaymentKeys()),
        ({"STRIPE_WEBHOOK_SECRET": "whsec_1"}, PaymentKeys("", "whsec_1")),
        ({"STRIPE_API_KEY": "rk_test_1", "STRIPE_WEBHOOK_SECRET": "whsec_1"}, PaymentKeys("rk_test_1", "whsec_1")),
        ({"STRIPE_API_BASE": "http://localhost:1"}, PaymentKeys(KEY, SECRET, "http://localhost:1")),
    ],
)
def test_payments_are_made_where_the_environment_says(env: dict[str, str], keys: PaymentKeys) -> None:
    assert Up.from_environment(env).payments == keys


@pytest.mark.parametrize(
    ("env", "cure"),
    [
        ({"STRIPE_API_KEY": "sk_live_1", "STRIPE_WEBHOOK_SECRET": "whsec_1"}, "real money"),
        ({"STRIPE_API_KEY": "sk_test_1"}, "stripe listen --forward-to localhost:8000/api/webhook/"),
    ],
)
def test_keys_that_a_laptop_should_not_have_are_named_with_their_cure(env: dict[str, str], cure: str) -> None:
    with pytest.raises(CannotStart, match=cure):
        Up.from_environment(env)


def test_all_events_come_as_the_environment_says() -> None:
    env = {"KALIT_WEBHOOK_COPIES": "3", "KALIT_WEBHOOK_SHUFFLE": "1"}
    assert Up.from_environment(env).telling == Telling(copies=3, shuffled=True)
    assert Up.from_environment({"KALIT_WEBHOOK_SHUFFLE": "0"}).telling == Telling()


def test_what_happened_outlives_the_process(tmp_path: Path) -> None:
    file = tmp_path / "stripe.sqlite"
    with Paying(file, telling=Telling(copies=2)) as before:
        session = before.client.v1.checkout.sessions.create(asked(), {"idempotency_key": "order-5"})
        before.press(session.id, "card")
        # The process is gone between two writes: what it had not written is not there, all else is.
        left = file.read_bytes(), file.with_name("stripe.sqlite-wal").read_bytes()
    copy = tmp_path / "copy.sqlite"
    copy.write_bytes(left[0])
    copy.with_name("copy.sqlite-wal").write_bytes(left[1])
    with shop() as heard, Paying(copy, f"{heard.url}/api/webhook/") as after:
        assert after.client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
        again = after.client.v1.checkout.sessions.create(asked(), {"idempotency_key": "order-5"})
        assert again.id == session.id
        assert sorted(types(heard, 6)) == sorted(
            ["payment_intent.succeeded", "charge.succeeded", "checkout.session.completed"] * 2
        )
