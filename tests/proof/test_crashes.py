"""A process may die before and after every AWS call: nothing is lost, doubled or left half done."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from kalit.kit.resources import Machine, Queue, Table
from kalit.tasks.rules import CANCELLED, GAVE_UP, MOST_SENDINGS
from tests.cloud import Answer

from . import accounts
from .faults import died_everywhere
from .system import System
from .tasks import LEASE, Tasks


@pytest.mark.parametrize("retries", [True, False], ids=["retried", "given up"])
def test_an_account_is_made_whole_or_not_at_all(system: System, retries: bool) -> None:
    names, wrong = [""], []

    def ask() -> Answer:
        return accounts.register(system, names[-1])

    for death in died_everywhere(lambda: names.append(next(accounts.new_names)), ask):
        name, said = names[-1], accounts.wrong(system)
        made = accounts.numbers(system, name)
        if retries:
            answer = ask()
            if made:
                said += [] if answer.status == 400 else [f"a taken name got {answer.status}"]
            elif answer.status != 201 or [answer.json["id"]] != accounts.numbers(system, name):
                said.append(f"the retry got {answer.status} {answer.text}")
            made = accounts.numbers(system, name)
        if made and not system.cloud.log_in(name, accounts.PASSWORD):
            said.append("the name is taken and cannot log in")
        wrong += [f"{death}: {what}" for what in said + accounts.wrong(system)]
    assert not wrong


@dataclass(frozen=True)
class Story:
    """What must be there first, what is then cut short, with which errors its tasks may end, and whether it sweeps."""

    prepare: Callable[[Tasks], Any]
    act: Callable[[Tasks, Any], object]
    fails: frozenset[str] | set[str] = frozenset()
    sweeps: bool = False

    def allows(self, row: dict[str, Any]) -> bool:
        return row["status"] == "completed" or json.loads(row["result"])["error"] in self.fails


def nothing(tasks: Tasks) -> None:
    """No task yet."""


def made(tasks: Tasks) -> int:
    """A new countdown, which nobody was told of yet."""
    return int(tasks.create("countdown").json["id"])


def told(kind: str) -> Callable[[Tasks], list[dict[str, Any]]]:
    """What the stream says of a new task."""

    def prepare(tasks: Tasks) -> list[dict[str, Any]]:
        tasks.create(kind)
        return tasks.changes()

    return prepare


def stopped(tasks: Tasks) -> list[dict[str, Any]]:
    """What the stream says of a countdown that ran and was cancelled."""
    tasks.dispatch(told("countdown")(tasks))
    tasks.cancel(tasks.rows()[0]["id"])
    return tasks.changes()


def sent(tasks: Tasks) -> list[str]:
    """The message of a sum."""
    tasks.dispatch(told("sum")(tasks))
    return tasks.system.messages(Queue.SUM)


def over(tasks: Tasks) -> dict[str, Any]:
    """The step of a countdown that is over."""
    tasks.dispatch(told("countdown")(tasks))
    tasks.system.wait(6)
    return next(iter(tasks.system.running(Machine.COUNTDOWN).values()))


def overdue(tasks: Tasks) -> None:
    """A sum that was sent in vain four times, another that was sent once, and a countdown that nobody ended."""
    tasks.create("sum")
    for pause in (91, 181, 361):
        tasks.system.wait(pause)
        tasks.sweep()
    tasks.system.wait(625)
    tasks.create("sum")
    tasks.create("countdown")
    tasks.system.wait(96)
    tasks.changes()
    tasks.system.messages(Queue.SUM)


STORIES = {
    "creating a sum": Story(nothing, lambda tasks, _: tasks.insist("sum")),
    "creating a countdown": Story(nothing, lambda tasks, _: tasks.insist("countdown")),
    "creating by a key": Story(nothing, lambda tasks, _: tasks.insist("sum", "key")),
    "cancelling": Story(made, lambda tasks, number: tasks.cancel(number), fails={CANCELLED}),
    "dispatching a sum": Story(told("sum"), lambda tasks, records: tasks.dispatch(records)),
    "dispatching a countdown": Story(told("countdown"), lambda tasks, records: tasks.dispatch(records)),
    "stopping a countdown": Story(stopped, lambda tasks, records: tasks.dispatch(records), fails={CANCELLED}),
    "adding": Story(sent, lambda tasks, messages: tasks.add(messages)),
    "ending a countdown": Story(over, lambda tasks, step: tasks.count_down(step)),
    "sweeping": Story(overdue, lambda tasks, _: tasks.sweep(), fails={GAVE_UP}, sweeps=True),
}


@pytest.mark.parametrize("retries", [True, False], ids=["retried", "given up"])
@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_no_task_is_lost_or_stuck(tasks: Tasks, story: Story, retries: bool) -> None:
    """Retried: without any sweeper. Given up: nobody tries again and the stream is silent; only sweepers help."""
    subject, again = story.prepare(tasks), tasks.remember()
    act = partial(story.act, tasks, subject)
    wrong = []
    for death in died_everywhere(again, act):
        said = tasks.wrong(ended=False)
        if retries:
            act()
        if tasks.settle(stream=retries) and retries and not story.sweeps:
            said.append("a sweeper had to help")
        said += tasks.wrong()
        said += [f"{row['sk']} failed: {row['result']}" for row in tasks.rows() if not story.allows(row)]
        wrong += [f"{death}: {what}" for what in said]
    assert not wrong


@pytest.mark.parametrize("key", ["", "key"], ids=["without a key", "with a key"])
def test_a_client_that_dies_twice_has_its_task_in_the_end(tasks: Tasks, key: str) -> None:
    """All ordered pairs of deaths, then a third try that lives."""
    act, wrong = partial(tasks.create, "sum", key), []
    for first in died_everywhere(tasks.start_anew, act):
        tasks.system.wait(LEASE)
        for second in died_everywhere(tasks.remember(), act):
            tasks.system.wait(LEASE)
            answer, said = act(), tasks.wrong(ended=False)
            ids = [row["id"] for row in tasks.rows()]
            if answer.status != 201 or answer.json["id"] not in ids:
                said.append(f"the third try got {answer.status} {answer.text}")
            if len(tasks.changes()) != len(ids):
                said.append("the stream does not tell of every task")
            if key and len(ids) > 1:
                said.append(f"one key made {len(ids)} tasks")
            wrong += [f"{first}, {second}: {what}" for what in said]
    assert not wrong


def test_a_retry_while_the_first_may_still_run_is_told_to_wait(tasks: Tasks) -> None:
    for death in died_everywhere(tasks.start_anew, partial(tasks.create, "sum", "key")):
        claimed = any("answer" not in row for row in tasks.system.rows(Table.OPS))
        answer = tasks.create("sum", "key")
        assert answer.status == (409 if claimed else 201), str(death)
        assert not claimed or answer.headers["Retry-After"] == "1", str(death)
        assert len(tasks.rows()) <= 1, str(death)


def test_a_cancelled_countdown_leaves_nothing_running(tasks: Tasks) -> None:
    records, again = stopped(tasks), tasks.remember()
    for death in died_everywhere(again, partial(tasks.dispatch, records)):
        tasks.dispatch(records)
        assert not tasks.system.running(Machine.COUNTDOWN), str(death)


def test_a_sum_that_never_gets_through_is_given_up_and_frees_its_slot(tasks: Tasks) -> None:
    """Its messages are lost one after the other, in the queue or at its worker."""
    tasks.create("sum")
    lost: list[str] = []
    for _ in range(15):
        tasks.dispatch(tasks.changes())
        lost += tasks.system.messages(Queue.SUM)
        tasks.system.wait(100)
        tasks.sweep()
    assert not tasks.wrong()
    assert [json.loads(row["result"]) for row in tasks.rows()] == [{"error": GAVE_UP}]
    assert len(lost) == MOST_SENDINGS
