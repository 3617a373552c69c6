"""What is paused sends nothing, wherever its messages are, until it goes on."""

import pytest

from ..rows import unchanged
from ..world import Killed, killed_after, meanwhile, upset
from .office import LATER, Office


def refusal(status: str, needs: str) -> dict[str, str]:
    return {"detail": f"The campaign is {status}: {needs}"}


def test_a_campaign_that_waits_for_its_start_does_not_start(office: Office) -> None:
    office.client()
    id = office.campaign(**LATER)
    office.run()
    answer = office.ask("pause", id=id)
    assert (answer.status, answer.json["status"], answer.json["is_active"]) == (200, "PAUSED", False)
    assert answer.json == office.shown(id)
    office.pass_time(hours=2)
    office.settle()
    assert (office.outbox, office.status(id)) == ([], "PAUSED")


def test_what_is_planned_for_later_is_held_back(office: Office) -> None:
    office.client(timezone="Europe/London")
    id = office.campaign(time_interval_start="13:00", time_interval_end="18:00")
    office.run()
    office.move("pause", id)
    office.pass_time(hours=1, seconds=5)
    office.settle()
    assert office.outbox == []
    assert office.accounted(id) == {"pending": 1}


def test_what_is_on_its_way_to_a_sender_is_held_back(office: Office) -> None:
    office.clients(2)
    id = office.campaign()
    office.reach_the_queue()
    office.move("pause", id)
    office.run()
    assert office.outbox == []
    assert office.accounted(id) == {"pending": 2}
    office.settle()
    assert office.outbox == []


def test_what_a_sender_has_claimed_is_given_back(office: Office) -> None:
    office.clients(2)
    id = office.campaign()
    with upset("BatchExecuteStatement", meanwhile(lambda: office.move("pause", id)), after=1):
        office.run()
    assert office.outbox == []
    assert office.accounted(id) == {"pending": 2}
    assert {row["attempts"] for row in office.kept("MESSAGE#")} == {0}
    office.move("resume", id)
    office.run()
    assert office.accounted(id) == {"sent": 2}


def test_planning_stops_between_two_pages(office: Office) -> None:
    office.client()
    id = office.campaign()
    with upset("BatchExecuteStatement", meanwhile(lambda: office.move("pause", id))):
        office.run()
    office.settle()
    assert office.outbox == []
    assert office.stats(id) == {}
    office.move("resume", id)
    office.run()
    assert office.accounted(id) == {"sent": 1}


@pytest.mark.parametrize("status", ["FINISHED", "PAUSED", "FAILED"])
def test_only_what_is_under_way_can_pause(office: Office, status: str) -> None:
    if status != "FAILED":
        office.client()
    id = office.campaign(**(LATER if status == "PAUSED" else {}))
    if status == "PAUSED":
        office.move("pause", id)
    office.run()
    with unchanged(office.aws):
        answer = office.ask("pause", id=id)
    needs = "only what is scheduled or runs can pause."
    assert (answer.status, answer.json) == (409, refusal(status, needs))


def test_a_draft_cannot_pause(office: Office) -> None:
    told = LATER | {
        "end_datetime": "2026-01-06T00:00:00Z",
        "text_message": "x",
    }
    id = office.ask("create_newsletter", told).json["id"]
    assert office.ask("pause", id=id).status == 409


def test_who_dies_after_pausing_has_paused(office: Office) -> None:
    office.client()
    id = office.campaign()
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        office.ask("pause", id=id)
    office.settle()
    assert (office.status(id), office.outbox) == ("PAUSED", [])


def test_who_pauses_while_the_last_message_leaves_is_told_that_it_is_over(office: Office) -> None:
    office.client()
    id = office.campaign()
    with upset("TransactWriteItems", meanwhile(office.run)):
        assert office.ask("pause", id=id).status == 409
    assert office.accounted(id) == {"sent": 1}
