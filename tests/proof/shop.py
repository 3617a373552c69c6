"""A small shop as one piece: who buys, what the provider tells, and what must be true of what is kept."""

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from kalit.kit import secrets
from kalit.kit.resources import Machine, Queue, Table
from tests.cloud import Answer
from tests.paying import SECRET
from tests.recounted import miscounted

from . import accounts
from .system import System

BUYER = {"full_name": "Ali", "address": "Toshkent", "phone": "+998901234567", "email": "ali@example.com"}
HELD = {"pending": "reserved", "paid": "sold", "shipped": "sold", "delivered": "sold", "cancelled": "available"}
LEASE = 12  # seconds after which the key of a request that died is free
DAY = 86_401


class Shop:
    """Staff, and a variant of which there are so many."""

    def __init__(self, system: System) -> None:
        self.system = system
        system.cloud.call("accounts.bootstrap", {"username": "boss", "password": accounts.PASSWORD})
        self.log_in()
        self.first = self.boss
        self.begin_anew = system.remember(*Table)
        self.told = 0

    def log_in(self) -> None:
        self.boss = self.system.cloud.log_in("boss", accounts.PASSWORD)

    def open(self, stock: int, kinds: int = 1) -> None:
        """An empty shop, but for the goods; each kind has so much in stock."""
        self.system.empty(Table.SHOP, Queue.EMAIL, Machine.HOLD)
        self.begin_anew()
        secrets.forget()  # so that the same calls are made each time
        self.boss = self.first
        self.stock = stock
        category = self.staff("create_category", {"name": "Locks"})["id"]
        product = self.staff("create_product", {"category": category, "name": "Kalit One"})["id"]
        self.goods: list[int] = []
        for number in range(kinds):
            body = {"product": product, "sku": f"ONE-{number}", "price": "10.00", "stock": stock}
            self.goods.append(self.staff("create_variant", body)["id"])

    def staff(self, verb: str, body: Any) -> Any:
        answer = self.system.cloud.http(f"catalog.{verb}", body, token=self.boss)
        assert answer.status == 201, answer.text
        return answer.json

    # What people do

    def fill(self, buyer: int, quantity: int = 1) -> None:
        """Put some of each kind into somebody's cart."""
        for variant in self.goods:
            body = {"variant_id": variant, "quantity": quantity}
            answer = self.system.cloud.http("shop.add_to_cart", body, headers={"x-cart-id": cart(buyer)})
            assert answer.status == 200, answer.text

    def check_out(self, buyer: int, key: str = "mine") -> Answer:
        headers = {"x-cart-id": cart(buyer), "idempotency-key": key} if key else {"x-cart-id": cart(buyer)}
        return self.system.cloud.http("shop.checkout", BUYER, headers=headers)

    def order(self, buyer: int = 1, quantity: int = 1) -> int:
        self.fill(buyer, quantity)
        id: int = self.check_out(buyer).json["order_id"]
        return id

    def cancel(self, order: int) -> Answer:
        return self.system.cloud.http("shop.cancel_order", token=self.boss, id=order)

    # What happens behind

    def paid(self, order: int, event: str = "", payment: str = "", off: int = 0, secret: str = SECRET) -> Answer:
        """The provider tells that an order was paid; or somebody who would like to be it."""
        total = next((int(row["total"]) for row in self.orders if row["pk"] == f"ORDER#{order}"), 1000)
        session = {
            "id": f"cs_{order}",
            "status": "complete",
            "payment_status": "paid",
            "amount_total": total,
            "currency": "usd",
            "payment_intent": payment or f"pi_{order}",
            "metadata": {"order_id": str(order)},
        }
        self.told += 1
        told = {"id": event or f"evt_{self.told}", "type": "checkout.session.completed", "data": {"object": session}}
        return self.tell(json.dumps(told).encode(), off, secret)

    def tell(self, event: bytes, off: int = 0, secret: str = SECRET) -> Answer:
        """An event of the provider's, signed now, as each time that it is told."""
        at = str(int(self.system.now.timestamp()) + off)
        seal = hmac.new(secret.encode(), f"{at}.".encode() + event, hashlib.sha256).hexdigest()
        return self.system.cloud.http("shop.hear_payment", raw=event, headers={"stripe-signature": f"t={at},v1={seal}"})

    def expire(self, order: int) -> Any:
        next = {"at": self.system.now.isoformat(), "done": False}
        return self.system.cloud.call("shop.expire", {"id": order, "next": next})

    def sweep(self) -> None:
        self.told += 1
        self.system.cloud.call("shop.sweep", {"id": f"tick-{self.told}"})  # the same twice is one job

    # What is kept

    @property
    def rows(self) -> list[dict[str, Any]]:
        return self.system.rows(Table.SHOP)

    @property
    def orders(self) -> list[dict[str, Any]]:
        return self.system.cloud.rows(Table.SHOP, "ORDER#")

    @property
    def refunds(self) -> list[str]:
        return [row["payment"] for row in self.system.cloud.rows(Table.SHOP, "REFUND#")]

    def status(self, order: int) -> str:
        return next(str(row["status"]) for row in self.orders if row["pk"] == f"ORDER#{order}")

    def counted(self, variant: int = 0) -> dict[str, int]:
        """What is available, reserved and sold of a variant."""
        [row] = self.system.cloud.rows(Table.SHOP, f"VARIANT#{variant or self.goods[0]} VARIANT")
        return {name: int(row[name]) for name in ("available", "reserved", "sold")}

    def wrong(self) -> list[str]:
        """Every invariant that is broken, in words: goods, orders, movements, lists and counts tell the same story."""
        said = broken(self.rows)
        for variant in self.goods:
            counted = self.counted(variant)
            if sum(counted.values()) != self.stock:
                said.append(f"variant {variant}: {counted} of {self.stock}")
        return said


