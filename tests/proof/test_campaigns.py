"""Two campaigns at once over forty zones, through two nights, with deaths, duplicates, a cancellation and stops."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kalit.kit.resources import Table
from tests.functions.campaigns.office import Office
from tests.functions.world import Clock

from .campaigns import CLOSES, OPENS, Company
from .goals import FULL, Proved
from .system import System

CLIENTS = 10_000 if FULL else 300
STOPS = max(6, CLIENTS // 250)
HALFWAY = datetime(2026, 1, 5, 20, tzinfo=UTC)
STATES = ("pending", "sent", "failed", "cancelled", "skipped", "unknown")
PLAN = {
    "end_datetime": "2026-01-07T12:00:00Z",
    "text_message": "New locks are here.",
    "time_interval_start": f"{OPENS:%H:%M:%S}",
    "time_interval_end": f"{CLOSES:%H:%M:%S}",
    "tag": "all",
}


@pytest.fixture
def company(system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    clock = Clock(tmp_path / "clock")
    monkeypatch.setenv("CLOCK_FILE", str(clock.file))
    system.cloud.register("company")
    company = Company(Office(system.cloud, clock, {}), "company", random.Random(7))
    company.log_in()
    company.settle_in(CLIENTS)
    with company.watched():
        yield company


def test_nobody_gets_it_twice_at_night_or_after_stop_and_everybody_has_an_answer(
    company: Company, proved: Proved
) -> None:
    office, dice = company.office, company.dice
    kept = office.campaign(**PLAN, start_datetime="2026-01-05T11:00:00Z")
    ended = office.campaign(**PLAN, start_datetime="2026-01-05T12:30:00Z")
    stops = dice.sample(sorted(company.phones.values()), STOPS)
    for minutes in [0, *[30] * 96]:
        office.clock.move(minutes=minutes)
        company.log_in()
        office.tick()
        for _ in range(50):
            if company.stopping_now(stops) and not company.work():
                break
        if office.clock.now == HALFWAY:
            company.ask("cancel", id=ended)
    for thread in company.stopping:
        thread.join(timeout=30)

    assert company.deaths > company.processes / 30, "processes died"
    waiting = len(stops) + len(company.due_to_stop)  # those at whose turn nothing was on its way any more
    assert len(company.stopped) == STOPS - waiting > STOPS / 2
    assert company.more_than_once() == {}
    assert company.outside() == []
    assert company.after_stop() == []
    rows = [row for row in office.aws.rows(Table.CAMPAIGNS, "CLIENT#") if row["sk"].startswith("MESSAGE#")]
    for id in (kept, ended):
        stats = company.ask("stats", id=id)
        assert stats["total_messages"] == CLIENTS
        assert stats["pending_messages"] == 0
        told = {name: stats[f"{name}_messages"] for name in STATES}
        assert told == dict.fromkeys(STATES, 0) | Counter(
            str(row["state"]).lower() for row in rows if row["campaign"] == id
        )
    sent = {row["sk"] + row["pk"] for row in rows if row["state"] == "SENT"}
    assert len(sent) <= len(company.delivered) <= len(sent) + sum(row["state"] == "UNKNOWN" for row in rows)
    proved("G5", 2 * CLIENTS, faults=company.deaths)
