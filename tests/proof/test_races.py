"""Others act at the same time, twice, too late or in the wrong order: the outcome is one that some order allows."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from kalit.kit import tables
from kalit.kit.errors import Unavailable
from kalit.kit.resources import Machine, Queue
from kalit.tasks.rules import CANCELLED
from tests.cloud import Answer

from . import accounts
from .faults import (
    Death,
    Fault,
    conflict,
    crash_after,
    every,
    first_tries,
    injected,
    is_transaction,
    now_and_then,
    preempted_everywhere,
    throttle,
    timeout,
)
from .goals import Proved
from .system import System, at_once
from .tasks import ACTIVE, Tasks


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Transactions are tried again at once."""
    monkeypatch.setattr(tables, "FIRST_PAUSE", 0)


# Two actors, one task


@dataclass(frozen=True)
class Scene:
    """A task that is made and due, of which its client was not told, and all that may happen to it next."""

    tasks: Tasks
    kind: str
    id: int
    records: list[dict[str, Any]]

    @classmethod
    def set(cls, tasks: Tasks, kind: str) -> "Scene":
        with injected() as calls:
            tasks.create(kind, "rehearsal")
        tasks.start_anew()
        commit = next(call.index for call in calls if is_transaction(call))
        Death(calls[commit], crash_after).strike(partial(tasks.create, kind, "key"))
        tasks.system.wait(100)
        return cls(tasks, kind, tasks.rows()[0]["id"], tasks.changes())

    def create(self) -> str:
        """The client asks again under the same key."""
        answer = self.tasks.create(self.kind, "key")
        if answer.status == 201 and answer.json["id"] != self.id:
            return f"the client got task {answer.json['id']}"
        return _clean(answer, 201, 409)

    def cancel(self) -> str:
        return _clean(self.tasks.cancel(self.id), 200, 409)

    def dispatch(self) -> str:
        self.tasks.dispatch(self.records)
        return ""

    def finish(self) -> str:
        if self.kind == "sum":
            return "the worker failed" if self.tasks.add([self.tasks.message(self.id)]) else ""
        due_at = self.tasks.rows()[0]["due_at"]
        self.tasks.count_down({"owner": self.tasks.owner, "id": self.id, "due_at": due_at})
        return ""

    def sweep(self) -> str:
        self.tasks.sweep()
        return ""

    def wrong(self) -> list[str]:
        """What is wrong when all is over: besides the invariants, an end that nobody asked for."""
        (row,) = self.tasks.rows()
        cancelled = row["status"] == "error" and json.loads(row["result"]) == {"error": CANCELLED}
        said = self.tasks.wrong()
        if cancelled != bool(self.tasks.cancelled):
            said.append(f"the owner was told of {len(self.tasks.cancelled)} cancellations, the task is {row['status']}")
        return said if cancelled or row["status"] == "completed" else [*said, f"ended with {row['result']}"]


ACTORS = {actor.__name__: actor for actor in (Scene.create, Scene.cancel, Scene.dispatch, Scene.finish, Scene.sweep)}


def _clean(answer: Answer, *statuses: int) -> str:
    return "" if answer.status in statuses else f"answered {answer.status} {answer.text}"


def _said(actor: Callable[[], str]) -> str:
    """What an actor has to say; failing is not clean, whoever would try again."""
    try:
        return actor()
    except Exception as error:
        return f"failed with {error!r}"


@pytest.mark.parametrize("kind", ["sum", "countdown"])
@pytest.mark.parametrize("first", ACTORS)
@pytest.mark.parametrize("second", ACTORS)
def test_two_actors_on_one_task_agree(tasks: Tasks, kind: str, first: str, second: str) -> None:
    """The second runs from beginning to end at every call of the first."""
    scene, wrong = Scene.set(tasks, kind), []
    between: list[dict[str, Any]] = []

    def other() -> str:
        said = _said(partial(ACTORS[second], scene))
        between[:] = tasks.rows()
        return said

    for call, *answers in preempted_everywhere(tasks.remember(), partial(_said, partial(ACTORS[first], scene)), other):
        said = [f"{name} {answer}" for name, answer in zip((first, second), answers, strict=True) if answer]
        said += tasks.wrong(ended=False)
        if between[0]["status"] not in ACTIVE and between != tasks.rows():
            said.append(f"a finished task was changed by {first}")
        tasks.settle()
        wrong += [f"{second} at {call}: {what}" for what in said + scene.wrong()]
    assert not wrong


