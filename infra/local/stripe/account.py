"""A merchant's account: what can be done with its sessions and payments, each of it whole, with the events it makes."""

import random
import time
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from . import objects
from .book import Book
from .objects import Object, Refused

SPREAD = 1.0  # seconds over which events are told that are told in no order


class Telling(NamedTuple):
    """How the webhook hears of what happens: each event so many times, and in their order or in none."""

    copies: int = 1
    shuffled: bool = False


ONCE = Telling()


class Origin(NamedTuple):
    """The request that something was done by, with its idempotency key; nothing where a customer did it."""

    request: str | None = None
    key: str | None = None


class Account:
    """Raises `Refused` for what cannot be done. Changes belong inside `book.change()`."""

    def __init__(self, book: Book, now: Callable[[], datetime], telling: Telling, page: str) -> None:
        self.book, self.now, self.telling, self.page = book, now, telling, page

    def open(self, params: Object) -> Object:
        """A new session."""
        session, about = objects.session(params, self.now())
        session["url"] = f"{self.page}/c/pay/{session['id']}"
        self.book.keep(session, ends=session["expires_at"])
        self.book.keep(about)
        return session

    def session(self, id: str) -> Object:
        return self.book.get("checkout.session", id)

    def item(self, id: str) -> Object:
        """What a session is about."""
        item: Object = self.book.get("about", f"about_{id}")["item"]
        return item

    def expire(self, id: str, origin: Origin, telling: Telling | None = None) -> Object:
        session = objects.expired(self.session(id))
        self.book.keep(session, about=session["payment_intent"] or "")
        self._tell(telling, origin, ("checkout.session.expired", session))
        return session

    def pay(self, id: str, how: str, telling: Telling | None = None) -> Object:
        """What a customer does on the page, one of `WAYS`. Raises `Refused` when the session is not open any more."""
        session = self.session(id)
        if session["status"] != "open":
            raise Refused(f"This session is {session['status']}.")
        way = WAYS[how]
        at = self.now()
        about = self.book.get("about", f"about_{id}")
        intent = objects.intent(session, about, way.intent, at)
        charge = objects.charge(intent, at)
        intent["latest_charge"] = charge["id"]
        for thing in (intent, charge):
            self.book.keep(thing, about=intent["id"])
        session = {**session, "payment_intent": intent["id"]}
        told: list[tuple[str, Object]] = []
        for type, status, payment_status in way.session:
            session = {**session, "status": status, "payment_status": payment_status}
            session["url"] = session["url"] if status == "open" else None
            told.append((type, session))
        self.book.keep(session, about=intent["id"], ends=session["expires_at"] if session["status"] == "open" else None)
        things = {"payment_intent": intent, "charge": charge}
        self._tell(telling, Origin(), *((type, things[type.partition(".")[0]]) for type in way.payment), *told)
        return session

    def refund(self, params: Object, origin: Origin) -> Object:
        by, id = objects.refundable(params)
        found = self.book.get(by, id, param=by)
        charge = self.book.get("charge", found["latest_charge"]) if by == "payment_intent" else found
        refund, charge = objects.refund(params, charge, self.now())
        self.book.keep(refund, about=refund["payment_intent"])
        self.book.keep(charge, about=refund["payment_intent"])
        self._tell(None, origin, ("refund.created", refund), ("charge.refunded", charge))
        return refund

    def retell(self, id: str) -> Object:
        """Tell an event once more, as `stripe events resend` does."""
        self.book.get("event", id)
        self.book.deliver(id, time.time())
        return self.event(id)

    def event(self, id: str) -> Object:
        """An event, and whether the webhook has yet to take it."""
        return {**self.book.get("event", id), "pending_webhooks": int(id in self.book.waiting())}

    def events(self) -> list[Object]:
        """All events, likewise, the newest first."""
        waiting = self.book.waiting()
        return [{**event, "pending_webhooks": int(event["id"] in waiting)} for event in self.book.all("event")]

    def tick(self) -> int:
        """Close what is past its time. How many that were."""
        ended = self.book.ended(self.now().timestamp())
        for id in ended:
            with self.book.change():
                self.expire(id, Origin())
        return len(ended)

    def _tell(self, telling: Telling | None, origin: Origin, *happened: tuple[str, Object]) -> None:
        telling = telling or self.telling
        for type, about in happened:
            event = objects.event(type, about, self.now(), *origin)
            self.book.keep(event)
            for _ in range(telling.copies):
                later = random.uniform(0, SPREAD) if telling.shuffled else 0.0  # noqa: S311
                self.book.deliver(event["id"], time.time() + later)


class Way(NamedTuple):
    """What becomes of a payment, and what is told of it."""

    intent: str  # its state
    payment: tuple[str, ...]  # types of events
    session: tuple[tuple[str, str, str], ...]  # types of events, and the session's status and payment_status in them


WAYS = {
    "card": Way(
        "succeeded",
        ("payment_intent.succeeded", "charge.succeeded"),
        (("checkout.session.completed", "complete", "paid"),),
    ),
    "declined": Way("requires_payment_method", ("charge.failed", "payment_intent.payment_failed"), ()),
    # Banks answer later: the page is through, the money is not there yet.
    "bank": Way(
        "succeeded",
        ("payment_intent.succeeded", "charge.succeeded"),
        (
            ("checkout.session.completed", "complete", "unpaid"),
            ("checkout.session.async_payment_succeeded", "complete", "paid"),
        ),
    ),
    "bounced": Way(
        "requires_payment_method",
        ("charge.failed", "payment_intent.payment_failed"),
        (
            ("checkout.session.completed", "complete", "unpaid"),
            ("checkout.session.async_payment_failed", "complete", "unpaid"),
        ),
    ),
}
