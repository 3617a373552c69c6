"""Slots are handed over at their time, some at a step, and each only once."""

from typing import Any

import pytest

from kalit.campaigns import slot_store

from ..world import Killed, killed_after, upset
from .office import Office

WINDOW = {"time_interval_start": "16:00", "time_interval_end": "23:00", "end_datetime": "2026-01-07T00:00:00Z"}


def release(office: Office, **told: Any) -> Any:
    order = {"run": 1, "at": "2026-01-05T20:00:00Z", "until": "2026-01-05T20:00:00Z", **told}
    return office.aws.call("campaigns.release", order)


@pytest.fixture
def planned(office: Office) -> int:
    """A campaign with slots at 13, 14, 15, 16 and 17 o'clock, and its run's machines lost."""
    for hour in range(5):
        office.client(timezone=f"Etc/GMT-{3 - hour}" if hour < 3 else f"Etc/GMT+{hour - 3}")
    id = office.campaign(**WINDOW)
    office.run()
    office.waiting.clear()
    assert [row["sk"][16:21] for row in office.kept("SLOT#")] == ["13:00", "14:00", "15:00", "16:00", "17:00"]
    return id


def handed(office: Office) -> int:
    return len(office.letters())


def test_what_is_due_by_then_is_handed_over(office: Office, planned: int) -> None:
    office.clock.move(hours=2)
    answer = release(office, at="2026-01-05T14:00:00Z", until="2026-01-05T14:00:00Z")
    assert (answer["more"], handed(office)) == (False, 2)


def test_a_step_hands_some_over_and_tells_where_it_goes_on(
    office: Office, planned: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slot_store, "AT_ONCE", 2)
    office.clock.move(hours=8)
    first = release(office)
    assert (first["more"], handed(office)) == (True, 2)
    second = release(office, after=first["after"])
    third = release(office, after=second["after"])
    assert (second["more"], third["more"], handed(office)) == (True, False, 3)


def test_who_dies_in_between_leaves_the_rest_to_the_next_try(office: Office, planned: int) -> None:
    office.clock.move(hours=5)
    with upset("SendMessage", killed_after, after=1), pytest.raises(Killed):
        release(office)
    release(office)
    office.settle(20)
    assert office.accounted(planned) == {"sent": 5}


def test_a_run_that_never_was_has_no_slots(office: Office) -> None:
    assert release(office, run=77) == {**release(office, run=77), "more": False, "after": ""}
