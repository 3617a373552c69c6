from typing import Any

import pytest

from kalit.jobs.history import QUEUES
from kalit.kit.resources import Queue

from ..world import refused, upset
from .office import STATES, Office, by_hand


def figures(office: Office, queue: str) -> Any:
    [found] = [told for told in office.get("overview")["queues"] if told["name"] == queue]
    return found


def timetable(office: Office, name: str) -> Any:
    [found] = [told for told in office.get("overview")["schedules"] if told["name"].startswith(name)]
    return found


def test_its_figures_are_those_of_the_list(office: Office) -> None:
    office.dead()
    for num in (1, 2):
        office.ask("ask_task_1", {"num": num})
    office.drain()
    office.ask("ask_task_1", {"num": 3})
    office.ask("ask_sms", {})
    office.tick("run_recurring")
    told = office.get("overview")
    assert [queue["name"] for queue in told["queues"]] == list(QUEUES)
    for queue in told["queues"]:
        for state in STATES:
            assert queue[state] == office.get("list", queue=queue["name"], state=state)["count"]
    assert told["at"] == "2026-01-05T12:00:01.000Z"


def test_a_queue_says_itself_how_many_messages_it_has(office: Office) -> None:
    for num in (1, 2, 3):
        office.ask("ask_task_1", {"num": num})
    assert figures(office, "default")["depth"] == {"waiting": 3, "in_flight": 0, "delayed": 0}
    office.waiting(Queue.DEFAULT)
    assert figures(office, "default")["depth"] == {"waiting": 0, "in_flight": 3, "delayed": 0}
    assert figures(office, "schedules")["depth"] is None


def test_the_age_of_the_oldest_is_that_of_what_has_not_ended(office: Office) -> None:
    assert figures(office, "default")["oldest_seconds"] is None
    office.dead()
    assert figures(office, "default")["oldest_seconds"] is None
    office.ask("ask_task_1", {"num": 1})
    office.clock.move(seconds=90)
    office.ask("ask_task_1", {"num": 2})
    assert figures(office, "default")["oldest_seconds"] == 90
    office.drain()
    assert figures(office, "default")["oldest_seconds"] is None


def test_the_success_rate_is_that_of_what_ended(office: Office) -> None:
    assert figures(office, "default")["success_rate"] is None
    for num in (1, 2, 3):
        office.work(Queue.DEFAULT, by_hand({"job": "task_1", "num": num}, str(num)))
    assert figures(office, "default")["success_rate"] == 1
    office.dead()
    office.ask("ask_task_1", {"num": 3})
    assert figures(office, "default")["success_rate"] == 0.75


def test_a_tick_says_when_it_comes_and_how_it_went(office: Office) -> None:
    told = timetable(office, "jobs.run_recurring")
    assert told == {
        "name": "jobs.run_recurring",
        "kind": "tick",
        "expression": "rate(1 minute)",
        "zone": "UTC",
        "next": [f"2026-01-05T12:0{minute}:00.000Z" for minute in range(1, 6)],
        "last": None,
        "last_state": None,
    }
    office.tick("run_recurring")
    office.clock.move(minutes=1)
    with upset("Query", refused("InternalServerError")), pytest.raises(Exception, match="no"):
        office.tick("run_recurring")
    told = timetable(office, "jobs.run_recurring")
    assert (told["last"], told["last_state"]) == ("2026-01-05T12:01:00.000Z", "retrying")


def test_the_next_runs_of_a_schedule_are_foretold(office: Office) -> None:
    id = office.schedule(expression="0 9 * * MON-FRI", description="Every working day")
    told = timetable(office, f"#{id} Every working day")
    assert (told["kind"], told["expression"], told["zone"]) == ("schedule", "0 9 * * MON-FRI", "Asia/Tashkent")
    assert told["next"] == [f"2026-01-{day}T04:00:00.000Z" for day in ("06", "07", "08", "09", "12")]


@pytest.mark.parametrize("expression", ["rate(1 day)", "0 6 * * *"])
def test_a_date_to_come_is_the_first_of_them(office: Office, expression: str) -> None:
    id = office.schedule(expression=expression, zone="UTC", date="2026-02-01T06:00:00Z")
    told = timetable(office, f"#{id}")
    assert told["next"] == [f"2026-02-0{day}T06:00:00.000Z" for day in range(1, 6)]
    assert told["next"][0] == office.shown(id)["next_run"]


def test_schedules_without_an_expression_have_no_timetable(office: Office) -> None:
    office.schedule()
    assert {told["kind"] for told in office.get("overview")["schedules"]} == {"tick"}


def test_no_schedule_spoils_it_for_all(office: Office) -> None:
    office.schedule(expression="rate(99999 days)", date="8999-12-31T00:00:00Z")
    office.schedule(expression="0 0 29 2 *", date="8999-12-31T00:00:00Z")
    assert timetable(office, "#1")["next"]
    assert timetable(office, "#2")["next"]