def broken(table: Sequence[dict[str, Any]]) -> list[str]:
    """The invariants that a shop's table breaks, whatever its stock was."""
    said: list[str] = []
    orders = [row for row in table if row["pk"].startswith("ORDER#") and row["sk"] == "ORDER"]
    refunds = [row["payment"] for row in table if row["pk"].startswith("REFUND#")]
    for variant in (row for row in table if row["pk"].startswith("VARIANT#") and row["sk"] == "VARIANT"):
        held = Counter[str]()
        for order in orders:
            for line in json.loads(order["lines"]):
                held[HELD[order["status"]]] += line["quantity"] * (f"VARIANT#{line['variant']}" == variant["pk"])
        moved = sum(
            json.loads(row["told"])["delta"]
            for row in table
            if row["pk"] == variant["pk"] and row["sk"].startswith("MOVE#")
        )
        counted = {name: int(variant[name]) for name in ("available", "reserved", "sold")}
        if counted != {"available": moved, "reserved": held["reserved"], "sold": held["sold"]}:
            said.append(f"{variant['pk']}: {counted}, its movements lead to {moved}, its orders hold {dict(held)}")
        if min(counted.values()) < 0:
            said.append(f"{variant['pk']}: {counted}")
    said += miscounted(Table.SHOP, table)
    for order in orders:
        if ("open" in order) != (order["status"] == "pending"):
            said.append(f"{order['pk']} is {order['status']}, and {'' if 'open' in order else 'not '}waited for")
        if order["listing"] != f"ORDERS#{order['status']}":
            said.append(f"{order['pk']} is {order['status']}, and listed in {order['listing']}")
        intent = order.get("payment_intent")
        if order["status"] == "cancelled" and intent and intent not in refunds:
            said.append(f"{order['pk']} is cancelled, and its money was kept")
        if order["status"] == "paid" and (not intent or intent in refunds):
            said.append(f"{order['pk']} is paid by {intent}, given back were {refunds}")
    return said


def cart(buyer: int) -> str:
    return str(UUID(int=buyer + 1))
