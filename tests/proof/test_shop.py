"""The shop's goods and money, cut short at every AWS call, crossed at each, and by many who want the last ones."""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

import pytest

from kalit.kit import tables
from tests.cloud import Answer

from .faults import (
    Crash,
    Unlucky,
    died_everywhere,
    every,
    injected,
    is_transaction,
    preempted_everywhere,
    timeout,
)
from .goals import FULL, Proved
from .shop import DAY, LEASE, Shop
from .system import System

CHECKOUTS, WORKERS = (1000, 32) if FULL else (40, 8)
PAYMENTS = 500 if FULL else 20
FORGERIES = (*[{"secret": "whsec_guess"}] * 4, {"off": -301}, {"off": 301})


@pytest.fixture(scope="module")
def shop(system: System) -> Shop:
    return Shop(system)


def with_order(shop: Shop) -> Callable[[], None]:
    """One unpaid order, its number 1, of two kinds of goods."""

    def prepare() -> None:
        shop.open(stock=5, kinds=2)
        assert shop.order(quantity=2) == 1

    return prepare


# Cut short


def test_who_dies_at_the_checkout_gets_his_order_when_he_asks_again(shop: Shop) -> None:
    def prepare() -> None:
        shop.open(stock=5, kinds=2)
        shop.fill(1, 2)

    wrong = []
    for death in died_everywhere(prepare, lambda: shop.check_out(1)):
        wrong += [f"{death}: {said}" for said in shop.wrong()]
        shop.system.wait(LEASE)
        again = shop.check_out(1)
        found = [row["pk"] for row in shop.orders]
        if again.status != 201 or found != [f"ORDER#{again.json['order_id']}"]:
            wrong.append(f"{death}: {again.status} {again.text}, and there is {found}")
        wrong += [f"{death}, again: {said}" for said in shop.wrong()]
    assert not wrong


ACTS: dict[str, Callable[[Shop], object]] = {
    "payment": lambda shop: shop.paid(1, event="evt_1"),
    "cancelling": lambda shop: shop.cancel(1),
    "expiry": lambda shop: shop.expire(1),
}


def prepared(shop: Shop, *acts: str) -> Callable[[], None]:
    """An unpaid order, whose time is over where it is to expire. Payments may come by then."""

    def prepare() -> None:
        with_order(shop)()
        if "expiry" in acts:
            shop.system.wait(DAY)
            shop.log_in()

    return prepare


@pytest.mark.parametrize("act", ["payment", "cancelling", "expiry"])
def test_what_dies_on_the_way_is_done_once_by_who_comes_next(shop: Shop, act: str) -> None:
    wrong, statuses = [], set()
    for death in died_everywhere(prepared(shop, act), lambda: ACTS[act](shop)):
        wrong += [f"{death}: {said}" for said in shop.wrong()]
        ACTS[act](shop)
        wrong += [f"{death}, again: {said}" for said in shop.wrong()]
        statuses.add(shop.status(1))
    assert not wrong
    assert statuses == {"paid" if act == "payment" else "cancelled"}
    assert shop.refunds == []


# Crossed


@pytest.mark.parametrize("one", ACTS)
@pytest.mark.parametrize("other", ACTS)
def test_of_two_who_settle_an_order_at_once_each_does_its_part_once(shop: Shop, one: str, other: str) -> None:
    wrong = []
    for call, *_ in preempted_everywhere(
        prepared(shop, one, other), partial(ACTS[one], shop), partial(ACTS[other], shop)
    ):
        status, refunds = shop.status(1), shop.refunds
        paid = "payment" in (one, other)
        if (status == "cancelled") != (paid and bool(refunds)) and paid:
            wrong.append(f"{call}: {status}, given back {refunds}")
        wrong += [f"{call}: {said}" for said in shop.wrong()]
    assert not wrong


def test_of_two_who_want_the_last_one_gets_it(shop: Shop) -> None:
    def prepare() -> None:
        shop.open(stock=1)
        shop.fill(1)
        shop.fill(2)

    for call, *answers in preempted_everywhere(prepare, partial(shop.check_out, 1), partial(shop.check_out, 2)):
        assert sorted(answer.status for answer in answers) == [201, 400], str(call)
        assert shop.wrong() == [], str(call)


