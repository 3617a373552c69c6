"""Every door, by its visit: dying at each call, stale reads, refused calls, repetitions. A new door is in at once."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

import pytest

from kalit.kit.api import Endpoint
from kalit.kit.resources import Queue, Table
from tests.cloud import DOORS
from tests.speed import budget
from tests.speed.meter import Spent

from .faults import Call, Death, conflict, crash_after, crash_before, injected, throttle, timeout
from .goals import FULL, Proved
from .stale import WRITES, Behind
from .system import System
from .town import VISITS, Town, Visit, some
from .town.here import BringBack, Here
from .whole import wrong

LEASE = 62  # seconds after which what somebody held who died is free: a key, whatever its door's timeout is; messages
READS = re.compile("Get|Query|BatchGet|Describe|List|Head|Sign|Verify|GenerateMac|Decrypt|Search")
# Where nothing comes back from: to empty them each time would take longer than all the rest.
ASIDE = (Queue.AUDIT, Queue.SECURITY, Queue.EMAIL, Queue.SMS)
CONFLICTING = WRITES - {"BatchExecuteStatement", "BatchWriteItem"}
# Rows that count and number others, remember what was answered, or tell of each try: `whole.wrong` looks at counts, a
# number that was taken by somebody who died is never given again, and who does a thing twice is heard of twice.
BOOKKEEPING = re.compile("AUDIT|CHAINED|COUNT|KEY|ONCE|SECURITY-EVENT|NUMBERS|JOB|TICK|STATS|RATE|LIMIT")


def is_write(call: Call) -> bool:
    return not READS.match(call.operation)


class Undisturbed(NamedTuple):
    """A knock that nothing disturbs: its answer and calls, what is kept after it, and what is wrong with that."""

    status: int
    calls: list[Call]
    kept: Mapping[Any, int]
    wrong: list[str]


class Scene:
    """A town as it is when somebody stands before a door, and can be brought back to that."""

    def __init__(self, town: Town, visit: Visit) -> None:
        assert isinstance(town.place, Here)
        self.town, self.here, self.visit = town, town.place, visit
        self.asked = visit.tell(town)
        door = DOORS[visit.door]
        if isinstance(door, Endpoint) and door.once:
            self.asked["headers"] = {"idempotency-key": "mine"} | self.asked.get("headers", {})
        self.bring_back = self.here.remember()

    def knock(self) -> int:
        """The status of the answer; of what has none, 200 where all went well, and 503 where messages come again."""
        if self.visit.http:
            return self.town.visit(self.visit, asked=self.asked).status
        answer = self.here.call(self.visit.door, self.asked)
        return 503 if isinstance(answer, dict) and answer.get("batchItemFailures") else 200

    def knock_again(self) -> int:
        """As clients, queues and schedules do: until there is an answer to rely on."""
        at = self.here.now()
        for seconds in (LEASE if self.visit.http else 0, LEASE, LEASE):
            self.here.system.wait(seconds)
            status = self.knock()
            self.here.system.set_clock(at)
            if status < 500 and status not in (409, 429):
                break
        return status

    @cached_property
    def clean(self) -> Undisturbed:
        self.bring_back()
        with injected() as calls:
            status = self.knock()
        return Undisturbed(status, calls, self.shape(), wrong(self.here.system))

    def shape(self) -> Mapping[Any, int]:
        """What is kept, without what differs from one time to the next."""
        self.here.settle(besides=ASIDE)
        rows = ((table, row) for table in Table if table is not Table.OPS for row in self.here.system.rows(table))
        shapes = ((table.value, *_shape(row)) for table, row in rows)
        return Counter(shape for shape in shapes if not any(BOOKKEEPING.match(key) for key in shape[1:3]))


def _shape(row: Mapping[str, Any]) -> tuple[Any, ...]:
    kinds = [re.sub("[0-9a-f-]{36}", "", str(row[key]).partition("#")[0]) for key in ("pk", "sk")]  # without an id
    words = {name: value for name, value in row.items() if re.fullmatch("[A-Za-z_]+|True|False", str(value))}
    return (*kinds, tuple(sorted(words.items())), tuple(sorted(row)))


SOME = some(VISITS.values(), 8)
doors = pytest.mark.parametrize("prepared", SOME.values(), ids=SOME, indirect=True)
every_door = pytest.mark.parametrize(
    "prepared",
    [pytest.param(visit, id=name, marks=[] if name in SOME else pytest.mark.long) for name, visit in VISITS.items()],
    indirect=True,
)


@pytest.fixture(scope="module")
def prepared(_town: tuple[Town, BringBack], request: pytest.FixtureRequest) -> Scene:
    """One for all tests of a door, which are run one after the other."""
    town, bring_back = _town
    bring_back()
    return Scene(town, request.param)


@pytest.fixture
def scene(prepared: Scene) -> Scene:
    """Where nobody has knocked yet."""
    prepared.bring_back()
    return prepared


@pytest.fixture(scope="module")
def costs() -> Iterator[dict[str, Spent]]:
    """door -> what its visit cost; the budget of all, when that is written anew."""
    told: dict[str, Spent] = {}
    yield told
    if budget.ANEW:
        budget.write(told)


def test_every_door_is_visited() -> None:
    assert sorted(VISITS) == sorted(DOORS)


def test_every_door_has_its_budget() -> None:
    assert sorted(budget.rows()) == sorted(DOORS)


@every_door
def test_a_visit_succeeds_within_its_budget(scene: Scene, costs: dict[str, Spent]) -> None:
    visit, clean = scene.visit, scene.clean
    assert (clean.status, clean.wrong) == (visit.status if visit.http else 200, [])
    scene.bring_back(warm=True)  # a process reads its secrets once
    with budget.visited() as spent:
        scene.knock()
    costs[visit.door] = spent
    assert budget.ANEW or budget.over(spent, budget.rows()[visit.door]) == []


@doors
def test_a_door_that_dies_leaves_nothing_half_done(scene: Scene, proved: Proved) -> None:
    visit, (_, calls, once, _) = scene.visit, scene.clean
    writes = [call.index for call in calls if is_write(call)]
    if not writes:
        return proved("G1", 1)
    scene.bring_back()
    before = scene.shape()
    places = calls[writes[0] :] if FULL else [calls[writes[-1]]]
    deaths = [Death(call, fault) for call in places for fault in (crash_before, crash_after)]
    good = {visit.status, *visit.again} if visit.http else {200}
    said: list[str] = []
    for death in deaths:
        if visit.http:  # of what else comes, nobody gives up: it comes again
            scene.bring_back()
            death.strike(scene.knock)
            if (left := scene.shape()) not in (before, once) and not visit.swept:
                said.append(f"{death}, given up: {_between(once, left)}")
            said += [f"{death}, given up: {what}" for what in wrong(scene.here.system)]
        scene.bring_back()
        death.strike(scene.knock)
        if (status := scene.knock_again()) not in good:
            said.append(f"{death}: who tried again was told {status}")
        if (left := scene.shape()) != once and not visit.anew and not visit.swept:
            said.append(f"{death}: {_between(once, left)}")
        said += [f"{death}: {what}" for what in wrong(scene.here.system)]
    proved("G1", len(deaths) * 2, faults=len(deaths) * 2, wrong=len(said))
    assert not said, "\n".join(said)
    return None


def _between(wanted: Mapping[Any, int], seen: Mapping[Any, int]) -> str:
    """What is missing, and what is too much."""
    return f"missing {list(Counter(wanted) - Counter(seen))}, besides {list(Counter(seen) - Counter(wanted))}"


@doors
def test_a_door_whose_calls_fail_says_so_and_does_it_when_asked_again(scene: Scene, proved: Proved) -> None:
    """Throttled, refused for a conflict, or without an answer though there was an effect: never a fault of ours."""
    visit, calls = scene.visit, scene.clean.calls
    good = {visit.status, *visit.again} if visit.http else {200}
    faults = [
        (call, fault)
        for call in (calls if FULL else calls[-1:])
        for fault in (throttle, timeout, *[conflict] * (call.operation in CONFLICTING))
    ]
    said: list[str] = []
    for call, fault in faults:
        scene.bring_back()
        with injected({call.index: fault}):
            try:
                status = scene.knock()
            except Exception:
                if visit.http:
                    raise
                status = 503  # as AWS sees it: the event comes again
        if status not in good | {409, 503}:
            said.append(f"{fault.__name__} at {call}: {status}")
        if status not in good and (status := scene.knock_again()) not in good:
            said.append(f"{fault.__name__} at {call}: who tried again was told {status}")
        scene.here.settle(besides=ASIDE)
        said += [f"{fault.__name__} at {call}: {what}" for what in wrong(scene.here.system)]
    proved("G1", len(faults), faults=len(faults), wrong=len(said))
    assert not said, "\n".join(said)


@pytest.mark.parametrize("visit", SOME.values(), ids=SOME)
def test_a_door_that_reads_what_is_old_breaks_nothing(system: System, town: Town, visit: Visit, proved: Proved) -> None:
    behind = Behind(system.cloud)
    with injected(behind.remembering):
        scene = Scene(town, visit)
    with injected(behind.plan):
        status = scene.knock()
    said = [f"it answered {status}"] if status >= 500 else []
    scene.here.settle(besides=ASIDE)
    said += wrong(system)
    proved("G18", 1, faults=behind.reads, wrong=len(said))
    assert not said, "\n".join(said)


@pytest.mark.parametrize(
    "prepared", [visit for visit in SOME.values() if not visit.http], ids=lambda visit: visit.door, indirect=True
)
def test_what_comes_twice_is_done_once(scene: Scene, proved: Proved) -> None:
    once = scene.clean.kept
    scene.bring_back()
    scene.knock()
    scene.knock()
    said = [] if scene.shape() == once or scene.visit.anew else [_between(once, scene.shape())]
    said += wrong(scene.here.system)
    proved("G15" if "tick" in scene.asked else "G14", 1, faults=1, wrong=len(said))
    assert not said, "\n".join(said)
