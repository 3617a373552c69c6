"""The shop on the engine, over real HTTP: shelves, carts, orders, and the money that the sandbox moves."""

import json
import time
import uuid
from typing import Any

import pytest
import requests
import stripe

from infra.local.up import SANDBOX_SECRET
from tests.buying import becomes, goods, guest, made, order, pay_page, press, shown, stock
from tests.running import ADMIN_PASSWORD, Local, User, eventually

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(40) + b"\x00\x00\x00\x00IEND\xaeB`\x82"


@pytest.fixture(scope="module")
def boss(local: Local) -> User:
    return User.log_in(local.url, "admin", ADMIN_PASSWORD)


@pytest.fixture(name="guest")
def somebody(local: Local) -> User:
    return guest(local)


def moves(boss: User, variant: int) -> list[tuple[int, str]]:
    """What moved a variant's stock, the newest first."""
    told = boss.get(f"/api/admin/variants/{variant}/stock/").json()
    return [(move["delta"], move["cause"]) for move in (told["results"] if isinstance(told, dict) else told)]


def test_what_staff_put_on_the_shelves_everybody_finds(local: Local, boss: User, guest: User) -> None:
    word = f"qulf{uuid.uuid4().hex[:8]}"
    category = made(boss, "categories", name=f"Locks {word}")
    product = made(boss, "products", category=category, name=f"{word.title()} One", description="Opens by phone")
    color = made(boss, "attributes", name="Color")
    black = made(boss, "attribute-values", attribute=color, value="Black")
    variant = made(boss, "variants", product=product, sku=f"{word}-1", price="129.99", stock=5, attributes=[black])
    delivered = boss.post(f"/api/admin/variants/{variant}/stock/", {"delta": 7, "cause": "delivery 12"})
    assert delivered.json()["stock"] == 12
    assert moves(boss, variant) == [(7, "delivery 12"), (5, "in stock at first")]

    def found() -> Any:
        query = {"search": f"phone {word[:6].upper()}", "min_price": "129.99", "category": f"LOCKS-{word}"}
        return guest.get("/api/products/", params=query).json()["results"]

    [seen] = eventually(found)
    assert seen == guest.get(f"/api/products/{product}/").json()
    [sold] = seen["variants"]
    assert (sold["price"], sold["stock"]) == ("129.99", 12)
    assert sold["attributes"] == [{"id": black, "attribute_name": "Color", "value": "Black"}]
    assert guest.post("/api/products/", {}).status_code == 405


def test_a_picture_is_posted_and_looked_at_and_seen(local: Local, boss: User, guest: User) -> None:
    product, _ = goods(boss)
    path = f"/api/admin/products/{product}/image/"

    def uploaded(content: bytes) -> requests.Response:
        form = boss.post(path, {"content_type": "image/png", "size": len(content)}).json()
        sent = requests.post(form["url"], data=form["fields"], files={"file": content}, timeout=30)
        assert sent.status_code == 204, sent.text
        return boss.session.put(f"{local.url}{path}", json={"image": form["image"]}, timeout=30)

    refused = uploaded(b"<script>alert(1)</script>")
    assert (refused.status_code, list(refused.json())) == (400, ["image"])
    assert guest.get(f"/api/products/{product}/").json()["image"] is None
    assert uploaded(PNG).status_code == 200
    address = guest.get(f"/api/products/{product}/").json()["image"]
    assert address.startswith(f"{local.url}/media/products/{product}/")
    served = requests.get(address, timeout=60)
    assert (served.status_code, served.content, served.headers["Content-Type"]) == (200, PNG, "image/png")
    assert "immutable" in served.headers["Cache-Control"]


def test_a_guests_cart_comes_along_when_he_logs_in(local: Local, boss: User, guest: User) -> None:
    _, first = goods(boss, stock=9)
    _, second = goods(boss, stock=9)
    added = guest.post("/api/cart/", {"variant_id": first, "quantity": 2})
    assert added.json()["message"] == "Savatga qo'shildi"
    cookie = next(iter(guest.session.cookies))
    assert (cookie.name, cookie.has_nonstandard_attr("HttpOnly")) == ("sessionid", True)
    assert added.headers["X-Cart-Id"] == cookie.value
    by_header = requests.get(f"{local.url}/api/cart/", headers={"X-Cart-Id": str(cookie.value)}, timeout=60)
    assert by_header.json() == guest.get("/api/cart/").json() == added.json()["cart"]
    assert (by_header.json()["total_price"], by_header.json()["count"]) == (259.98, 2)

    ali = local.user()
    ali.post("/api/cart/", {"variant_id": second, "quantity": 1})
    ali.session.cookies.update(guest.session.cookies)
    told = ali.get("/api/cart/").json()
    assert {line["variant_id"]: line["quantity"] for line in told["items"]} == {first: 2, second: 1}
    assert guest.get("/api/cart/").json() == {"items": [], "total_price": 0.0, "count": 0}