@pytest.mark.parametrize("key", ["", "key"], ids=["without a key", "with a key"])
def test_two_clients_who_want_the_last_slot_do_not_both_get_it(tasks: Tasks, key: str) -> None:
    for _ in range(4):
        tasks.create("countdown")
    act, other = partial(tasks.create, "sum", key), partial(tasks.create, "countdown", key and "other key")
    for call, *answers in preempted_everywhere(tasks.remember(), act, other):
        assert sorted(answer.status for answer in answers) == [201, 400], str(call)
        assert not tasks.wrong(ended=False), str(call)


def test_two_people_who_want_one_name_do_not_both_get_it(system: System) -> None:
    names = [""]

    def ask() -> Answer:
        return accounts.register(system, names[-1])

    for call, *answers in preempted_everywhere(lambda: names.append(next(accounts.new_names)), ask, ask):
        assert sorted(answer.status for answer in answers) == [201, 400], str(call)
        assert not accounts.wrong(system), str(call)


# Many at once


def test_of_twenty_creates_at_once_five_are_served(tasks: Tasks, proved: Proved) -> None:
    answers = at_once([tasks.create] * 20)
    assert sorted(answer.status for answer in answers) == [201] * 5 + [400] * 15
    assert not tasks.wrong(ended=False)
    tasks.settle()
    assert not tasks.wrong()
    proved("G12", 20)


def test_twenty_creates_under_one_key_make_one_task(tasks: Tasks) -> None:
    answers = at_once([partial(tasks.create, "sum", "key")] * 20)
    assert {answer.status for answer in answers} <= {201, 409}
    assert len({answer.json["id"] for answer in answers if answer.status == 201}) == 1
    assert len(tasks.rows()) == 1
    assert not tasks.wrong(ended=False)


@pytest.mark.usefixtures("no_pauses")
def test_everybody_at_once_among_conflicts(tasks: Tasks) -> None:
    """Clients, workers, machines and sweepers on five tasks, while one transaction in five meets a conflict."""
    for n in range(5):
        tasks.create("sum" if n % 2 else "countdown")
    tasks.system.wait(100)
    records = tasks.changes()
    rows = {row["id"]: row for row in tasks.rows()}
    sums = [tasks.message(number) for number, row in rows.items() if row["task_type"] == "sum"]
    steps = [
        {"owner": tasks.owner, "id": number, "due_at": row["due_at"]}
        for number, row in rows.items()
        if row["task_type"] == "countdown"
    ]
    acts: list[Callable[[], object]] = [partial(tasks.add, sums)] * 3
    acts += [partial(tasks.count_down, step) for step in steps] * 2
    acts += [partial(tasks.dispatch, records)] * 2 + [partial(tasks.cancel, number) for number in rows]
    acts += [tasks.create] * 4 + [tasks.sweep] * 2
    random.Random(5).shuffle(acts)
    with injected(now_and_then(is_transaction, conflict, 0.2)):
        at_once(acts)
    assert not tasks.wrong(ended=False)
    tasks.settle()
    assert not tasks.wrong()


# Again, and out of order


