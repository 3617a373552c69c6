"""What goes on, goes on where it was; what would come at night now waits for the next window."""

import pytest

from ..world import Killed, killed_after, upset
from .office import LATER, Office


def test_what_was_held_back_is_sent(office: Office) -> None:
    office.clients(2)
    id = office.campaign()
    office.reach_the_queue()
    office.move("pause", id)
    office.run()
    answer = office.ask("resume", id=id)
    assert (answer.status, answer.json["status"], answer.json["is_active"]) == (200, "RUNNING", True)
    office.run()
    assert office.accounted(id) == {"sent": 2}
    assert office.status(id) == "FINISHED"


def test_a_campaign_whose_start_is_still_to_come_waits_for_it(office: Office) -> None:
    office.client()
    id = office.campaign(**LATER)
    office.run()
    office.move("pause", id)
    office.run()
    answer = office.ask("resume", id=id)
    assert (answer.json["status"], answer.json["is_active"]) == ("SCHEDULED", False)
    office.run()
    begun = len(office.seen)
    for _ in range(5):
        office.pass_time(minutes=10)
    assert (office.outbox, len(office.seen)) == ([], begun)
    office.pass_time(minutes=10, seconds=5)
    assert office.accounted(id) == {"sent": 1}


def test_a_campaign_whose_start_has_passed_meanwhile_begins(office: Office) -> None:
    office.client()
    id = office.campaign(**LATER)
    office.run()
    office.move("pause", id)
    office.pass_time(hours=2)
    office.move("resume", id)
    office.run()
    assert office.accounted(id) == {"sent": 1}


def test_what_would_come_at_night_waits_for_the_next_window(office: Office) -> None:
    office.client(timezone="Europe/London")
    id = office.campaign(time_interval_start="13:00", time_interval_end="18:00")
    office.run()
    office.move("pause", id)
    office.pass_time(hours=7)
    office.move("resume", id)
    office.run()
    assert office.outbox == []
    assert office.accounted(id) == {"skipped": 1}  # the campaign ends at noon
    assert office.told(id)[0][2] == "window_closed"


def test_what_would_come_at_night_is_moved_where_there_is_another_day(office: Office) -> None:
    office.client(timezone="Europe/London")
    window = {"time_interval_start": "13:00", "time_interval_end": "18:00"}
    id = office.campaign(**window, end_datetime="2026-01-07T00:00:00Z")
    office.run()
    office.move("pause", id)
    office.pass_time(hours=7)
    office.move("resume", id)
    office.run()
    assert office.message(id)["planned_send_at"] == "2026-01-06T13:00:00.000Z"
    assert office.accounted(id) == {"pending": 1}
    office.pass_time(hours=17, minutes=59)
    assert office.outbox == []
    office.pass_time(minutes=1, seconds=5)
    assert office.accounted(id) == {"sent": 1}


def test_after_the_end_what_was_held_back_is_skipped(office: Office) -> None:
    office.client(timezone="Europe/London")
    id = office.campaign(time_interval_start="13:00", time_interval_end="18:00")
    office.run()
    office.move("pause", id)
    office.pass_time(hours=25)
    office.move("resume", id)
    office.run()
    assert office.told(id)[0][1:] == ("SKIPPED", "window_closed")
    assert office.accounted(id) == {"skipped": 1}
    assert office.status(id) == "FINISHED"


@pytest.mark.parametrize("verb", ["", "cancel"])
def test_only_what_is_paused_can_go_on(office: Office, verb: str) -> None:
    office.client()
    id = office.campaign(**LATER)
    if verb:
        office.move(verb, id)
    answer = office.ask("resume", id=id)
    assert answer.status == 409
    assert answer.json["detail"].endswith("only what is paused can go on.")


def test_who_dies_after_asking_to_go_on_has_gone_on(office: Office) -> None:
    office.client()
    id = office.campaign()
    office.move("pause", id)
    office.run()
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        office.ask("resume", id=id)
    office.run()
    assert office.accounted(id) == {"sent": 1}


def test_pausing_and_going_on_many_times_sends_once(office: Office) -> None:
    office.clients(2)
    id = office.campaign()
    for steps in range(4):
        office.reach_the_queue(steps + 1)
        office.move("pause", id)
        office.move("resume", id)
    office.run()
    assert office.accounted(id) == {"sent": 2}
