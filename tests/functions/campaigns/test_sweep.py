"""The tick repairs what got lost: a machine that never started, a slot whose message is gone, a step that died."""

import pytest

from kalit.kit.resources import Table

from ..rows import put
from ..world import Killed, killed_after, upset
from .office import LATER, Office

LONDON = {"time_interval_start": "13:00", "time_interval_end": "18:00"}


def lose(office: Office) -> None:
    """All that is under way outside the tables gets lost."""
    office.begin()
    office.letters()
    office.waiting.clear()
    office.posted.clear()


@pytest.mark.parametrize("steps", range(5))
def test_whatever_is_lost_on_its_way_is_handed_over_again(office: Office, steps: int) -> None:
    office.client()
    id = office.campaign()
    office.reach_the_queue(steps)
    lose(office)
    for row in office.kept(""):  # and the stream brings nothing
        put(office.aws, Table.CAMPAIGNS, {name: told for name, told in row.items() if name != "outbox"})
    office.settle()
    assert office.accounted(id) == {"sent": 1}
    assert office.status(id) == "FINISHED"


def test_a_run_whose_machine_is_lost_starts_with_the_next_tick(office: Office) -> None:
    office.client()
    id = office.campaign(**LATER)
    office.run()
    lose(office)
    office.pass_time(minutes=59)
    assert office.outbox == []
    office.pass_time(minutes=1)
    assert office.accounted(id) == {"sent": 1}


def test_a_slot_whose_machine_is_lost_is_handed_over_with_the_next_tick(office: Office) -> None:
    office.client(timezone="Europe/London")
    id = office.campaign(**LONDON)
    office.run()
    lose(office)
    office.pass_time(minutes=59)
    assert office.outbox == []
    office.pass_time(minutes=1)
    assert office.accounted(id) == {"sent": 1}
    assert office.status(id) == "FINISHED"


def test_a_slot_whose_message_is_lost_is_handed_over_after_five_minutes(office: Office) -> None:
    office.client()
    id = office.campaign()
    office.reach_the_queue()
    lose(office)
    office.pass_time(minutes=4, seconds=59)
    assert office.outbox == []
    office.pass_time(seconds=1)
    assert office.accounted(id) == {"sent": 1}


def test_who_dies_while_handing_over_leaves_it_to_a_later_tick(office: Office) -> None:
    office.client(timezone="Europe/London")
    id = office.campaign(**LONDON)
    office.run()
    lose(office)
    office.clock.move(hours=1, minutes=1)
    with upset("UpdateItem", killed_after), pytest.raises(Killed):
        office.tick()
    office.settle()
    assert office.accounted(id) == {"sent": 1}


def test_what_is_over_or_held_back_is_left_alone(office: Office) -> None:
    office.client(timezone="Europe/London")
    over, paused = office.campaign(), office.campaign(**LONDON)
    office.run()
    office.move("pause", paused)
    office.settle(80)
    seen = len(office.seen)
    office.settle(30)
    assert len(office.seen) == seen
    assert office.accounted(over) == {"sent": 1}
    assert office.accounted(paused) == {"pending": 1}
    assert not [row for row in office.kept("") if "due" in row]


def test_a_tick_with_nothing_to_do_does_nothing(office: Office) -> None:
    office.client()
    office.campaign()
    office.run()
    before = office.rows()
    office.tick()
    assert office.rows() == before
