"""Timers that come late, thrice, after they were called off or put off, or never: each has its effect once."""

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from .goals import FULL, Proved
from .system import System
from .timers import KINDS, LATER, Timers
from .works import Works

NUMBER = (1_000 if FULL else 60) // len(KINDS)
NEVER = max(1, NUMBER // 50)
LATE, STEP = 10, 2  # minutes: how late they come at most, and how often is looked
REPAIRED = 5  # minutes, within which a tick does what was missed


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__.lower())
def test_a_timer_has_its_effect_once(system: System, kind: type[Timers], proved: Proved) -> None:
    dice, timers = random.Random(15), kind(system)
    works = Works(system)
    works.settle()
    ids, due = timers.set(NUMBER - NEVER)
    works.move()
    works.settle()
    fate = dice.sample(ids, len(ids))
    off, later = fate[: NUMBER // 10], fate[NUMBER // 10 : NUMBER // 5] if timers.moves else []
    on_time = Counter(set(ids) - {*off, *later})
    waiting = dict(works.executions)
    for id in off:
        timers.call_off(id)
    for id in later:
        timers.put_off(id)
    works.settle()

    # Each comes thrice, and late; those that were called off too.
    for arn, execution in waiting.items():
        for time in range(3):
            until = (execution.until or due) + timedelta(minutes=dice.uniform(0, LATE))
            works.executions[f"{arn} {time}"] = replace(execution, until=until)
        works.executions.pop(arn, None)
    system.set_clock(due - timedelta(seconds=1))
    works.settle()
    wrong = [f"{id} came too early" for id in timers.done()]
    pass_time(system, works, timers)
    wrong += differing(timers.done(), on_time)
    system.set_clock(due + LATER)
    pass_time(system, works, timers)
    wrong += differing(timers.done(), on_time + Counter(later))

    # Some never come.
    missed, due = timers.set(NEVER)
    works.settle()
    works.executions.clear()
    system.set_clock(due)
    for _ in range(REPAIRED):
        system.wait(60)
        works.tick(timers.sweep)
        works.settle()
    wrong += differing(timers.done(), on_time + Counter(later) + Counter(missed))
    wrong += timers.wrong()
    proved("G15", NUMBER, faults=2 * len(ids) + len(off) + len(later) + NEVER, wrong=len(wrong))
    assert not wrong


def pass_time(system: System, works: Works, timers: Timers) -> None:
    """All that comes late has come."""
    for _ in range(0, LATE + STEP, STEP):
        for _ in range(3):
            timers.fire()
        works.settle()
        system.wait(STEP * 60)


def differing(done: Counter[int], expected: Counter[int]) -> list[str]:
    return [f"{id} had its effect {done[id]} times" for id in done | expected if done[id] != expected[id]]
