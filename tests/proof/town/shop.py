"""The doors of the shop: carts, orders, their payment, and what buyers say.

Most orders are a guest's of one piece, made of a cart that nobody else has.
"""

import hashlib
import hmac
import json
from uuid import uuid4

import requests

from kalit.kit.resources import Machine, Table
from tests.paying import SECRET

from . import catalog
from .town import Town
from .visits import Asked, visit

BUYER = {"full_name": "Ali", "address": "Toshkent", "phone": "+998901234567", "email": "ali@example.com"}
PRICE = 12_999  # cents; of the town's goods
STAFF = {"manager", "boss"}
HOLD = 24 * 3600  # seconds that an unpaid order keeps its goods


def piece(town: Town) -> Asked:
    return {"variant_id": town.things["variant"], "quantity": 1}


def cart(town: Town) -> Asked:
    """The headers of whoever has a new cart with a piece in it; an account takes it in."""
    headers = {"x-cart-id": str(uuid4())}
    town.ask("shop.add_to_cart", piece(town), by="guest", headers=headers)
    return headers


def order(town: Town, by: str = "guest") -> int:
    """The number of somebody's new order."""
    return int(town.ask("shop.checkout", BUYER, by=by, headers=cart(town))["order_id"])


def told_paid(town: Town, order: int, session: str) -> Asked:
    """What the payment provider sends when an order of one piece was paid."""
    at = int(town.place.now().timestamp())
    thing = {
        "id": session,
        "status": "complete",
        "payment_status": "paid",
        "amount_total": PRICE,
        "currency": "usd",
        "metadata": {"order_id": str(order)},
    }
    event = {"id": town.name("evt"), "type": "checkout.session.completed", "created": at, "data": {"object": thing}}
    body = json.dumps(event).encode()
    seal = hmac.new(SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return {"raw": body, "headers": {"stripe-signature": f"t={at},v1={seal}", "content-type": "application/json"}}


# Carts


@visit("shop.show_cart", by="guest")
def show_cart(town: Town) -> Asked:
    return {"headers": cart(town)}


@visit("shop.add_to_cart", by="guest", anew=True)
def add_to_cart(town: Town) -> Asked:
    return {"headers": cart(town), "body": piece(town)}


@visit("shop.remove_from_cart", by="guest")
def remove_from_cart(town: Town) -> Asked:
    return {"headers": cart(town), "body": {"variant_id": town.things["variant"]}}


# Orders


@visit("shop.checkout", by="guest", again={400})
def checkout(town: Town) -> Asked:
    return {"headers": cart(town), "body": BUYER}


@visit("shop.list_orders")
def list_orders(town: Town) -> Asked:
    order(town, by="owner")
    return {}


@visit("shop.show_order", may={"owner", *STAFF})
def show_order(town: Town) -> Asked:
    return {"id": order(town, by="owner")}


@visit("shop.update_order", by="manager")
def update_order(town: Town) -> Asked:
    return {"id": order(town), "body": {"status": "shipped", "address": "Samarqand"}}


@visit("shop.cancel_order", by="manager")
def cancel_order(town: Town) -> Asked:
    return {"id": order(town)}


@visit("shop.list_all_orders", by="manager")
def list_all_orders(town: Town) -> Asked:
    order(town)
    return {}


@visit("shop.show_any_order", by="manager")
def show_any_order(town: Town) -> Asked:
    return {"id": order(town)}


@visit("shop.update_any_order", by="manager")
def update_any_order(town: Town) -> Asked:
    return update_order(town)


@visit("shop.send_test_email", by="manager", anew=True)
def send_test_email(town: Town) -> Asked:
    return {"body": {"email": town.email("buyer")}}


# Payment


# A page that was asked for and never opened is asked for again under the same key, or ends with the order's time.
@visit("shop.pay", may={"owner"}, hears={"anonymous": 404, "guest": 404}, swept=True)
def pay(town: Town) -> Asked:
    return {"body": {"order_id": order(town, by="owner")}}


@visit("shop.hear_payment", by="anonymous")
def hear_payment(town: Town) -> Asked:
    return told_paid(town, order(town), town.name("cs"))


@visit("shop.payment_success", by="anonymous")
def payment_success(town: Town) -> Asked:
    return {}


@visit("shop.payment_cancel", by="anonymous")
def payment_cancel(town: Town) -> Asked:
    return {}


# Reviews


def new_review(town: Town) -> Asked:
    return {"product": catalog.product(town), "rating": 5, "comment": "Opens every time."}


def review(town: Town) -> int:
    return int(town.ask("shop.create_review", new_review(town))["id"])


@visit("shop.list_reviews", by="guest")
def list_reviews(town: Town) -> Asked:
    review(town)
    return {}


@visit("shop.create_review", again={400})
def create_review(town: Town) -> Asked:
    return {"body": new_review(town)}


@visit("shop.show_review", by="guest")
def show_review(town: Town) -> Asked:
    return {"id": review(town)}


@visit("shop.update_review", may={"owner", *STAFF}, refused=403)
def update_review(town: Town) -> Asked:
    return {"id": review(town), "body": {"rating": 4}}


@visit("shop.delete_review", may={"owner", *STAFF}, refused=403, again={404})
def delete_review(town: Town) -> Asked:
    return {"id": review(town)}


# Behind the doors


@visit("shop.dispatch")
def dispatch(town: Town) -> Asked:
    """A product to be found, an order to be waited for, a page to be closed, money to be given back, and who did it."""
    shown, paid = order(town, by="owner"), order(town, by="owner")
    pages = [town.ask("shop.pay", {"order_id": id})["checkout_url"] for id in (shown, paid)]
    requests.post(pages[1], data={"how": "card"}, allow_redirects=False, timeout=60)
    town.place.http("shop.hear_payment", **told_paid(town, paid, pages[1].rpartition("/")[2]))
    town.place.settle()
    catalog.product(town)
    order(town)
    for id in (shown, paid):
        town.ask("shop.cancel_order", by="manager", id=id)
    return {"Records": town.place.changes(Table.SHOP)}


@visit("shop.expire")
def expire(town: Town) -> Asked:
    order(town)
    town.place.settle()
    town.place.wait(HOLD + 1)
    return town.place.running(Machine.HOLD)


@visit("shop.sweep")
def sweep(town: Town) -> Asked:
    order(town)
    town.place.wait(HOLD + 60)
    return {"id": town.name("tick")}
