"""Histories: random acts, one after the other, each compared with what a model of a few lines says.

The same histories come each time. What fails is told as it was found, for to shrink it would take minutes.
"""

import sys
from collections.abc import Callable
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, run_state_machine_as_test

from .faults import Crash, Fault, crash_after, crash_before, injected

# Where a process dies on its way, if it does: at which of its calls, and how.
Death = tuple[int, Fault] | None
DEATHS: st.SearchStrategy[Death] = st.one_of(
    st.none(), st.none(), st.tuples(st.integers(0, 7), st.sampled_from((crash_before, crash_after)))
)


class History(RuleBasedStateMachine):
    """A machine that counts what it went through."""

    acts: ClassVar[int] = 0
    faults: ClassVar[int] = 0
    ended: ClassVar[int] = 0

    def teardown(self) -> None:
        if sys.exc_info()[0] is None:  # what went wrong on the way is not to be hidden by what follows from it
            History.ended += 1
            self.in_the_end()

    def in_the_end(self) -> None:
        """What must be true when nothing more happens."""

    @invariant()
    def one_act_more(self) -> None:
        History.acts += 1
        self.check()

    def check(self) -> None:
        """What must be true after each act."""

    def live(self, *acts: Callable[[], object]) -> None:
        """Go so, rather than at random."""
        for act in acts:
            act()
            self.one_act_more()

    def dies(self, act: Callable[[], object], death: Death) -> bool:
        """Whether the act died on its way: it may have come to its end before."""
        try:
            with injected(dict([death] if death else [])):
                act()
        except Crash:
            History.faults += 1
            return True
        return False


def prove(make: Callable[[], History], runs: int, steps: int) -> tuple[int, int]:
    """Let so many machines make so many steps each, at most; returns how many acts and faults there were."""
    acts, faults, ended = History.acts, History.faults, History.ended
    told = settings(
        max_examples=runs,
        stateful_step_count=steps,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(make, settings=told)  # type: ignore[no-untyped-call]
    assert History.ended > ended
    return History.acts - acts, History.faults - faults


def taken(line: list[Any], place: int, stays: bool) -> Any:
    """One of what is under way, the newest being 0; it may come again."""
    index = len(line) - 1 - place % len(line)
    return line[index] if stays else line.pop(index)
