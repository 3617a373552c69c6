"""A run begins when its time has come, once, by what its campaign says then."""

from typing import Any

import pytest

from ..world import Killed, killed_after, meanwhile, upset
from .office import LATER, Office


def begin(office: Office, run: int = 1) -> Any:
    return office.aws.call("campaigns.begin", {"run": run})


@pytest.fixture
def campaign(office: Office) -> int:
    """One that starts at one o'clock, with a client."""
    office.client()
    return office.campaign(**LATER)


def test_before_its_time_it_is_told_to_wait(office: Office, campaign: int) -> None:
    assert begin(office) == {"do": "wait", "at": "2026-01-05T13:00:00Z"}
    assert office.status(campaign) == "SCHEDULED"


def test_at_its_time_it_begins_and_only_once(office: Office, campaign: int) -> None:
    office.clock.move(hours=1)
    assert begin(office) == {"do": "plan", "at": "2026-01-05T13:00:00Z"}
    shown = office.shown(campaign)
    assert (shown["status"], shown["is_active"]) == ("RUNNING", True)
    office.clock.move(seconds=30)
    assert begin(office)["do"] == "plan"
    assert office.shown(campaign)["last_started_at"] == "2026-01-05T13:00:00.000Z"


def test_after_the_end_it_fails(office: Office, campaign: int) -> None:
    office.clock.move(hours=25)
    assert begin(office)["do"] == "end"
    shown = office.shown(campaign)
    assert (shown["status"], shown["is_active"], shown["failure"]) == ("FAILED", False, "end_past")
    assert [row["state"] for row in office.rows("RUN#1 RUN")] == ["FAILED"]
    assert begin(office)["do"] == "end"


@pytest.mark.parametrize("verb", ["pause", "cancel", "delete"])
def test_what_is_held_back_or_called_off_does_not_begin(office: Office, campaign: int, verb: str) -> None:
    office.move(verb, campaign)
    office.clock.move(hours=1)
    assert begin(office)["do"] == "end"
    assert office.status(campaign) if verb != "delete" else True


def test_a_run_that_never_was_is_at_its_end(office: Office) -> None:
    assert begin(office, 77)["do"] == "end"


@pytest.mark.parametrize("verb", ["pause", "cancel", "delete"])
def test_who_holds_it_back_meanwhile_wins(office: Office, campaign: int, verb: str) -> None:
    office.clock.move(hours=1)
    with upset("TransactWriteItems", meanwhile(lambda: office.move(verb, campaign)), own=True):
        assert begin(office)["do"] == "end"
    office.settle()
    assert office.outbox == []


def test_a_change_in_the_last_moment_counts(office: Office, campaign: int) -> None:
    office.clock.move(hours=1)
    told = {"text_message": "Other."}
    with upset("TransactWriteItems", meanwhile(lambda: office.move("update", campaign, body=told)), own=True):
        assert begin(office)["do"] == "plan"
    office.run()
    assert [text for _, text in office.outbox] == ["Other."]


def test_who_dies_after_beginning_has_begun(office: Office, campaign: int) -> None:
    office.clock.move(hours=1)
    with upset("TransactWriteItems", killed_after, own=True), pytest.raises(Killed):
        begin(office)
    assert office.status(campaign) == "RUNNING"
    assert begin(office)["do"] == "plan"
