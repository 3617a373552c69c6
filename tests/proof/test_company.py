"""One door is at work on a thing, and another door on the same thing runs from its beginning to its end in between.

Derived from the paths: doors are on the same thing whose paths are the same up to its id, and one of them writes.
"""

from functools import partial

import pytest

from kalit.kit.api import Endpoint
from tests.cloud import DOORS
from tests.speed import budget

from .faults import injected, preempted_by
from .goals import FULL, Proved
from .test_doors import ASIDE, Scene, is_write
from .town import VISITS, Town, Visit, some
from .whole import wrong


def thing(visit: Visit) -> str:
    """The path up to what it is about, or nothing."""
    door = DOORS[visit.door]
    path = door.path if isinstance(door, Endpoint) else ""
    return path.partition("}")[0] if "{" in path else ""


COSTS = budget.rows()
SOME = some(VISITS.values(), 4)


def company(first: Visit) -> list[Visit]:
    """Who may come in between. Who only reads finds what is half done, at most, and comes in the long form alone."""
    there = [second for second in SOME.values() if thing(first) and thing(first) == thing(second)]
    return [second for second in there if COSTS[second.door].writes or (FULL and COSTS[first.door].writes)]


@pytest.mark.parametrize("first", [visit for visit in SOME.values() if company(visit)], ids=lambda visit: visit.door)
def test_doors_on_one_thing_do_not_disturb_each_other(town: Town, first: Visit, proved: Proved) -> None:
    scene = Scene(town, first)
    calls, alone = scene.clean.calls, scene.bring_back
    tried, said = 0, []
    for second in company(first):
        alone()
        other = second.tell(town)
        path = {name: scene.asked[name] for name in other if name in scene.asked and name.endswith("id")}
        bring_back = scene.here.remember()
        with injected() as others:
            town.visit(second, asked=other | path)
        writes = [call for call in calls if is_write(call)]
        if not calls or not (writes or any(map(is_write, others))):
            continue
        for call in calls if FULL else [*writes, calls[-1]][:1]:
            bring_back()
            answers: list[int] = []
            between = partial(_note, answers, town, second, other | path)
            with injected({call.index: preempted_by(between)}):
                answers.append(scene.knock())
            scene.here.settle(besides=ASIDE)
            tried += 1
            said += [f"{second.door} at {call}: {status}" for status in answers if status >= 500 and status != 503]
            said += [f"{second.door} at {call}: {what}" for what in wrong(scene.here.system)]
    proved("G3", tried, faults=tried, wrong=len(said))
    assert not said, "\n".join(said)


def _note(answers: list[int], town: Town, visit: Visit, asked: dict[str, object]) -> None:
    answers.append(town.visit(visit, asked=asked).status)