@pytest.mark.parametrize("seed", range(3))
def test_messages_and_steps_that_come_again_change_nothing(tasks: Tasks, seed: int) -> None:
    """From the first delivery on in any order, each three times, and once more when all is over."""
    for n in range(5):
        tasks.create("sum" if n % 2 else "countdown")
    tasks.system.wait(7)
    records = tasks.changes()
    tasks.dispatch(records)
    messages, steps = tasks.system.messages(Queue.SUM), list(tasks.system.running(Machine.COUNTDOWN).values())
    assert (len(messages), len(steps)) == (2, 3)
    deliveries: list[Callable[[], object]] = [partial(tasks.add, [message]) for message in messages]
    deliveries += [partial(tasks.count_down, step) for step in steps]
    deliveries += [partial(tasks.dispatch, [record]) for record in records]
    deliveries *= 3
    random.Random(seed).shuffle(deliveries)
    for deliver in deliveries:
        deliver()
        assert not tasks.wrong(ended=False)
    for name in tasks.system.running(Machine.COUNTDOWN):
        tasks.system.end(Machine.COUNTDOWN, name)
    ended = tasks.rows()
    assert {row["status"] for row in ended} == {"completed"}
    for deliver in deliveries:
        deliver()
    assert tasks.rows() == ended
    assert not tasks.wrong()


# Refusals


@pytest.mark.usefixtures("no_pauses")
def test_a_conflict_at_every_transaction_is_overcome(tasks: Tasks, system: System) -> None:
    with injected(first_tries(is_transaction, conflict, tries=3)) as calls:
        assert accounts.register(system, next(accounts.new_names)).status == 201
        first, second, third = (tasks.create(kind, "key " + kind) for kind in ("sum", "countdown", "countdown"))
        assert (first.status, second.status, third.status) == (201, 201, 201)
        assert second.json == third.json
        assert tasks.cancel(second.json["id"]).status == 200
        tasks.settle()
    assert sum(map(is_transaction, calls)) % 4 == 0
    assert not tasks.wrong()
    assert not accounts.wrong(system)


@pytest.mark.usefixtures("no_pauses")
def test_a_conflict_that_does_not_end_is_a_clean_503(tasks: Tasks, system: System) -> None:
    name, task = next(accounts.new_names), tasks.create("countdown").json["id"]
    asks = {
        "register": partial(accounts.register, system, name),
        "create": tasks.create,
        "create by a key": partial(tasks.create, "sum", "key"),
        "cancel": partial(tasks.cancel, task),
    }
    with injected(every(is_transaction, conflict)):
        for what, ask in asks.items():
            answer = ask()
            assert (answer.status, answer.headers.get("Retry-After")) == (503, "1"), what
    assert accounts.numbers(system, name) == []
    assert [row["id"] for row in tasks.rows()] == [task]
    assert {ask().status for ask in asks.values()} == {200, 201}
    tasks.settle()
    assert not tasks.wrong() + accounts.wrong(system)


@pytest.mark.usefixtures("no_pauses")
def test_work_that_meets_conflicts_comes_back_and_is_done(tasks: Tasks) -> None:
    tasks.create("sum")
    tasks.create("countdown")
    records = tasks.changes()
    message = tasks.message(min(tasks.made))
    with injected(every(is_transaction, conflict)):
        assert tasks.add([message]) == [message]
        with pytest.raises(Unavailable):
            tasks.dispatch(records)
    tasks.dispatch(records)
    tasks.settle()
    assert not tasks.wrong()
    assert {row["status"] for row in tasks.rows()} == {"completed"}


@pytest.mark.parametrize("fault", [throttle, timeout], ids=["throttled", "timed out"])
@pytest.mark.parametrize("key", ["", "key"], ids=["without a key", "with a key"])
def test_a_client_who_tries_again_has_its_task_whichever_call_was_refused(tasks: Tasks, key: str, fault: Fault) -> None:
    with injected() as clean:
        tasks.create("sum", key)
    for call in clean:
        tasks.start_anew()
        with injected({call.index: fault}):
            answer = tasks.create("sum", key)
        # A transaction that was throttled or not answered is tried again, as the same transaction.
        assert answer.status in (201, 503), f"{call}: {answer.status}"
        assert answer.status != 503 or answer.headers["Retry-After"] == "1", str(call)
        answer = tasks.insist("sum", key)
        assert answer.status == 201, f"{call}: {answer.text}"
        assert not key or len(tasks.rows()) == 1, str(call)
        tasks.settle()
        assert not tasks.wrong(), str(call)
