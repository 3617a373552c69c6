from datetime import timedelta

import pytest
from pynamodb.exceptions import TransactWriteError

from kalit.kit.resources import Table
from tests.cloud import Cloud

from ..rows import unchanged
from ..world import BEGINNING, Clock, Killed, killed_after, meanwhile, refused, upset
from .happenings import alert_id, alerts, counted_alerts, event, kept, record

TICKS = iter(range(1_000))


def tick(aws: Cloud, id: str = "") -> None:
    aws.call("security.purge_events", {"id": id or f"tick {next(TICKS)}"})


@pytest.fixture
def past(aws: Cloud, admin: str) -> None:
    """Events, of which 1, 2 and 5 are older than ninety days, 1 and 3 are resolved, and 5 has no alert."""
    for number, gone in [(1, 90 * 86_400 + 1), (2, 91 * 86_400), (3, 90 * 86_400), (4, 0), (5, 100 * 86_400)]:
        created_at = (BEGINNING - timedelta(seconds=gone)).isoformat()
        record(aws, event(number, severity="LOW" if number == 5 else "HIGH", created_at=created_at))
    for number in (1, 3):
        assert aws.http("security.resolve_alert", {}, token=admin, id=alert_id(number)).status == 200


def test_resolved_events_older_than_ninety_days_are_forgotten_with_their_alerts(aws: Cloud, past: None) -> None:
    tick(aws)
    assert (kept(aws), alerts(aws)) == ([2, 3, 4, 5], {2: "open", 3: "resolved", 4: "open"})
    assert counted_alerts(aws) == (2, 1)


def test_what_staff_did_is_not_forgotten(aws: Cloud, past: None) -> None:
    before = aws.rows(Table.SECURITY, "AUDIT#")
    tick(aws)
    assert aws.rows(Table.SECURITY, "AUDIT#") == before != []


def test_a_second_tick_finds_nothing(aws: Cloud, past: None) -> None:
    tick(aws)
    with unchanged(aws):
        tick(aws)


def test_time_does_the_rest(aws: Cloud, past: None, clock: Clock) -> None:
    clock.move(seconds=1)
    tick(aws)
    assert alerts(aws) == {2: "open", 4: "open"}


def test_one_that_dies_is_replaced_by_the_next(aws: Cloud, past: None, clock: Clock) -> None:
    clock.move(days=1)
    with upset("TransactWriteItems", killed_after, own=True), pytest.raises(Killed):
        tick(aws, "the same")
    tick(aws, "the same")
    assert (kept(aws), counted_alerts(aws)) == ([2, 4, 5], (2, 0))


def test_one_that_another_tick_forgets_meanwhile_is_forgotten_once(aws: Cloud, past: None) -> None:
    with upset("TransactWriteItems", meanwhile(lambda: tick(aws)), own=True):
        tick(aws)
    assert counted_alerts(aws) == (2, 1)


def test_one_that_cannot_be_forgotten_holds_up_no_other(aws: Cloud, past: None, clock: Clock) -> None:
    clock.move(days=1)
    with upset("TransactWriteItems", refused("ValidationException"), own=True), pytest.raises(TransactWriteError):
        tick(aws)
    assert counted_alerts(aws) == (2, 1)
    tick(aws)
    assert counted_alerts(aws) == (2, 0)


def test_each_costs_a_transaction(aws: Cloud, past: None, calls: list[str]) -> None:
    tick(aws)
    work = ["Query", "TransactWriteItems"]
    assert calls[-len(work) - 1 :] == [*work, "TransactWriteItems"]  # the last is the job's
