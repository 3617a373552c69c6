"""Orders are as a few lines say, whoever buys, pays twice or late, forges, gives up, cancels, reopens or dies."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from kalit.shop import order_store, orders
from tests.cloud import Answer

from .faults import injected, preempted_by
from .goals import FULL, Proved
from .machines import DEATHS, Death, History, prove, taken
from .shop import HELD, LEASE, Shop, cart
from .system import System

RUNS, STEPS = (150, 50) if FULL else (10, 25)
STOCK = 6
HOLD, CART_KEPT = timedelta(hours=24), timedelta(days=7)
SWEPT = timedelta(seconds=30)  # after an order's time, the sweeper ends it
KEY_HOLDS = timedelta(hours=23)
TOKEN_HOLDS = timedelta(minutes=50)
PLACES, BUYERS = st.integers(0, 9), st.integers(1, 3)
FORGERIES = ({"secret": "whsec_guess"}, {"off": -301}, {"off": 301})


@dataclass
class Order:
    """An order, as it ought to be."""

    quantity: int
    expires: datetime
    status: str = "pending"
    paid_by: str | None = None

    @property
    def taken(self) -> int:
        """Of the stock."""
        return self.quantity if HELD[self.status] != "available" else 0


@dataclass
class Cart:
    quantity: int = 0
    until: datetime = datetime.max

    def now(self, at: datetime) -> int:
        return self.quantity if at.replace(tzinfo=None) < self.until.replace(tzinfo=None) else 0


@dataclass
class Books:
    """What ought to be kept."""

    orders: dict[int, Order] = field(default_factory=dict)
    refunds: set[str] = field(default_factory=set)

    @property
    def available(self) -> int:
        return STOCK - sum(order.taken for order in self.orders.values())

    def pay(self, order: Order, payment: str) -> None:
        """Money came in. What was given back once pays for nothing."""
        if payment in self.refunds:
            return
        if order.status == "cancelled" or (order.status != "pending" and order.paid_by not in (None, payment)):
            self.refunds.add(payment)
        elif order.status == "pending":
            if order.paid_by not in (None, payment):  # staff had set it back
                self.refunds.add(str(order.paid_by))
            order.status, order.paid_by = "paid", payment
        elif order.paid_by is None:
            order.paid_by = payment

    def set(self, order: Order, status: str, at: datetime) -> bool:
        """Whether staff may set it so: what is not there cannot be taken."""
        if status != order.status and order.taken == 0 and order.quantity > self.available:
            return False
        if status == "pending" != order.status:
            order.expires = at + HOLD
        if status == "cancelled" != order.status and order.paid_by:
            self.refunds.add(order.paid_by)
        order.status = status
        return True

    def expire(self, order: Order, at: datetime) -> None:
        if order.status == "pending" and at >= order.expires:
            order.status = "cancelled"


class Trade(History):
    """A shop with one kind of goods, three buyers, the provider, staff and time."""

    shop: ClassVar[Shop]

    def __init__(self) -> None:
        super().__init__()
        self.shop.open(STOCK)
        self.logged_in = self.now
        self.books = Books()
        self.carts = {buyer: Cart() for buyer in (1, 2, 3)}
        self.names = (f"key-{n}" for n in count())
        self.keys: list[tuple[int, str, datetime, Answer]] = []

    @property
    def now(self) -> datetime:
        return self.shop.system.now

    def order(self, place: int) -> tuple[int, Order]:
        id = taken(list(self.books.orders), place, stays=True)
        return id, self.books.orders[id]

    # Buyers

    @rule(buyer=BUYERS, quantity=st.integers(1, 4))
    def fill(self, buyer: int, quantity: int) -> None:
        body, mine = {"variant_id": self.shop.goods[0], "quantity": quantity}, self.carts[buyer]
        answer = self.shop.system.cloud.http("shop.add_to_cart", body, headers={"x-cart-id": cart(buyer)})
        wanted = mine.now(self.now) + quantity
        assert answer.status == (200 if wanted <= self.books.available else 400), f"{wanted} of {self.books.available}"
        if answer.status == 200:
            self.carts[buyer] = Cart(wanted, self.now + CART_KEPT)

    @rule(buyer=BUYERS, death=DEATHS)
    def check_out(self, buyer: int, death: Death) -> None:
        """Under a new key; who dies on the way asks again when he may."""
        key, wanted = next(self.names), self.carts[buyer].now(self.now)
        act, good = partial(self.shop.check_out, buyer, key), 0 < wanted <= self.books.available
        began = self.now
        if death and self.dies(act, death):
            self.pass_time(timedelta(seconds=LEASE))
        answer = act()
        assert answer.status == (201 if good else 400), f"{wanted} of {self.books.available}: {answer.status}"
        self.keys.append((buyer, key, self.now, answer))
        if good:
            assert answer.json["order_id"] not in self.books.orders, "two orders of one number"
            kept = [row for row in self.shop.orders if row["pk"] == f"ORDER#{answer.json['order_id']}"]
            expires = datetime.fromisoformat(kept[0]["expires_at"])
            assert expires - HOLD in (began, self.now)
            self.books.orders[answer.json["order_id"]] = Order(wanted, expires)
            self.carts[buyer] = Cart()

    @precondition(lambda self: self.keys)
    @rule(place=PLACES)
    def check_out_again(self, place: int) -> None:
        buyer, key, asked_at, before = taken(self.keys, place, stays=True)
        if self.now < asked_at + KEY_HOLDS:
            answer = self.shop.check_out(buyer, key)
            assert (answer.status, answer.json) == (before.status, before.json), "the same key, another answer"

    # The provider

    @precondition(lambda self: self.books.orders)
    @rule(place=PLACES, payment=st.integers(1, 2), event=st.integers(1, 2), times=st.integers(1, 2), death=DEATHS)
    def pay(self, place: int, payment: int, event: int, times: int, death: Death) -> None:
        """An order is said to be paid, once or twice; events of whom nobody answered come again."""
        id, order = self.order(place)
        act = partial(self.shop.paid, id, f"evt_{id}_{payment}_{event}", f"pi_{id}_{payment}")
        if death:
            self.dies(act, death)
        for _ in range(times):
            assert act().status == 200
        self.books.pay(order, f"pi_{id}_{payment}")

    @precondition(lambda self: self.books.orders)
    @rule(place=PLACES, how=st.sampled_from(FORGERIES))
    def forge(self, place: int, how: dict[str, str | int]) -> None:
        id, _ = self.order(place)
        answer = self.shop.paid(id, f"evt_forged_{id}", f"pi_forged_{id}", **how)  # type: ignore[arg-type]
        assert answer.status == 400, "a forged event was taken"

    @precondition(lambda self: self.books.orders)
    @rule(place=PLACES, at=st.integers(2, 6))
    def pay_while_it_is_cancelled(self, place: int, at: int) -> None:
        """The money comes in from beginning to end at one of the calls of the cancellation."""
        id, order = self.order(place)
        if order.status not in ("pending", "paid"):
            return
        pay, came = partial(self.shop.paid, id, f"evt_{id}_1_1", f"pi_{id}_1"), list[int]()
        self.log_in()
        History.faults += 1
        with injected({at: preempted_by(lambda: came.append(pay().status))}):
            assert self.shop.cancel(id).status == 204
        if came:
            self.books.pay(order, f"pi_{id}_1")
        self.books.set(order, "cancelled", self.now)

    # Staff, the machine and time

    @precondition(lambda self: self.books.orders)
    @rule(place=PLACES, status=st.sampled_from(("cancelled", "cancelled", "shipped", "delivered", "pending")))
    def set(self, place: int, status: str) -> None:
        id, order = self.order(place)
        self.log_in()
        body = {"status": status}
        answer = self.shop.system.cloud.http("shop.update_any_order", body, token=self.shop.boss, id=id)
        good = self.books.set(order, status, self.now)
        assert answer.status == (200 if good else 400), f"{id} to {status}: {answer.status}"

    @precondition(lambda self: self.books.orders)
    @rule(place=PLACES, death=DEATHS)
    def expire(self, place: int, death: Death) -> None:
        """Its machine looks whether its time is over, perhaps too early; who died is tried again."""
        id, order = self.order(place)
        if death:
            self.dies(partial(self.shop.expire, id), death)
        self.shop.expire(id)
        self.books.expire(order, self.now)

    @rule(hours=st.sampled_from((1, 12, 25)), death=DEATHS)
    def wait(self, hours: int, death: Death) -> None:
        """Time passes, and the sweeper comes; if it dies, another does a minute later."""
        self.pass_time(timedelta(hours=hours))
        if death:
            self.dies(self.shop.sweep, death)
            self.pass_time(timedelta(minutes=1))
        self.shop.sweep()
        for order in self.books.orders.values():
            self.books.expire(order, self.now - SWEPT)

    def pass_time(self, time: timedelta) -> None:
        self.shop.system.wait(time.total_seconds())

    def log_in(self) -> None:
        if self.now > self.logged_in + TOKEN_HOLDS:
            self.shop.log_in()
            self.logged_in = self.now

    def check(self) -> None:
        rows = {
            int(row["pk"].removeprefix("ORDER#")): (row["status"], row.get("payment_intent"))
            for row in self.shop.orders
        }
        assert rows == {id: (order.status, order.paid_by) for id, order in self.books.orders.items()}
        assert sorted(self.shop.refunds) == sorted(self.books.refunds)
        assert self.shop.counted()["available"] == self.books.available
        assert self.shop.wrong() == []


@pytest.fixture(scope="module")
def trade(system: System) -> type[Trade]:
    Trade.shop = Shop(system)
    return Trade


def test_orders_are_as_the_model_says(trade: type[Trade], proved: Proved) -> None:
    acts, faults = prove(trade, RUNS, STEPS)
    proved("G6", acts, faults=faults)


def test_goods_that_are_lost_with_their_order_are_found_out(
    trade: type[Trade], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(orders.COUNTED, orders.Status.CANCELLED, "sold")
    day = trade()
    with pytest.raises(AssertionError):
        day.live(partial(day.fill, 1, 2), partial(day.check_out, 1, None), partial(day.set, 0, "cancelled"))


def test_a_sweeper_that_comes_late_is_found_out(trade: type[Trade], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_store, "OVERDUE", timedelta(days=2))
    day = trade()
    with pytest.raises(AssertionError, match="cancelled"):
        day.live(partial(day.fill, 1, 2), partial(day.check_out, 1, None), partial(day.wait, 25, None))
