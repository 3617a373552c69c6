"""All domains at once: people and locks who do whatever they may, in threads, while AWS calls fail under them.

Nobody here minds an answer, and everybody comes again. What must be true is asked when all is over.
"""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from unittest import mock

from infra.local.stripe.account import WAYS, Telling
from kalit.accounts import passwords
from kalit.kit import tables
from kalit.kit.jobs import State
from kalit.kit.resources import Secret, Table
from kalit.locks.access import guess_store
from tests.cloud import Answer, at_work
from tests.functions.campaigns.office import CAMPAIGN, CLIENT, Office
from tests.paying import Paying
from tests.paying import shop as listener

from . import accounts, whole
from .access import Access
from .faults import Call, Crash, Fault, conflict, crash_after, crash_before, injected, spared, throttle, timeout
from .locks import LOCK
from .shop import DAY, Shop, cart
from .system import System, SystemClock
from .tasks import Tasks
from .works import FOLLOWERS, SWEEPS, TICKS, Works

SHARE = 0.05  # of the doors' AWS calls
WRITES = {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"}
STOCK, CLIENTS, BUYERS = 1_000, 6, 8
PACE, ACTS_AT_ONCE = timedelta(seconds=5), 8  # that pass with so many acts
LOGGED_IN = timedelta(minutes=8)  # after which everybody does so again
SECRETS = {"pin": "PIN#", "nfc": "NFC#", "qr": "QR#"}


class Doors(Access):
    """The lock's codes, of which more are made as it goes."""

    def used(self, kind: str) -> int | None:
        rows = [row for row in self.locks.rows() if row["sk"].startswith(SECRETS[kind]) and "usage_count" in row]
        return sum(int(row["usage_count"]) for row in rows)


@dataclass
class Faults:
    """What befalls the doors' calls: a share of them dies, is refused, or has no answer."""

    dice: random.Random
    lock: Any
    seen: Counter[str]

    def plan(self, call: Call) -> Fault | None:
        if at_work() is None:
            return None
        with self.lock:
            self.seen["calls"] += 1
            if self.dice.random() >= SHARE:
                return None
            fault: Fault = self.dice.choice([crash_before, crash_after, throttle, timeout, conflict])
            if fault is conflict and call.operation not in WRITES:
                fault = throttle
            self.seen["faults"] += 1
            return fault


class World:
    """One cloud with somebody in every domain. `wrong` holds what should never have happened while it went on."""

    def __init__(self, system: System, paying: Paying, webhooks: list[tuple[dict[str, str], bytes]]) -> None:
        self.system, self.paying, self.webhooks = system, paying, webhooks
        self.shop = Shop(system)
        self.shop.open(stock=STOCK)
        self.doors = Doors(system)
        self.locks = self.doors.locks
        self.tasks = Tasks(system)
        system.cloud.register("sender")
        self.sender = Office(system.cloud, SystemClock(system), {})
        self.works = Works(system)
        self.log_in()
        self.clients = self.sender.clients(CLIENTS)
        self.campaigns = [self.start_campaign() for _ in range(2)]
        self.orders: dict[int, int] = {}  # order -> whose
        self.codes = {kind: [code.value] for kind, code in self.doors.codes.items()}
        self.scans: list[tuple[str, str]] = []
        self.answers: Counter[int] = Counter()
        self.wrong: list[str] = []

    def log_in(self) -> None:
        """Everybody comes again, before his token is over."""
        cloud = self.system.cloud
        self.shop.log_in()
        self.tasks.token = cloud.log_in("owner")
        self.sender.tokens = {"ali": cloud.log_in("sender"), "boss": self.shop.boss}
        for name in self.locks.tokens:
            told = {"email": f"{name}@example.com", "password": "kalit va qulf"}
            headers = {"x-kalit-address": f"192.0.2.{len(name)}"}
            answer = cloud.http("accounts.login", told, headers=headers)
            assert answer.status == 200, answer.text
            self.locks.tokens[name] = answer.json["tokens"]["access"]
        self.logged_in = self.system.now

    def start_campaign(self) -> int:
        now = self.system.now
        told = {"start_datetime": now.isoformat(), "end_datetime": (now + timedelta(days=1)).isoformat()}
        answer = self.sender.ask("create", {**CAMPAIGN, **told, "tag": CLIENT["tag"]})
        return int(answer.json["id"]) if answer.status == 201 else 0

    # What people do

    def act(self, dice: random.Random) -> None:
        """One of all things that somebody may do."""
        doing = dice.choice(ACTS)
        with suppress(Crash):
            answer = doing(self, dice)
            if isinstance(answer, Answer):
                self.answers[answer.status] += 1
                if answer.status == 401 and doing not in (World.come_wrongly, World.show_code):
                    self.wrong.append(f"{doing.__name__} got {answer.text}")

    def make_task(self, dice: random.Random) -> object:
        return self.tasks.create(dice.choice(["sum", "countdown"]), key=dice.choice(["", f"key {dice.randint(1, 99)}"]))

    def cancel_task(self, dice: random.Random) -> object:
        made = sorted(self.tasks.made)[-5:]
        return self.tasks.cancel(dice.choice(made)) if made else None

    def put_into_cart(self, dice: random.Random) -> object:
        headers = {"x-cart-id": cart(dice.randint(1, BUYERS))}
        body = {"variant_id": self.shop.goods[0], "quantity": dice.randint(1, 3)}
        return self.system.cloud.http("shop.add_to_cart", body, headers=headers)

    def check_out(self, dice: random.Random) -> object:
        buyer = dice.randint(1, BUYERS)
        answer = self.shop.check_out(buyer, key=f"key {dice.randint(1, 9)}")
        if answer.status == 201:
            self.orders[answer.json["order_id"]] = buyer
        return answer

    def pay(self, dice: random.Random) -> object:
        """Open an order's page and pay on it; the provider tells of it, thrice."""
        if not self.orders:
            return None
        order, buyer = dice.choice(sorted(self.orders.items()))
        answer = self.system.cloud.http("shop.pay", {"order_id": order}, headers={"x-cart-id": cart(buyer)})
        if answer.status == 200:
            page = answer.json["checkout_url"].rpartition("/")[2]
            assert self.paying.press(page, dice.choice(sorted(WAYS))).status_code in (200, 303)
        return answer

    def hear_payment(self, dice: random.Random) -> object:
        """What the provider has to tell, which it tells until it is heard."""
        try:
            heard = self.webhooks.pop(0)
        except IndexError:
            return None
        answer = None
        try:
            answer = self.shop.tell(heard[1])
        finally:
            if answer is None or answer.status != 200:
                self.webhooks.append(heard)
        return answer

    def cancel_order(self, dice: random.Random) -> object:
        return self.shop.cancel(dice.choice(sorted(self.orders))) if self.orders else None

    def make_code(self, dice: random.Random) -> object:
        number = f"{dice.randint(100_000, 999_999)}"
        uid = ":".join(f"{dice.randint(0, 255):02X}" for _ in range(4))
        kinds: dict[str, tuple[str, dict[str, Any]]] = {
            "pin": ("create_pin", {"pin_code": number, "name": "Cleaner", "max_usage": 3}),
            "nfc": ("create_card", {"uid": uid, "name": "Cleaner"}),
            "qr": ("create_qr", {"device": self.locks.scene.registered["id"]}),
        }
        kind = dice.choice(sorted(kinds))
        door, body = kinds[kind]
        answer = self.doors.ask(door, body)
        if answer.status == 201:
            told = answer.json["data"]
            self.codes[kind].append(str(body.get("pin_code") or body.get("uid") or told["code"]))
            if kind == "qr":
                self.scans.append((str(told["id"]), str(told["code"])))
        return answer

    def show_code(self, dice: random.Random) -> object:
        kind = dice.choice(["pin", "pin", "nfc", "qr"])
        known = dice.choice(self.codes[kind][-4:])
        return self.doors.show(kind, "111111" if kind == "pin" and dice.random() < 0.2 else known)

    def scan_code(self, dice: random.Random) -> object:
        if not self.scans:
            return None
        id, code = dice.choice(self.scans[-3:])
        return self.doors.ask("scan_qr", {"code": code}, "stranger", id=id)

    def command(self, dice: random.Random) -> object:
        if dice.random() < 0.3:
            return self.locks.ask("reboot", key=f"key {dice.randint(1, 9)}")
        return self.locks.ask("unlock", {}, dice.choice(["owner", "guest"]), key=f"key {dice.randint(1, 99)}")

    def answer(self, dice: random.Random) -> object:
        """The lock answers what it was sent lately, or tells that it is there."""
        if self.locks.published and dice.random() < 0.8:
            sent = dice.choice(self.locks.published[-3:])
            told = {"type": sent["command"].lower(), "command_id": sent["command_id"], "sequence": sent["sequence"]}
            self._hear("response", success=dice.random() < 0.9, method="app", counter=9, **told)
        else:
            self._hear("status", status="online", counter=dice.randint(1, 1_000))
        return None

    def _hear(self, channel: str, **payload: Any) -> None:
        event = {"device": LOCK, "payload": payload, "at": int(self.system.now.timestamp() * 1000)}
        self.works.hear(f"locks.hear_{channel}", event)

    def run_campaign(self, dice: random.Random) -> object:
        id, verb = dice.choice(self.campaigns), dice.choice(["start", "pause", "resume", "cancel", "create", "stats"])
        if verb == "create":
            if made := self.start_campaign():
                self.campaigns.append(made)
            return None
        return self.sender.ask(verb, {"force_resend": dice.random() < 0.2} if verb == "start" else None, id=id)

    def ask_job(self, dice: random.Random) -> object:
        door, body = dice.choice(
            [
                ("ask_sms", {"phone": "+998901234567"}),
                ("ask_task_1", {"num": 5}),
                ("create_schedule", {"expression": "rate(1 minute)"}),
                ("create_schedule", {}),
                ("ask_runner", None),
            ]
        )
        return self.system.cloud.http(f"jobs.{door}", body, token=self.shop.boss)

    def come_new(self, dice: random.Random) -> object:
        return accounts.register(self.system, dice.choice([next(accounts.new_names), "owner"]))

    def come_wrongly(self, dice: random.Random) -> object:
        told = {"username": f"user{dice.randint(0, 9)}", "password": dice.choice([accounts.PASSWORD, "a wrong one"])}
        return self.system.cloud.http("accounts.token", told, headers={"x-kalit-address": "203.0.113.7"})

    def look(self, dice: random.Random) -> object:
        door, token = dice.choice(
            [
                ("tasks.list", self.tasks.token),
                ("shop.list_all_orders", self.shop.boss),
                ("jobs.list", self.shop.boss),
                ("catalog.list_products", ""),
                ("locks.list", self.locks.tokens["owner"]),
                ("campaigns.list_messages", self.sender.tokens["ali"]),
                ("security.dashboard", self.shop.boss),
            ]
        )
        return self.system.cloud.http(door, token=token)

    def tick(self, dice: random.Random) -> object:
        self.works.tick(dice.choice([*TICKS, *SWEEPS]))
        return None

    # How it goes on

    def live(self, threads: int, enough: Callable[[int], bool], faults: Faults) -> None:
        """All of it, until so many acts are enough; time goes on with them, and so does what AWS does."""
        numbers, problems = count(1), list[BaseException]()
        going_on, moving = threading.Lock(), threading.Lock()

        def live_on(dice: random.Random) -> None:
            try:
                while not problems and not enough(number := next(numbers)):
                    if number % ACTS_AT_ONCE == 0:
                        calls.clear()  # nobody looks at them, and they would fill the memory
                        with going_on, spared():
                            self.go_on()
                    self.act(dice)
                    if moving.acquire(blocking=False):
                        self.works.move()
                        moving.release()
            except BaseException as error:
                problems.append(error)

        with injected(faults.plan) as calls:
            lives = [threading.Thread(target=live_on, args=[random.Random(number)]) for number in range(threads)]
            for life in lives:
                life.start()
            for life in lives:
                life.join()
        if problems:
            raise problems[0]

    def go_on(self) -> None:
        """Some time passes."""
        self.system.set_clock(self.system.now + PACE)
        if self.system.now - self.logged_in > LOGGED_IN:
            self.log_in()

    def settle(self) -> None:
        """No more faults; what is under way comes to its end, ticks repair what was lost, and at last a day is over."""
        for seconds in (301, 301, 1_801, 301, DAY, 301, 301):
            self.system.wait(seconds)
            self.log_in()
            while self.webhooks:
                answer = self.shop.tell(self.webhooks.pop(0)[1])
                assert answer.status == 200, answer.text
            for door in [*TICKS, *SWEEPS]:
                assert self.works.tick(door), door
            self.works.settle()
        asked = self.system.cloud.http("jobs.redrive", {}, token=self.shop.boss)
        assert asked.status == 202
        for _ in range(2):
            self.system.wait(301)
            self.works.settle()

    # What must be true

    def happened(self) -> Counter[str]:
        """How often what matters went well, so that nobody takes a standstill for peace."""
        statuses = Counter(order["status"] for order in self.shop.orders)
        return Counter(
            {
                "an order was paid": sum(bool(order.get("payment_intent")) for order in self.shop.orders),
                "an order was cancelled": statuses["cancelled"],
                "a payment was given back": len(self.shop.refunds),
                "a task was done": sum(row["status"] == "completed" for row in self.tasks.rows()),
                "a code let in": sum(bool(row["success"]) for row in self.doors.tries()),
                "a command was sent": len(self.locks.published),
                "a message went out": len(self.sender.delivered),
                "a job was done": sum(row.get("state") == State.COMPLETED for row in self.system.rows(Table.OPS)),
            }
        )

    def all_wrong(self) -> Iterator[str]:
        """Everything that is not as it should be, in words, once all is settled."""
        yield from self.wrong
        yield from self.tasks.wrong()
        yield from self.shop.wrong()
        yield from (said for said in self.doors.wrong() if not said.endswith("openings"))  # there were commands too
        yield from whole.wrong(self.system)
        yield from self._wrong_messages()
        yield from (f"{number} wait in {name}" for name, number in self.works.waiting().items())
        for table, door in FOLLOWERS.items():
            asking = [row["pk"] for row in self.system.rows(table) if row.get("outbox") in door.outboxes]
            yield from (f"{pk} of {table.value} still asks" for pk in asking)
        over = {State.COMPLETED, State.CANCELLED}
        for row in self.system.rows(Table.OPS):
            repaired = row.get("queue") in ("schedules", "topics")  # by the next tick, or what the lock says next
            if row["sk"] == "JOB" and row["state"] not in over and not repaired:
                yield f"a job of {row['queue']} is {row['state']}: {row['attempts']}"
        token = self.shop.boss
        report = self.system.cloud.http("security.verify_audit", token=token).json["data"]
        yield from ([] if report["intact"] else [f"the audit log: {report['problems']}"])

    def _wrong_messages(self) -> Iterator[str]:
        """Campaigns' messages are over, unless they are held back, and went out once at most; who had his, has it."""
        went_out = Counter(one["message"] for one in self.sender.delivered)
        held_back = {row["uuid"] for row in self.sender.rows("RUN#") if row.get("state") == "PAUSED"}
        yield from (f"message {id} went out {times} times" for id, times in went_out.items() if times > 1)
        for row in self.sender.rows("CLIENT#"):
            if row["sk"].startswith("MESSAGE#"):
                id = f"{int(row['sk'].removeprefix('MESSAGE#')) * 10**9 + int(row['pk'].removeprefix('CLIENT#'))}"
                if row["state"] == "SENDING" or (row["state"] == "PENDING" and row["run"] not in held_back):
                    yield f"message {id} stays {row['state']}"
                if row["state"] == "SENT" and id not in went_out:
                    yield f"message {id} is said to be sent"


ACTS: list[Callable[[World, random.Random], object]] = [
    World.make_task,
    World.cancel_task,
    World.put_into_cart,
    World.check_out,
    World.pay,
    World.hear_payment,
    World.cancel_order,
    World.make_code,
    World.show_code,
    World.scan_code,
    World.command,
    World.answer,
    World.run_campaign,
    World.ask_job,
    World.come_new,
    World.come_wrongly,
    World.look,
    World.tick,
]


@contextmanager
def world(system: System, folder: Path) -> Iterator[World]:
    """A world whose passwords and pauses cost little."""
    cheap = mock.patch.dict(passwords.COST, time_cost=1, memory_cost=8)
    at_once, soon = mock.patch.object(tables, "FIRST_PAUSE", 0), mock.patch.object(guess_store, "PATIENCE", 0.01)
    thrice = Telling(copies=3)
    with (
        listener() as heard,
        Paying(folder / "stripe.sqlite", heard.url, telling=thrice) as paying,
        cheap,
        at_once,
        soon,
    ):
        paying.follow(system.clock_file)
        system.cloud.give(Secret.PAYMENTS, paying.keys)
        passwords._hasher.cache_clear()
        yield World(system, paying, heard.heard)
    passwords._hasher.cache_clear()
