"""Tasks are as a few lines say, whatever is created, cancelled, delivered twice, swept, cut short or crossed."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from kalit.kit.resources import Machine, Queue
from kalit.tasks import rules
from kalit.tasks.rules import CANCELLED, GAVE_UP

from .faults import careless, injected, preempted_by
from .goals import FULL, Proved
from .machines import DEATHS, Death, History, prove, taken
from .tasks import ACTIVE, INPUTS, LEASE, RESULTS, Tasks

RUNS, STEPS = (200, 50) if FULL else (10, 25)
MOST = 5
KINDS = st.sampled_from(tuple(INPUTS))
TOKEN_HOLDS = timedelta(minutes=50)


@dataclass
class Task:
    """A task, as it ought to be."""

    kind: str
    due: datetime
    status: str = "pending"
    result: Any = None
    sendings: int = 1

    @property
    def active(self) -> bool:
        return self.status in ACTIVE

    def end(self, status: str, result: Any) -> None:
        if self.active:
            self.status, self.result = status, result

    def done(self) -> None:
        self.end("completed", RESULTS[self.kind])

    def cancel(self) -> None:
        self.end("error", {"error": CANCELLED})

    def begin(self) -> None:
        if self.status == "pending":
            self.status = "in_progress"

    def sweep(self, at: datetime) -> None:
        if self.kind == "countdown":
            if at >= self.due + timedelta(seconds=30):
                self.done()
        elif at > self.due and self.active:
            if self.sendings == 4:
                self.end("error", {"error": GAVE_UP})
            else:
                self.due = at + timedelta(seconds=90 * 2**self.sendings)
                self.sendings += 1


class Desk(History):
    """One owner, his tasks, and what is under way for them."""

    tasks: ClassVar[Tasks]
    token: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.tasks.start_anew()
        self.tasks.token = self.token
        self.logged_in = self.now
        self.model: dict[int, Task] = {}
        self.keys: dict[str, tuple[int, int]] = {}  # key -> how it was answered, and which task it made
        self.records: list[dict[str, Any]] = []
        self.messages: list[str] = []
        self.steps: list[dict[str, Any]] = []

    @property
    def now(self) -> datetime:
        return self.tasks.system.now

    @property
    def active(self) -> int:
        return sum(task.active for task in self.model.values())

    # The client

    @rule(kind=KINDS)
    def create(self, kind: str) -> None:
        self.made(kind, self.tasks.create(kind), self.now)

    @rule(kind=KINDS, name=st.integers(1, 9), death=DEATHS)
    def create_by_key(self, kind: str, name: int, death: Death) -> None:
        """Ask under a key, perhaps one that was used before; who dies on the way asks again when he may."""
        key, began = f"{kind} {name}", self.now
        if death:
            self.dies(partial(self.tasks.create, kind, key), death)
            self.wait(LEASE)
        answer = self.tasks.create(kind, key)
        if key in self.keys:
            status, id = self.keys[key]
            assert answer.status == status, f"the same key got {status}, then {answer.status}"
            assert status != 201 or answer.json["id"] == id, f"the same key made {id}, then {answer.json['id']}"
        else:
            self.made(kind, answer, began)
            self.keys[key] = answer.status, answer.json["id"] if answer.status == 201 else 0

    def made(self, kind: str, answer: Any, began: datetime) -> None:
        expected = 201 if self.active < MOST else 400
        assert answer.status == expected, f"with {self.active} active, another got {answer.status}"
        if answer.status == 201:
            id = answer.json["id"]
            assert id not in self.model, "a number was given twice"
            [due] = [datetime.fromisoformat(row["due_at"]) for row in self.tasks.rows() if row["id"] == id]
            patience = timedelta(seconds=90 if kind == "sum" else INPUTS[kind]["seconds"])
            assert due - patience in (began, self.now)
            self.model[id] = Task(kind, due)

    @precondition(lambda self: self.model)
    @rule(place=st.integers(0, 99), death=DEATHS)
    def cancel(self, place: int, death: Death) -> None:
        id = taken(list(self.model), place, stays=True)
        if death:
            self.dies(partial(self.tasks.cancel, id), death)
        task = self.model[id]
        task.cancel()
        answer = self.tasks.cancel(id)
        assert answer.status == (200 if task.result == {"error": CANCELLED} else 409)

    # What moves tasks. Each act may be cut short, and its message may stay, so it may come again.

    @precondition(lambda self: self.records)
    @rule(place=st.integers(0, 99), stays=st.booleans(), death=DEATHS)
    def dispatch(self, place: int, stays: bool, death: Death) -> None:
        record = taken(self.records, place, stays)
        row = record["dynamodb"]["NewImage"]
        task = self.model[int(row["sk"]["S"].removeprefix("TASK#"))]
        change = task.begin if row["outbox"]["S"] == "countdown" else lambda: None
        self.work(partial(self.tasks.dispatch, [record]), change, death)

    @precondition(lambda self: self.messages)
    @rule(place=st.integers(0, 99), stays=st.booleans(), death=DEATHS)
    def add(self, place: int, stays: bool, death: Death) -> None:
        message = taken(self.messages, place, stays)
        self.work(partial(self.tasks.add, [message]), self.model[json.loads(message)["id"]].done, death)

    @precondition(lambda self: self.steps)
    @rule(place=st.integers(0, 99), stays=st.booleans(), death=DEATHS)
    def count_down(self, place: int, stays: bool, death: Death) -> None:
        step = taken(self.steps, place, stays)
        late = (datetime.fromisoformat(step["due_at"]) - self.now).total_seconds()
        if late > 0:
            self.wait(late)
        self.work(partial(self.tasks.count_down, step), self.model[step["id"]].done, death)

    @precondition(lambda self: self.messages)
    @rule(place=st.integers(0, 99), at=st.integers(1, 5))
    def cancel_while_it_is_added(self, place: int, at: int) -> None:
        """The owner cancels from beginning to end at one of the worker's calls; one of both is first."""
        message = taken(self.messages, place, stays=False)
        task, answers = self.model[id := json.loads(message)["id"]], list[int]()
        History.faults += 1
        with injected({at: preempted_by(lambda: answers.append(self.tasks.cancel(id).status))}):
            self.tasks.add([message])
        if answers == [200]:
            task.cancel()
        task.done()
        assert answers in ([], [200 if task.result == {"error": CANCELLED} else 409])

    @rule(death=DEATHS)
    def sweep(self, death: Death) -> None:
        def change() -> None:
            for task in self.model.values():
                task.sweep(self.now)

        self.work(self.tasks.sweep, change, death)

    @rule(seconds=st.sampled_from((1, 6, 40, 95, 400)))
    def wait(self, seconds: float) -> None:
        self.tasks.system.wait(seconds)
        if self.now - self.logged_in > TOKEN_HOLDS:
            self.tasks.token, self.logged_in = self.tasks.system.cloud.log_in("owner"), self.now

    def work(self, act: Callable[[], object], change: Callable[[], None], death: Death) -> None:
        """Let both the system and the model do something; what died is somewhere between before and after."""
        before = deepcopy(self.model)
        change()
        if death is None:
            assert not act(), "it failed"
        elif self.dies(act, death):
            self.adopt(before)

    def adopt(self, before: dict[int, Task]) -> None:
        """Each task is as before, begun, or as after; the model goes on from there."""
        for row in self.tasks.rows():
            was, task = before[row["id"]], self.model[row["id"]]
            if (row["status"], row["sendings"]) != (task.status, task.sendings):
                begun = (was.status, row["status"]) == ("pending", "in_progress")
                assert row["status"] == was.status or begun, "half done"
                assert row["sendings"] == was.sendings, "half postponed"
                was.status = row["status"]
                self.model[row["id"]] = was

    # What must be true

    def check(self) -> None:
        self.records += self.tasks.changes()
        self.messages += self.tasks.system.messages(Queue.SUM)
        for name, step in self.tasks.system.running(Machine.COUNTDOWN).items():
            self.steps.append(step)
            self.tasks.system.end(Machine.COUNTDOWN, name)
        rows = {row["id"]: (row["status"], json.loads(row.get("result", "null"))) for row in self.tasks.rows()}
        assert rows == {id: (task.status, task.result) for id, task in self.model.items()}
        assert not self.tasks.wrong(ended=False)

    def in_the_end(self) -> None:
        """In the end nothing is lost: what lay around, and what the sweeper sends, ends every task."""
        self.tasks.dispatch(self.records)
        self.tasks.add(self.messages)
        self.tasks.settle()
        assert not self.tasks.wrong()


@pytest.fixture
def desk(_tasks: Tasks) -> Iterator[type[Desk]]:
    Desk.tasks, Desk.token = _tasks, _tasks.token
    yield Desk
    _tasks.token = Desk.token


def test_tasks_are_as_the_model_says(desk: type[Desk], proved: Proved) -> None:
    acts, faults = prove(desk, RUNS, STEPS)
    proved("G12", acts, faults=faults)


def test_a_sixth_task_is_found_out(desk: type[Desk], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_ACTIVE", 6)
    day = desk()
    with pytest.raises(AssertionError, match="with 5 active, another got 201"):
        day.live(*[partial(day.create, "sum")] * 6)


def test_a_task_that_can_end_twice_is_found_out(desk: type[Desk]) -> None:
    with injected(careless("TASK#")), pytest.raises(AssertionError, match=r"its counts say|completed"):
        cancel_wherever_it_may_be(desk)


def cancel_wherever_it_may_be(desk: type[Desk]) -> None:
    for at in range(10):
        day = desk()
        cancel = partial(day.cancel_while_it_is_added, 0, at)
        day.live(partial(day.create, "sum"), partial(day.dispatch, 0, False, None), cancel)
