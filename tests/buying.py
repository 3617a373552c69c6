"""Goods in the shop of a running system, and people who buy them over real HTTP."""

import uuid
from typing import Any

import requests

from tests.running import Local, User, eventually

BUYER = {
    "full_name": "Ali Valiyev",
    "address": "Toshkent, Amir Temur 1",
    "phone": "+998901234567",
    "email": "ali@example.com",
}


def guest(local: Local) -> User:
    """Somebody without an account, with the cookies of his browser."""
    nobody = User(local.url, "", "")
    del nobody.session.headers["Authorization"]
    return nobody


def made(staff: User, kind: str, **told: Any) -> int:
    """The id of something that staff have put into the catalogue."""
    answer = staff.post(f"/api/admin/{kind}/", told)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def goods(staff: User, stock: int = 5, price: str = "129.99") -> tuple[int, int]:
    """A new product, and its only variant."""
    category = made(staff, "categories", name=f"Shelf {uuid.uuid4().hex}")
    product = made(staff, "products", category=category, name="Kalit One")
    return product, made(staff, "variants", product=product, sku=uuid.uuid4().hex, price=price, stock=stock)


def stock(staff: User, variant: int) -> tuple[int, int, int]:
    """What is available, reserved and sold."""
    told = staff.get(f"/api/admin/variants/{variant}/").json()
    return told["stock"], told["reserved"], told["sold"]


def order(buyer: User, variant: int, quantity: int = 1) -> int:
    """The id of a new order."""
    assert buyer.post("/api/cart/", {"variant_id": variant, "quantity": quantity}).status_code == 200
    placed = buyer.post("/api/checkout/", BUYER)
    assert placed.status_code == 201, placed.text
    return int(placed.json()["order_id"])


def pay_page(buyer: User, order: int) -> str:
    """Where it is paid."""
    answer = buyer.post("/api/create-checkout-session/", {"order_id": order})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["checkout_url"])


def press(page: str, how: str) -> str:
    """Press a button of the sandbox's page; where it leads."""
    return requests.post(page, data={"how": how}, allow_redirects=False, timeout=60).headers["Location"]


def shown(staff: User, order: int) -> Any:
    return staff.get(f"/api/orders/{order}/").json()


def becomes(staff: User, order: int, **wanted: str) -> Any:
    """The order, once it is as wanted."""

    def look() -> Any:
        told = shown(staff, order)
        return told if all(told[name] == value for name, value in wanted.items()) else None

    return eventually(look)
