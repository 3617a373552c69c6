"""Many people ask for tasks at once, while processes die and all messages come twice."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from kalit.kit.resources import Queue
from tests.cloud import Answer

from . import accounts
from .faults import Crash, Unlucky, injected
from .goals import FULL, Proved
from .tasks import LEASE, Tasks

PEOPLE, CREATES, THREADS = (20, 200, 32) if FULL else (3, 12, 8)
AT_ONCE = 6 * PEOPLE  # asks between two deliveries


def test_everybody_has_five_tasks_at_most_and_none_is_lost(tasks: Tasks, proved: Proved) -> None:
    """Who dies asks again with his key, until he is answered; whoever has five is refused until some are done."""
    people = [next(accounts.new_names) for _ in range(PEOPLE)]
    for person in people:
        assert accounts.register(tasks.system, person).status == 201
    asks = [(person, f"{person} {n}") for person in people for n in range(CREATES)]
    random.Random(12).shuffle(asks)
    plan, answers = Unlucky(share=0.1, conflicts=0.05, seed=12), list[Answer]()
    for some in chunks(asks):
        tokens = {person: tasks.system.cloud.log_in(person, accounts.PASSWORD) for person in people}

        def ask(told: tuple[str, str], tokens: dict[str, str] = tokens) -> Answer:
            person, key = told
            plan.begin()
            while True:
                with suppress(Crash):
                    answer = tasks.create("sum", key, token=tokens[person])
                    if answer.status in (201, 400):
                        return answer
                    assert answer.status in (409, 500, 503), answer.text
                tasks.system.wait(LEASE)

        with injected(plan), ThreadPoolExecutor(THREADS) as threads:
            answers += threads.map(ask, some)
        assert not tasks.wrong(ended=False)
        deliver_twice(tasks)
    tasks.settle()
    made = [answer.json["id"] for answer in answers if answer.status == 201]
    assert len(made) >= 5 * PEOPLE
    assert sorted(made) == sorted(row["id"] for row in tasks.rows())
    assert not tasks.wrong()
    proved("G12", PEOPLE * CREATES, faults=plan.faults)


def chunks(asks: list[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    for begin in range(0, len(asks), AT_ONCE):
        yield asks[begin : begin + AT_ONCE]


def deliver_twice(tasks: Tasks) -> None:
    records = tasks.changes()
    tasks.dispatch(records)
    tasks.dispatch(records)
    messages = tasks.system.messages(Queue.SUM)
    assert tasks.add(messages) == tasks.add(messages) == []
