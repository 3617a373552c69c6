"""A company's campaigns under a bad star: processes die at any AWS call, messages come twice, people say stop.

The office is that of the doors' tests (tests/functions/campaigns/office.py); what it hands over here goes wrong.
"""

import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import Context, ContextVar
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from threading import Lock, Thread, current_thread, main_thread
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

from botocore.client import BaseClient

from kalit.kit.resources import Table
from tests.cloud import change
from tests.functions.campaigns.office import STATES, Office
from tests.functions.world import Killed
from tests.recounted import miscounted

ZONES = [
    "UTC",
    "Asia/Tashkent",
    "Asia/Samarkand",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Tokyo",
    "Asia/Tehran",
    "Asia/Gaza",
    "Asia/Kabul",
    "Asia/Dubai",
    "Asia/Almaty",
    "Asia/Yangon",
    "Asia/Shanghai",
    "Europe/Moscow",
    "Europe/Berlin",
    "Europe/London",
    "Europe/Lisbon",
    "Europe/Chisinau",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/Lagos",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Santiago",
    "America/Havana",
    "America/Asuncion",
    "Australia/Sydney",
    "Australia/Adelaide",
    "Australia/Lord_Howe",
    "Australia/Eucla",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Antarctica/Troll",
]
OPENS, CLOSES = time(9), time(17, 30)
DOOMED = 0.5  # of the processes
DEADLY = 0.03  # how likely each AWS call is the last of a doomed one; of all processes about a tenth die
TWICE = 0.20  # of messages


@dataclass
class Process:
    """Something at work; its threads share it, and its death."""

    doomed: float = 0.0  # how likely the next AWS call is the last


_process: ContextVar[Process | None] = ContextVar("process", default=None)


@dataclass
class Delivered:
    """A message at the provider: which, to whom, when; and how many had said stop by then."""

    message: str
    phone: str
    at: datetime
    order: int


