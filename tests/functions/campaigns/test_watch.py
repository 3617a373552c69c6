"""A run is looked at until it is over."""

from typing import Any

from ..world import meanwhile, upset
from .office import Office

LONDON = {"time_interval_start": "13:00", "time_interval_end": "18:00"}


def watch(office: Office, run: int = 1) -> Any:
    return office.aws.call("campaigns.watch", {"run": run})


def test_while_something_is_open_it_is_looked_at_again_behind_the_next_slot(office: Office) -> None:
    office.client(timezone="Europe/London")
    office.campaign(**LONDON)
    office.run()
    assert watch(office) == {"do": "watch", "at": "2026-01-05T13:01:00Z"}
    office.clock.move(hours=2)
    assert watch(office) == {"do": "watch", "at": "2026-01-05T14:01:00Z"}


def test_what_is_over_is_looked_at_no_more(office: Office) -> None:
    office.client()
    id = office.campaign()
    office.run()
    assert watch(office)["do"] == "end"
    assert watch(office, 77)["do"] == "end"
    assert office.status(id) == "FINISHED"


def test_what_a_sender_left_open_is_ended(office: Office) -> None:
    office.client()
    id = office.campaign()
    with upset("TransactWriteItems", meanwhile(office.tick)):
        office.run()
    office.settle()
    assert office.status(id) == "FINISHED"


def test_a_paused_run_is_not_looked_at(office: Office) -> None:
    office.client(timezone="Europe/London")
    id = office.campaign(**LONDON)
    office.run()
    office.move("pause", id)
    assert watch(office)["do"] == "end"
    assert office.status(id) == "PAUSED"
