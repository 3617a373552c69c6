"""Telling the API what happened, as Stripe does: signed, again and again until it is taken."""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from datetime import datetime

import stripe
from aiohttp import ClientError, ClientSession, ClientTimeout

from .book import Book, Delivery

# Seconds until the next try; Stripe waits hours, whoever develops would rather not. The last one repeats.
PAUSES = (0.5, 1, 2, 5, 10, 30, 60)
MOST_TRIES = 1_000
TIMEOUT = ClientTimeout(total=20)
NEVER_LONGER = 0.5  # seconds without a look at what is due
HEADERS = {
    "Content-Type": "application/json; charset=utf-8",
    "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
}


class Courier:
    """Delivers one event after the other. `url`: the API's webhook; `told(type, status)` hears how each try went."""

    def __init__(
        self, book: Book, url: str, secret: str, now: Callable[[], datetime], told: Callable[[str, int], None]
    ) -> None:
        self.book, self.url, self.secret, self.now, self.told = book, url, secret, now, told
        self.awake = asyncio.Event()

    async def run(self) -> None:
        async with ClientSession(timeout=TIMEOUT) as http:
            while True:
                delivery = self.book.next_delivery()
                if delivery and delivery.due <= time.time():
                    await self._deliver(http, delivery)
                else:
                    self.awake.clear()
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self.awake.wait(), NEVER_LONGER)

    async def _deliver(self, http: ClientSession, delivery: Delivery) -> None:
        event = {**self.book.get("event", delivery.event), "pending_webhooks": 1}
        body = json.dumps(event, indent=2, ensure_ascii=False)
        # Signed anew each time, as of now: else a late try would look like a copy.
        signature = stripe.WebhookSignature.generate_signature_header(body, self.secret, int(self.now().timestamp()))
        headers = {**HEADERS, "Stripe-Signature": signature}
        try:
            async with http.post(self.url, data=body.encode(), headers=headers, allow_redirects=False) as answer:
                status = answer.status
        except (ClientError, TimeoutError):
            status = 0
        again = None
        if not 200 <= status < 300 and delivery.tried + 1 < MOST_TRIES:
            again = time.time() + PAUSES[min(delivery.tried, len(PAUSES) - 1)]
        self.book.delivered(delivery, again)
        self.told(event["type"], status)