@dataclass
class Company:
    """Clients in forty zones, and the misfortunes of those who write to them."""

    office: Office
    name: str
    dice: random.Random
    phones: dict[int, str] = field(default_factory=dict)
    delivered: list[Delivered] = field(default_factory=list)
    stopped: dict[str, int] = field(default_factory=dict)  # phone -> how many were delivered when he was told "stopped"
    processes: int = 0
    deaths: int = 0
    lock: Any = field(default_factory=Lock)
    stopping: list[Thread] = field(default_factory=list)
    due_to_stop: list[str] = field(default_factory=list)  # who says stop at the next message that is claimed
    logged_in: datetime | None = None

    def settle_in(self, number: int) -> None:
        """Clients, as an import leaves them."""
        table = self.office.aws.table(Table.CAMPAIGNS)
        with table.batch_writer() as writer:
            for id in range(1, number + 1):
                zone, digits = ZONES[id % len(ZONES)], f"99890{10_000_001 + id * 10}"
                self.phones[id] = f"+{digits}"
                told = {"owner": "1", "phone_number": f"+{digits}", "digits": digits, "operator": "90", "tag": "all"}
                writer.put_item(Item={"pk": f"CLIENT#{id}", "sk": "CLIENT", "timezone": zone, "version": 1, **told})
                member = {"pk": "AUDIENCE#1#all", "sk": f"MEMBER#{zone}#{id:019d}", "operator": "90"}
                writer.put_item(Item=member)
                writer.put_item(Item={"pk": f"PHONE#{digits}", "sk": "OWNER#1", "clients": {id}})
            for place, zone in enumerate(ZONES):
                members = len(range(place or len(ZONES), number + 1, len(ZONES)))
                writer.put_item(Item={"pk": "AUDIENCE#1#all", "sk": f"COUNT#{zone}#90#0", "clients": members})

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Every AWS call may be the last of its process; what the provider gets is noted in its order."""
        original = BaseClient._make_api_call

        def hooked(client: BaseClient, name: str, asked: dict[str, Any]) -> Any:
            process = _process.get()
            dies = bool(process and self.dice.random() < process.doomed)
            if process and dies and self.dice.random() < 0.5:
                raise self._death(process)
            if name == "BatchGetItem" and self.due_to_stop and current_thread() is main_thread():
                self.stop(self.due_to_stop.pop())
            told = self._told(name, asked)
            if told:
                with self.lock:  # a message leaves at the moment at which the provider gets it
                    self.delivered.append(Delivered(*told, order=len(self.delivered)))
            answer = original(client, name, asked)
            if process and dies:
                raise self._death(process)
            return answer

        with mock.patch.object(BaseClient, "_make_api_call", hooked):
            yield

    def _death(self, process: Process) -> Killed:
        if process.doomed < 1:
            self.deaths += 1
        process.doomed = 1.0  # and its other threads with it
        return Killed()

    @contextmanager
    def in_danger(self) -> Iterator[None]:
        """A process that may die on its way, before or after an AWS call."""
        self.processes += 1
        mark = _process.set(Process(DEADLY if self.dice.random() < DOOMED else 0.0))
        try:
            yield
        finally:
            _process.reset(mark)

    def log_in(self) -> None:
        """Tokens run out within the hour."""
        if self.logged_in is None or self.office.clock.now - self.logged_in > timedelta(minutes=50):
            self.logged_in = self.office.clock.now
            self.office.tokens["ali"] = self.office.aws.log_in(self.name)

    def ask(self, verb: str, **told: Any) -> Any:
        """What a door answers to the company."""
        answer = self.office.ask(verb, **told)
        assert answer.status == 200, answer.text
        return answer.json

    def _told(self, name: str, asked: dict[str, Any]) -> tuple[str, str, datetime] | None:
        if name != "TransactWriteItems":
            return None
        for write in asked["TransactItems"]:
            item = write.get("Put", {}).get("Item", {})
            if item.get("pk", {}).get("S", "").startswith("OUTBOX#sms#"):
                row = json.loads(item["told"]["S"])
                return row["message"], row["phone"], datetime.fromisoformat(row["delivered_at"])
        return None

    def hand_over(self, name: str, event: dict[str, Any]) -> bool:
        """Call a door that may die on its way. Returns whether it came to its end."""
        try:
            with self.in_danger():
                answer = self.office.aws.call(name, event)
        except Killed:
            return False
        return not (answer or {}).get("batchItemFailures")

    def stop(self, phone: str) -> None:
        """Somebody says stop, in a process of his own; from when he is told so, nothing more may leave to him."""

        def say() -> None:
            [id] = [id for id, its in self.phones.items() if its == phone]
            Context().run(lambda: self.ask("opt_out", id=id))
            with self.lock:
                self.stopped[phone] = len(self.delivered)

        thread = Thread(target=say)
        thread.start()
        self.stopping.append(thread)

    def stopping_now(self, left: list[str]) -> bool:
        """Some of those who will say stop do so while messages are on their way. Always true."""
        if self.delivered and left and self.dice.random() < 0.3:
            self.due_to_stop.append(left.pop())
        return True

    def work(self) -> bool:
        """Everything that is to be done now, once; returns whether there was anything."""
        office, did = self.office, False
        for row in [row for row in office.rows("RUN#") if "outbox" in row]:
            did = True
            self.hand_over("campaigns.dispatch", {"Records": [change(row)]})
        office.begin()
        due = [one for one in office.waiting if one[0] <= office.clock.now]
        office.waiting = [one for one in office.waiting if one[0] > office.clock.now]
        for at, name, told in due:
            did = True
            self._step(at, name, told)
        letters = office.letters()
        letters += [letter for letter in letters if self.dice.random() < TWICE]
        self.dice.shuffle(letters)
        for letter in letters:
            did = True
            if not self.hand_over("campaigns.send", {"Records": [letter]}):
                office.posted.append((office.clock.now + timedelta(minutes=9), letter))
        return did

    def _step(self, at: datetime, name: str, told: dict[str, Any]) -> None:
        """A step of a machine, which is tried again where it fails."""
        try:
            with self.in_danger():
                answer = self.office.aws.call(name, told) or {}
        except Killed:
            self.office.waiting.append((self.office.clock.now + timedelta(minutes=1), name, told))
            return
        if following := self.office.go_on(name, told, answer):
            self.office.waiting.append((at, *following))

    # What must be true

    def outside(self) -> list[Delivered]:
        """What left at night, or on no day of a campaign's."""
        wrong = []
        zones = {self.phones[id]: ZONES[id % len(ZONES)] for id in self.phones}
        for one in self.delivered:
            wall = one.at.astimezone(ZoneInfo(zones[one.phone])).time()
            if not OPENS <= wall <= CLOSES:
                wrong.append(one)
        return wrong

    def more_than_once(self) -> dict[str, int]:
        return {id: number for id, number in Counter(one.message for one in self.delivered).items() if number > 1}

    def after_stop(self) -> list[Delivered]:
        return [one for one in self.delivered if one.order >= self.stopped.get(one.phone, len(self.delivered))]


EVERYBODY = ""  # whose lists hold all there is


def broken(table: Sequence[dict[str, Any]]) -> list[str]:
    """The invariants that a table of campaigns breaks: messages, lists and what is counted tell the same story."""
    messages: Counter[tuple[int, int, str]] = Counter()
    told: Counter[tuple[int, int, str]] = Counter()
    there: Counter[tuple[str, str]] = Counter()
    listed: Counter[tuple[str, str]] = Counter()
    for row in table:
        kind, _, whose = row["pk"].partition("#")
        if kind == "CLIENT" and row["sk"].startswith("MESSAGE#"):
            state = {"SENDING": "pending"}.get(row["state"], row["state"].lower())
            messages[int(row["campaign"]), int(row["sk"].partition("#")[2]), state] += 1
        elif kind == "STATS":
            campaign, run, _ = row["sk"].split("#")
            for state in STATES:
                told[int(campaign), int(run), state] += int(row.get(state, 0))
        elif row["sk"] in ("CLIENT", "CAMPAIGN", "IMPORT"):
            for owner in (row["owner"], EVERYBODY):
                there[row["sk"] + "S", owner] += 1
        elif kind in ("CLIENTS", "CAMPAIGNS", "IMPORTS"):
            listed[kind, whose] += 1
    said = [] if +told == messages else [f"messages are {dict(messages)}, counted {dict(+told)}"]
    said += [] if listed == there else [f"there are {dict(there)}, listed {dict(listed)}"]
    return said + miscounted(Table.CAMPAIGNS, table)