def test_a_double_click_is_one_order(shop: Shop) -> None:
    def prepare() -> None:
        shop.open(stock=5)
        shop.fill(1)

    click = partial(shop.check_out, 1, key="")
    for call, *answers in preempted_everywhere(prepare, click, click):
        assert sorted(answer.status for answer in answers) == [201, 400], str(call)
        assert (len(shop.orders), shop.wrong()) == (1, []), str(call)


def test_where_no_answer_comes_from_the_table_nobody_is_told_that_it_went_well(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "ATTEMPTS", 3)
    shop.open(stock=5)
    shop.fill(1)
    with injected(every(is_transaction, timeout)):
        assert shop.check_out(1).status == 503
    assert (len(shop.orders), shop.wrong()) == (1, [])
    assert shop.check_out(1).json["order_id"] == 1


# Many


def test_of_many_who_want_the_last_ones_as_many_get_them_as_there_are(shop: Shop, proved: Proved) -> None:
    """Five want each piece. Who dies asks again with his key, until he is answered; half of those who got one pay."""
    stock = CHECKOUTS // 5
    shop.open(stock)
    for buyer in range(CHECKOUTS):
        shop.fill(buyer)
    plan = Unlucky(share=0.3, conflicts=0.05, seed=7)

    def buy(buyer: int) -> Answer:
        plan.begin()
        while True:
            with suppress(Crash):
                answer = shop.check_out(buyer)
                if answer.status in (201, 400):
                    return answer
                assert answer.status in (409, 500, 503), answer.text
            shop.system.wait(LEASE)

    with injected(plan), ThreadPoolExecutor(WORKERS) as workers:
        answers = list(workers.map(buy, range(CHECKOUTS)))
    assert Counter(answer.status for answer in answers) == {201: stock, 400: CHECKOUTS - stock}
    assert {answer.json["error"] for answer in answers if answer.status == 400} == {
        "'Kalit One' omborda yetarli emas. Qoldi: 0"
    }
    acknowledged = [answer.json["order_id"] for answer in answers if answer.status == 201]
    assert sorted(acknowledged) == sorted(int(row["pk"].partition("#")[2]) for row in shop.orders)
    assert (shop.counted(), shop.wrong()) == ({"available": 0, "reserved": stock, "sold": 0}, [])

    paid = acknowledged[: stock // 2]
    for order in paid * 2:
        assert shop.paid(order, event=f"evt_{order}").status == 200
    shop.system.wait(DAY + len(answers) * 10 * LEASE)
    for _ in range(2):
        shop.sweep()
    assert shop.counted() == {"available": stock - len(paid), "reserved": 0, "sold": len(paid)}
    assert (shop.wrong(), shop.refunds) == ([], [])
    proved("G2", CHECKOUTS, faults=plan.faults)


def test_payments_told_thrice_late_and_forged_are_each_one_payment(shop: Shop, proved: Proved) -> None:
    """Each event comes thrice in any order, a tenth of them when the order is over; others are not the provider's."""
    dice = random.Random(11)
    shop.open(stock=PAYMENTS)
    orders = [shop.order(buyer) for buyer in range(PAYMENTS)]
    late, early = orders[: PAYMENTS // 10], orders[PAYMENTS // 10 :]
    forgeries = 3 * PAYMENTS // 5
    for which, told in enumerate(dice.choices(orders, k=forgeries)):
        bad = FORGERIES[which % len(FORGERIES)]
        assert shop.paid(told, event=f"forged_{which}", **bad).status == 400  # type: ignore[arg-type]
    assert (shop.counted()["sold"], shop.wrong()) == (0, [])
    for some in (early, late):
        if some is late:
            shop.system.wait(DAY + 60)  # the sweep lets the machine go first
            shop.sweep()
        events = [order for order in some for _ in range(3)]
        dice.shuffle(events)
        for order in events:
            assert shop.paid(order, event=f"evt_{order}").status == 200
    assert Counter(row["status"] for row in shop.orders) == {"paid": len(early), "cancelled": len(late)}
    assert sorted(shop.refunds) == sorted(f"pi_{order}" for order in late)
    assert shop.counted() == {"available": len(late), "reserved": 0, "sold": len(early)}
    assert shop.wrong() == []
    proved("G6", 3 * PAYMENTS + forgeries, faults=2 * PAYMENTS + forgeries)
