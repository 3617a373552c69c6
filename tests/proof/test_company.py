"""One door is at work on a thing, and another door on the same thing runs from its beginning to its end in between.

Derived from the paths: doors are on the same thing whose paths are the same up to its id, and one of them writes.
"""

from functools import partial
from itertools import product

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
PAIRS = {
    f"{first.door} while {second.door}": (first, second)
    for first, second in product(some(VISITS.values(), 4).values(), repeat=2)
    if thing(first) and thing(first) == thing(second) and (COSTS[first.door].writes or COSTS[second.door].writes)
}


@pytest.mark.parametrize(("first", "second"), PAIRS.values(), ids=PAIRS)
def test_doors_on_one_thing_do_not_disturb_each_other(town: Town, first: Visit, second: Visit, proved: Proved) -> None:
    scene = Scene(town, first)
    calls = scene.calls()
    scene.bring_back()
    other = second.tell(town)
    path = {name: scene.asked[name] for name in other if name in scene.asked and name.endswith("id")}
    scene.bring_back = scene.here.remember()
    with injected() as others:
        town.visit(second, asked=other | path)
    if not calls or not any(is_write(call) for call in (*calls, *others)):
        return
    said: list[str] = []
    places = calls if FULL else [next((call for call in calls if is_write(call)), calls[-1])]
    for call in places:
        scene.bring_back()
        answers: list[int] = []
        between = partial(_note, answers, town, second, other | path)
        with injected({call.index: preempted_by(between)}):
            answers.append(scene.knock())
        scene.here.settle(besides=ASIDE)
        said += [f"at {call}: {status}" for status in answers if status >= 500 and status != 503]
        said += [f"at {call}: {what}" for what in wrong(scene.here.system)]
    proved("G3", len(places), faults=len(places), wrong=len(said))
    assert not said, "\n".join(said)


def _note(answers: list[int], town: Town, visit: Visit, asked: dict[str, object]) -> None:
    answers.append(town.visit(visit, asked=asked).status)
