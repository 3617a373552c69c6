import pytest

from functions.tasks.countdown import TooEarly
from tests.cloud import Cloud

from ..rows import unchanged
from ..world import Clock, meanwhile, upset
from .owner import COUNTDOWN, DONE, Owner


def test_a_countdown_that_is_over_is_completed(ali: Owner, clock: Clock) -> None:
    id = ali.make(COUNTDOWN)
    clock.move(seconds=60)
    ali.count_down(id)
    assert (ali.task(id)["status"], ali.task(id)["result"]) == ("completed", DONE)
    assert ali.counts() == {"total": 1, "completed": 1}
    assert {"outbox", "open"}.isdisjoint(ali.row(id))


@pytest.mark.parametrize("after", [0, 59, 59.999])
def test_a_countdown_is_never_over_too_early(aws: Cloud, ali: Owner, clock: Clock, after: float) -> None:
    id = ali.make(COUNTDOWN)
    clock.move(seconds=after)
    with unchanged(aws), pytest.raises(TooEarly):
        ali.count_down(id)


def test_a_step_that_comes_again_changes_nothing(aws: Cloud, ali: Owner, clock: Clock) -> None:
    id = ali.make(COUNTDOWN)
    clock.move(seconds=60)
    ali.count_down(id)
    with unchanged(aws):
        ali.count_down(id)


def test_two_steps_at_once_count_once(ali: Owner, clock: Clock) -> None:
    id = ali.make(COUNTDOWN)
    clock.move(seconds=60)
    with upset("TransactWriteItems", meanwhile(lambda: ali.count_down(id)), own=True):
        ali.count_down(id)
    assert ali.counts() == {"total": 1, "completed": 1}


def test_a_cancelled_countdown_stays_cancelled(aws: Cloud, ali: Owner, clock: Clock) -> None:
    id = ali.make(COUNTDOWN)
    ali.cancel(id)
    clock.move(seconds=60)
    with unchanged(aws):
        ali.count_down(id)


def test_a_countdown_that_was_never_made_is_let_go(aws: Cloud) -> None:
    with unchanged(aws):
        aws.call("tasks.countdown", {"owner": 1, "id": 10**9, "due_at": "2026-01-01T00:00:00Z"})