def test_a_guest_pays_and_gets_it_back_when_staff_cancel(local: Local, boss: User, guest: User) -> None:
    _, variant = goods(boss, stock=5)
    id = order(guest, variant, quantity=2)
    assert stock(boss, variant) == (3, 2, 0)
    assert guest.get("/api/cart/").json()["count"] == 0
    page = pay_page(guest, id)
    assert pay_page(guest, id) == page
    refused = local.user().post("/api/create-checkout-session/", {"order_id": id})
    assert refused.json() == {"error": "Buyurtma topilmadi. ID to'g'riligini tekshiring."}

    press(page, "declined")
    assert shown(boss, id)["status"] == "pending"
    back = press(page, "card")
    assert "Rahmat" in requests.get(back, headers={"Accept-Language": "uz"}, timeout=60).text
    becomes(boss, id, status="paid")
    assert stock(boss, variant) == (3, 0, 2)
    again = guest.post("/api/create-checkout-session/", {"order_id": id})
    assert (again.status_code, again.json()) == (400, {"error": "Bu buyurtma allaqachon to'langan"})

    cancelled = boss.session.patch(f"{local.url}/api/orders/{id}/", json={"status": "cancelled"}, timeout=30)
    assert cancelled.json()["status"] == "cancelled"
    becomes(boss, id, refund_status="succeeded")
    assert stock(boss, variant) == (5, 0, 0)
    assert moves(boss, variant) == [(2, "order cancelled"), (-2, "order placed"), (5, "in stock at first")]


def test_only_what_the_provider_signed_is_believed(local: Local, boss: User, guest: User) -> None:
    _, variant = goods(boss)
    id = order(guest, variant)
    session = {
        "id": "cs_test_raw",
        "object": "checkout.session",
        "status": "complete",
        "payment_status": "paid",
        "amount_total": 12_999,
        "currency": "usd",
        "payment_intent": f"pi_{uuid.uuid4().hex}",
        "metadata": {"order_id": str(id)},
    }
    now = int(time.time())
    event = {"id": f"evt_{uuid.uuid4().hex}", "type": "checkout.session.completed", "created": now}
    body = json.dumps({**event, "object": "event", "data": {"object": session}})

    def tell(secret: str = SANDBOX_SECRET, off: int = 0, path: str = "/api/webhook/") -> tuple[int, str]:
        signature = stripe.WebhookSignature.generate_signature_header(body, secret, now + off)
        headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
        answer = requests.post(f"{local.url}{path}", data=body.encode(), headers=headers, timeout=30)
        return answer.status_code, answer.text

    for secret, off in (("whsec_guessed", 0), (SANDBOX_SECRET, -400), (SANDBOX_SECRET, 400)):
        assert tell(secret, off) == (400, "")
    unsigned = requests.post(f"{local.url}/api/webhook/", data=body.encode(), timeout=30)
    assert (unsigned.status_code, unsigned.text) == (400, "")
    assert (shown(boss, id)["status"], stock(boss, variant)) == ("pending", (4, 1, 0))
    for path in ("/api/webhook/", "/api/stripe/webhook/", "/api/webhook"):
        assert tell(path=path) == (200, "")
    assert (shown(boss, id)["status"], stock(boss, variant)) == ("paid", (4, 0, 1))


def test_goods_of_an_order_that_nobody_paid_come_back_once(local: Local, boss: User, guest: User) -> None:
    _, variant = goods(boss, stock=3)
    id = order(guest, variant, quantity=3)
    page = pay_page(guest, id)
    short = guest.post("/api/cart/", {"variant_id": variant, "quantity": 1})
    assert (short.status_code, short.json()) == (400, {"error": "Omborda yetarli mahsulot yo'q"})
    over = {":over": {"S": "2026-01-01T00:00:00.000Z"}}
    key = {"pk": {"S": f"ORDER#{id}"}, "sk": {"S": "ORDER"}}
    local.aws.client("dynamodb").update_item(
        TableName="local-shop",
        Key=key,
        UpdateExpression="SET expires_at = :over",
        ExpressionAttributeValues=over,
    )
    held = json.dumps({"id": id, "next": {"at": "2026-01-01T00:00:00Z", "done": False}})
    for _ in range(2):
        local.aws.client("lambda").invoke(FunctionName="local-shop-expire", Payload=held)
    assert shown(boss, id)["status"] == "cancelled"
    assert stock(boss, variant) == (3, 0, 0)
    assert moves(boss, variant)[:2] == [(3, "order expired"), (-3, "order placed")]
    # Its page is closed with it, so nobody pays for what is for sale again.
    eventually(lambda: "cancel" in press(page, "card"))
    assert shown(boss, id)["refund_status"] is None


def test_a_buyers_reviews_are_counted_at_once(local: Local, boss: User) -> None:
    product, _ = goods(boss)

    def rated() -> tuple[float | None, int]:
        told = boss.get(f"/api/products/{product}/").json()
        return told["average_rating"], told["reviews_count"]

    first, second = local.user(), local.user()
    assert rated() == (None, 0)
    for user, rating in ((first, 5), (second, 2)):
        review = {"product": product, "rating": rating, "comment": "Opens."}
        assert user.post("/api/reviews/", review).status_code == 201
    assert rated() == (3.5, 2)
    again = first.post("/api/reviews/", {"product": product, "rating": 1, "comment": "No."})
    assert (again.status_code, again.json()) == (400, ["Siz bu mahsulotga avval izoh qoldirgansiz!"])
    assert rated() == (3.5, 2)
