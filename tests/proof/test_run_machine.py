"""A campaign's runs are as a few lines say, whoever starts, pauses, cancels, opts out, comes twice, late, or dies.

Nobody gets it twice of one start, at night, or after he, or who sends it, said stop; and of everybody it is known what
became of his message.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from functools import partial
from itertools import count
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule

from kalit.campaigns import planning, runs
from kalit.kit.resources import Machine, Queue, Table
from tests.functions.campaigns.office import Office, again
from tests.functions.world import BEGINNING, Clock

from .goals import FULL, Proved
from .machines import DEATHS, Death, History, prove, taken
from .system import System

RUNS, STEPS = (60, 50) if FULL else (6, 25)
ZONES = ("Asia/Tashkent", "Europe/Berlin", "America/New_York")
OPENS, CLOSES = time(9), time(17, 30)
STARTS, ENDS = BEGINNING + timedelta(minutes=30), BEGINNING + timedelta(days=3)
DAY = timedelta(hours=28)  # in which every window opens, and is looked at
LEASE = 40  # seconds after which the key of a request that died is free
PLAN = {
    "start_datetime": f"{STARTS:%Y-%m-%dT%H:%M:%SZ}",
    "end_datetime": f"{ENDS:%Y-%m-%dT%H:%M:%SZ}",
    "time_interval_start": f"{OPENS}",
    "time_interval_end": f"{CLOSES}",
}
PLACES = (Table.ACCOUNTS, Table.CAMPAIGNS, Table.OPS, Queue.CAMPAIGNS, Machine.CAMPAIGN, Machine.SLOT)


class Sending(History):
    """One campaign to three clients, in three zones."""

    office: ClassVar[Office]
    clients: ClassVar[dict[str, int]]  # phone -> client
    begin_anew: ClassVar[Callable[[], None]]

    def __init__(self) -> None:
        super().__init__()
        self.begin_anew()
        self.office.clock.now = BEGINNING
        self.office.clock.move()
        self.office.waiting.clear()
        self.office.posted.clear()
        self.office.seen.clear()
        self.id = self.office.campaign(**PLAN)
        self.asked = False  # whether anybody has started it
        self.state = "going"  # or paused, or off
        self.generation = 1
        self.generations = {self.newest_run: 1}  # number of a run -> its generation
        self.clean = True  # whether nobody died
        self.opted: set[int] = set()
        self.served: Counter[tuple[int, int]] = Counter()  # client, generation -> messages that reached him
        self.keys = (f"key-{n}" for n in count())

    @property
    def now(self) -> datetime:
        return self.office.clock.now

    @property
    def newest_run(self) -> int:
        return max(int(row["pk"].removeprefix("RUN#")) for row in self.office.rows("RUN#") if row["sk"] == "RUN")

    @property
    def status(self) -> str:
        return self.office.status(self.id)

    # Whose campaign it is

    @rule(force=st.booleans(), death=DEATHS)
    def start(self, force: bool, death: Death) -> None:
        """Under a key; who dies on the way asks again when he may."""
        status, key, newest = self.status, next(self.keys), self.newest_run
        adopts = not self.asked and not force and status != "PAUSED" and len(self.generations) == 1
        good = self.now <= ENDS and (force or adopts or status in ("PAUSED", "FAILED"))

        def act() -> Any:
            return self.office.ask("start", {"force_resend": force}, id=self.id, key=key)

        if death and self.dies(act, death):
            self.clean = False
            self.office.clock.move(seconds=LEASE)
        answer = act()
        wanted = 202 if good else 400 if self.now > ENDS else 409
        assert answer.status == wanted, f"start of a campaign that is {status}, force {force}: {answer.status}"
        if good:
            self.asked = True
            if not adopts:
                self.generation += force
                assert self.newest_run > newest, "no new run"
                self.generations[self.newest_run] = self.generation
                self.state = "going"
        elif wanted == 400:
            self.state = "off"

    @rule()
    def pause(self) -> None:
        self.move("pause", self.state == "going" and self.status in ("SCHEDULED", "RUNNING"), "paused")

    @rule()
    def resume(self) -> None:
        self.move("resume", self.state == "paused", "going")

    @rule()
    def cancel(self) -> None:
        under_way = self.state == "paused" or (self.state == "going" and self.status in ("SCHEDULED", "RUNNING"))
        self.move("cancel", under_way, "off")

    def move(self, verb: str, good: bool, state: str) -> None:
        answer = self.office.ask(verb, id=self.id)
        assert answer.status == (200 if good else 409), f"{verb} of what is {self.state}: {answer.status}"
        if good:
            self.state = state

    @rule(place=st.integers(0, 5))
    def opt_out(self, place: int) -> None:
        if place in range(len(ZONES)):
            client = taken(list(self.clients.values()), place, stays=True)
            assert self.office.ask("opt_out", id=client).status == 200
            self.opted.add(client)

    # What moves it

    @rule(death=DEATHS)
    def follow(self, death: Death) -> None:
        self.work(self.office.follow, death)

    @rule(death=DEATHS)
    def step(self, death: Death) -> None:
        self.office.begin()
        self.work(self.office.step, death)

    @rule(twice=st.booleans(), death=DEATHS)
    def deliver(self, twice: bool, death: Death) -> None:
        letters = self.office.letters()
        self.office.posted += [(self.now, letter) for letter in letters]
        self.office.posted += [(self.now, again(letter)) for letter in letters if twice]
        self.work(self.office.deliver, death)

    @rule(death=DEATHS)
    def tick(self, death: Death) -> None:
        self.work(self.office.tick, death)

    @rule(minutes=st.sampled_from((1, 10, 60, 300)))
    def wait(self, minutes: int) -> None:
        self.office.clock.move(minutes=minutes)

    @rule(minutes=st.sampled_from((0, 60, 600)))
    def run(self, minutes: int) -> None:
        """All that is to be done is done."""
        self.office.pass_time(minutes=minutes)

    def work(self, act: Callable[[], object], death: Death) -> None:
        if not death:
            act()
        elif self.dies(act, death):
            self.clean = False

    # What must be true

    def check(self) -> None:
        delivered = [one for one in self.office.delivered if one["campaign"] == self.id]
        served = Counter[tuple[int, int]]()
        for one in delivered:
            client = self.clients[one["phone"]]
            number, told = divmod(int(one["message"]), 10**9)
            assert told == client
            served[client, self.generations[number]] += 1
            at = datetime.fromisoformat(one["delivered_at"])
            wall = at.astimezone(ZoneInfo(ZONES[client - min(self.clients.values())])).time()
            assert OPENS <= wall <= CLOSES, f"sent at {wall}"
            assert STARTS <= at <= ENDS, "sent outside the campaign's days"
        assert max(served.values(), default=0) <= 1, "sent twice of one start"
        new = served - self.served
        assert not new or self.state == "going", f"sent by a run that is {self.state}"
        assert not {client for client, _ in new} & self.opted, "sent to who said stop"
        assert {generation for _, generation in new} <= {self.generation}, "sent by a run that was replaced"
        self.served = served

    def in_the_end(self) -> None:
        """In the end of every message it is known what became of it, and where nothing went wrong all have theirs."""
        in_time = self.state == "going" and self.now <= ENDS - DAY
        if self.state == "paused":
            self.cancel()
        while self.now <= ENDS:
            self.office.pass_time(hours=4)
            self.check()
        self.office.settle()
        self.check()
        assert "pending" not in self.office.accounted(self.id), "it is not known what became of a message"
        if in_time and self.clean:
            got = {client for client, generation in self.served if generation == self.generation}
            assert got | self.opted == set(self.clients.values()), "somebody was forgotten"


@pytest.fixture(scope="module")
def mailing(system: System, tmp_path_factory: pytest.TempPathFactory) -> Iterator[type[Sending]]:
    clock = Clock(tmp_path_factory.mktemp("mailing") / "clock")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLOCK_FILE", str(clock.file))
        Sending.office = Office(system.cloud, clock, {"ali": system.cloud.register("ali")})
        phones = [f"+99890123450{n}" for n in range(len(ZONES))]
        Sending.clients = {
            phone: Sending.office.client(phone_number=phone, timezone=zone)
            for phone, zone in zip(phones, ZONES, strict=True)
        }
        Sending.begin_anew = staticmethod(system.remember(*PLACES))
        yield Sending


def test_runs_are_as_the_model_says(mailing: type[Sending], proved: Proved) -> None:
    acts, faults = prove(mailing, RUNS, STEPS)
    proved("G5", acts, faults=faults)


def test_who_knows_no_night_is_found_out(mailing: type[Sending], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "open_at", lambda window, zone, at: True)
    day = mailing()
    with pytest.raises(AssertionError, match="sent at"):
        day.live(partial(day.run, 60), partial(day.run, 60))


def test_a_second_start_that_is_taken_is_found_out(mailing: type[Sending], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "UNDER_WAY", ())
    day = mailing()
    with pytest.raises(AssertionError, match="start of a campaign"):
        day.live(*[partial(day.start, False, None)] * 2)
