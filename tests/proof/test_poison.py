"""Poison among messages: those that nobody can do are put aside, all others are done, and after a cure these too.

The poison are schedules whose rows cannot be read; the engine's turn is in test_poison_over_http.py.
"""

import json
from collections import Counter
from pathlib import Path

import pytest

from kalit.kit.resources import Queue, Table
from tests.cloud import change
from tests.functions.jobs.office import MOST_RECEIVES, Office
from tests.functions.world import Clock

from .goals import FULL, Proved
from .system import System

MESSAGES, POISON = (400, 8) if FULL else (60, 3)
TWICE = MESSAGES // 5  # of the messages, because the stream tells of them twice


@pytest.fixture
def office(system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    clock = Clock(tmp_path / "clock")
    monkeypatch.setenv("CLOCK_FILE", str(clock.file))
    system.cloud.call("accounts.bootstrap", {"username": "boss", "password": "password123"})
    return Office(system.cloud, system.cloud.log_in("boss"), clock)


def test_poison_is_put_aside_and_done_after_a_cure_and_all_else_is_done_once(office: Office, proved: Proved) -> None:
    schedules = [office.schedule(status=True) for _ in range(MESSAGES)]
    jobs = {id: office.aws.http("jobs.run_schedule", {}, token=office.token, id=id).json["task_id"] for id in schedules}
    poison = schedules[:: MESSAGES // POISON][:POISON]
    table = office.aws.table(Table.JOBS)
    rows = [table.get_item(Key={"pk": "SCHEDULES", "sk": f"SCHEDULE#{id:019d}"})["Item"] for id in poison]
    for row in rows:
        table.put_item(Item={**row, "told": "nothing that could be read"})
    doubled = office.aws.rows(Table.JOBS, "RUN#")[:TWICE]

    office.settle()
    for begin in range(0, TWICE, 100):
        office.aws.call("jobs.dispatch", {"Records": [change(row) for row in doubled[begin : begin + 100]]})
    office.settle()
    kept = {row["pk"].removeprefix("JOB#"): row for row in office.aws.rows(Table.OPS, "JOB#")}
    told = {id: (kept[job]["state"], int(kept[job]["tries"])) for id, job in jobs.items()}
    messages = Counter([*schedules, *(int(row["schedule"]) for row in doubled)])
    assert told == {
        id: ("dead", MOST_RECEIVES * messages[id]) if id in poison else ("completed", 1) for id in schedules
    }

    for row in rows:
        table.put_item(Item=row)
    office.clock.move(seconds=1)
    assert office.ask("redrive", {"queue": Queue.DEFAULT.value}).status == 202
    office.settle()
    office.tally()
    assert {row["state"] for row in office.aws.rows(Table.OPS, "JOB#") if row["queue"] == "default"} == {"completed"}
    after = [json.loads(row["told"]) for row in office.aws.rows(Table.JOBS, "SCHEDULES SCHEDULE#")]
    ran = {one["id"] for one in after if one["description"] == f"This is a description: {one['id']}"}
    lost = set(schedules) - ran
    proved("G14", MESSAGES, faults=POISON + TWICE, wrong=len(lost))
    assert not lost
