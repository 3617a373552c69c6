"""What the stream brings: machines are started, slots handed over, whatever comes twice or not at all."""

import json

import pytest
from botocore.exceptions import ClientError

from tests.cloud import change

from ..world import Killed, killed_after, refused, upset
from .office import LATER, Office

TICK = {"id": "<aws.scheduler.scheduled-time>", "tick": "sweep"}
LONDON = {"time_interval_start": "13:00", "time_interval_end": "18:00"}


def test_a_new_run_has_its_machine_started_once(office: Office) -> None:
    office.client()
    id = office.campaign(**LATER)
    rows = [row for row in office.rows() if "outbox" in row]
    for row in [*rows, *rows]:
        office.aws.call("campaigns.dispatch", {"Records": [change(row)]})
    assert office.begin() == 1
    assert office.follow() == 0
    office.pass_time(hours=1, seconds=5)
    assert office.accounted(id) == {"sent": 1}


def test_a_slot_that_is_due_soon_waits_in_the_queue(office: Office) -> None:
    office.client(timezone="Europe/London")
    id = office.campaign(time_interval_start="12:14", time_interval_end="18:00")
    office.run()
    assert len(office.posted) == 1
    office.clock.move(minutes=13, seconds=59)
    office.run()
    assert office.outbox == []
    office.clock.move(seconds=1)
    office.run()
    assert office.accounted(id) == {"sent": 1}


def test_a_slot_comes_out_of_the_queue_no_moment_too_early(office: Office) -> None:
    office.client(timezone="Europe/London")
    id = office.campaign(time_interval_start="12:14", time_interval_end="18:00")
    for move in (office.follow, office.begin, office.step):
        move()
    office.clock.move(seconds=0.6)
    office.follow()
    office.letters()
    [(at, _)] = office.posted
    assert (at - office.clock.now).total_seconds() == 840
    office.clock.move(seconds=840)
    office.run()
    assert office.accounted(id) == {"sent": 1}


def test_a_slot_that_is_due_later_waits_in_a_machine(office: Office) -> None:
    office.client(timezone="Europe/London")
    office.campaign(**LONDON)
    office.run()
    assert office.posted == []
    [order] = [told for _, name, told in office.waiting if name == "campaigns.release"]
    assert (order["at"], order["until"]) == ("2026-01-05T13:00:00Z", "2026-01-05T13:00:00Z")


@pytest.mark.parametrize("told", [{}, LONDON], ids=["queue", "machine"])
def test_who_dies_in_between_is_followed_by_another(office: Office, told: dict[str, str]) -> None:
    office.client(timezone="Europe/London")
    id = office.campaign(**told)
    for operation in ("StartExecution", "StartExecution" if told else "SendMessage"):
        with upset(operation, killed_after), pytest.raises(Killed):
            office.run()
    office.run()
    office.pass_time(hours=1, seconds=10)
    assert office.accounted(id) == {"sent": 1}


def test_what_the_stream_never_brought_is_followed_after_five_minutes(office: Office) -> None:
    office.client()
    id = office.campaign()
    office.clock.move(minutes=5, seconds=1)
    office.aws.call("campaigns.dispatch", TICK)
    assert office.follow() == 0
    office.run()
    assert office.accounted(id) == {"sent": 1}


def test_one_that_fails_asks_on(office: Office) -> None:
    office.client()
    id = office.campaign()
    with upset("StartExecution", refused("ServiceUnavailable")), pytest.raises(ClientError):
        office.follow()
    office.run()
    assert office.accounted(id) == {"sent": 1}


def test_a_run_that_is_called_off_has_all_its_slots_handed_over(office: Office) -> None:
    office.client(timezone="Europe/London")
    office.client(timezone="America/New_York", phone_number="+998900000009")
    id = office.campaign(**LONDON)
    office.run()
    office.move("cancel", id)
    office.follow()
    office.begin()
    [order] = [told for at, name, told in office.waiting if name == "campaigns.release" and at <= office.clock.now]
    assert order["until"].startswith("9000-")
    office.step()
    bodies = [json.loads(letter["body"])["do"] for letter in office.letters()]
    assert bodies == ["send", "send"]
    office.settle()
    assert office.accounted(id) == {"pending": 2} or office.accounted(id) == {"cancelled": 2}


def test_a_campaign_that_is_deleted_has_its_runs_purged(office: Office) -> None:
    office.client()
    id = office.campaign(**LATER)
    office.move("delete", id)
    office.follow()
    assert [json.loads(letter["body"])["do"] for letter in office.letters()] == ["purge"]
