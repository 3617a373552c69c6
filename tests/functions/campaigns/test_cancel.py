"""What is called off is never sent, and says so; what was sent stays sent."""

import pytest

from ..rows import unchanged
from ..world import Killed, killed_after, meanwhile, upset
from .office import LATER, Office

pytestmark = pytest.mark.long  # runs from beginning to end

LONDON = {"time_interval_start": "13:00", "time_interval_end": "18:00"}


def test_what_is_planned_is_cancelled(office: Office) -> None:
    office.clients(2, timezone="Europe/London")
    id = office.campaign(**LONDON)
    office.run()
    answer = office.ask("cancel", id=id)
    assert (answer.status, answer.json["status"], answer.json["is_active"]) == (200, "PAUSED", False)
    office.run()
    assert office.accounted(id) == {"cancelled": 2}
    office.pass_time(hours=2)
    assert office.outbox == []
    assert office.accounted(id) == {"cancelled": 2}


def test_a_run_that_waits_for_its_start_never_begins(office: Office) -> None:
    office.client()
    id = office.campaign(**LATER)
    office.run()
    office.move("cancel", id)
    office.pass_time(hours=2)
    office.settle()
    assert (office.outbox, office.accounted(id)) == ([], {})


def test_halfway_what_was_sent_stays_sent(office: Office) -> None:
    first = office.client()
    second = office.client(timezone="Europe/London", phone_number="+998900000009")
    id = office.campaign(time_interval_start="16:00", time_interval_end="23:00")
    office.run()
    office.move("cancel", id)
    office.settle(300)
    assert office.told(id) == [(first, "SENT", None), (second, "CANCELLED", None)]
    assert office.accounted(id) == {"sent": 1, "cancelled": 1}


def test_what_a_sender_has_claimed_is_cancelled(office: Office) -> None:
    office.clients(2)
    id = office.campaign()
    with upset("BatchExecuteStatement", meanwhile(lambda: office.move("cancel", id)), after=1):
        office.run()
    assert office.outbox == []
    assert office.accounted(id) == {"cancelled": 2}


@pytest.mark.parametrize("after", range(4))
def test_while_it_is_planned_nothing_is_left_behind(office: Office, after: int) -> None:
    office.clients(2)
    id = office.campaign()
    operation = ("PutItem", "BatchExecuteStatement", "TransactWriteItems", "TransactWriteItems")[after]
    with upset(operation, meanwhile(lambda: office.move("cancel", id)), after=2 * (after == 3)):
        office.run()
    office.settle()
    assert office.outbox == []
    assert set(office.accounted(id)) <= {"cancelled"}


def test_what_is_tried_again_is_cancelled(office: Office) -> None:
    office.client(phone_number="+998901110000")
    id = office.campaign()
    office.run()
    assert office.accounted(id) == {"pending": 1}
    office.move("cancel", id)
    office.run()
    assert office.accounted(id) == {"cancelled": 1}


def test_what_is_moved_to_another_day_meanwhile_is_cancelled_at_once(office: Office) -> None:
    office.client(timezone="Europe/London")
    id = office.campaign(**LONDON, end_datetime="2026-01-07T00:00:00Z")
    office.run()
    office.clock.move(hours=7)
    office.tick()

    def cancel() -> None:
        office.move("cancel", id)
        office.follow()
        office.begin()

    with upset("BatchExecuteStatement", meanwhile(cancel)):
        office.deliver()
    office.run()
    assert office.accounted(id) == {"cancelled": 1}


def test_what_is_paused_can_be_called_off(office: Office) -> None:
    office.client(timezone="Europe/London")
    id = office.campaign(**LONDON)
    office.run()
    office.move("pause", id)
    office.pass_time(hours=2)
    office.move("cancel", id)
    office.run()
    assert office.accounted(id) == {"cancelled": 1}


def test_what_was_called_off_may_start_anew(office: Office) -> None:
    office.client(timezone="Europe/London")
    id = office.campaign(**LONDON)
    office.run()
    office.move("cancel", id)
    office.run()
    office.start(id)
    office.run()
    office.pass_time(hours=1, seconds=5)
    assert office.accounted(id) == {"cancelled": 1, "sent": 1}
    assert office.status(id) == "FINISHED"


def test_there_may_be_nothing_to_call_off(office: Office) -> None:
    office.client()
    id = office.campaign()
    office.run()
    with unchanged(office.aws):
        answer = office.ask("cancel", id=id)
    assert (answer.status, answer.json) == (409, {"detail": "The campaign is FINISHED: there is nothing to call off."})


def test_who_dies_after_calling_off_has_called_off(office: Office) -> None:
    office.client(timezone="Europe/London")
    id = office.campaign(**LONDON)
    office.run()
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        office.ask("cancel", id=id)
    office.run()
    assert office.accounted(id) == {"cancelled": 1}
