"""A till: what the payment provider tells the shop of its orders, signed as it signs; and others, who only try to."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

from tests.cloud import Answer
from tests.paying import SECRET

from .market import Market

WEBHOOK = "shop.hear_payment"


@dataclass
class Till:
    market: Market
    told: int = 0

    def event(self, type: str, thing: dict[str, Any], id: str = "") -> bytes:
        self.told += 1
        created = int(self.market.clock.now.timestamp())
        event = {"id": id or f"evt_{self.told}", "object": "event", "type": type, "created": created}
        return json.dumps({**event, "data": {"object": thing}}).encode()

    def hear(self, body: bytes, *, secret: str = SECRET, off: int = 0, header: str | None = None) -> Answer:
        """Let the shop hear this, signed so many seconds before or after its time."""
        at = str(int(self.market.clock.now.timestamp()) + off)
        seal = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {"stripe-signature": f"t={at},v1={seal}" if header is None else header}
        return self.market.ask(WEBHOOK, raw=body, headers=headers | {"content-type": "application/json"})

    def session(self, order: int, payment: str = "pi_1", **told: Any) -> dict[str, Any]:
        """A session of an order that was paid."""
        total = next((int(row["total"]) for row in self.market.rows(f"ORDER#{order} ORDER")), 100)
        return {
            "id": f"cs_{payment}",
            "object": "checkout.session",
            "status": "complete",
            "payment_status": "paid",
            "amount_total": total,
            "currency": "usd",
            "payment_intent": payment,
            "metadata": {"order_id": str(order)},
            **told,
        }

    def paid(self, order: int, payment: str = "pi_1", id: str = "", **told: Any) -> Answer:
        """The shop is told that an order was paid."""
        return self.hear(self.event("checkout.session.completed", self.session(order, payment, **told), id))

    @property
    def refunds(self) -> list[str]:
        """The payments that are to be given back."""
        return sorted(row["payment"] for row in self.market.rows("REFUND#"))
