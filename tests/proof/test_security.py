"""What is told of security is told with what happened, kept once and counted right, whoever dies or comes between."""

from collections import Counter
from collections.abc import Callable
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from kalit.kit.resources import Queue, Table
from kalit.kit.security_events import EventType, SecurityEvent, Severity

from . import accounts
from .faults import died_everywhere, preempted_everywhere
from .system import System

numbers = count(1)


def wrong(system: System) -> list[str]:
    """Every invariant that is broken, in words: counts that are not those of what lies there, alerts beside events."""
    rows = system.rows(Table.SECURITY)
    events = {row["pk"].removeprefix("EVENT#"): row for row in rows if row["sk"] == "EVENT"}
    alerts = {row["event"]: row for row in rows if row["sk"] == "ALERT"}
    lying = Counter(row["place"] for row in events.values())
    lying.update(f"alerts {row['status']}" for row in alerts.values())
    counted = Counter[str]()
    for row in rows:
        if row["pk"] == "COUNTS#events":
            counted[row["sk"].rpartition("#")[0]] += int(row["number"])
        if row["pk"] == "COUNTS#alerts":
            counted.update({f"alerts {name}": int(row.get(name, 0)) for name in ("open", "resolved")})
    said = [] if +lying == +counted and counted == +counted else [f"{lying} lie there, counted {counted}"]
    said += [f"the alert of {id} has no event" for id in alerts.keys() - events.keys()]
    grave = {id for id, row in events.items() if row["severity"] in ("HIGH", "CRITICAL")}
    said += [f"the event {id} has no alert" for id in grave - alerts.keys()]
    return said + [
        f"{id} is {alert['status']}, its event not"
        for id, alert in alerts.items()
        if id in events and events[id]["resolved"] != (alert["status"] == "resolved")
    ]


class Happening:
    """An event on its way, a new one for each trial."""

    def __init__(self, system: System) -> None:
        self.system, self.body = system, ""

    def next(self) -> None:
        event = SecurityEvent(
            id=UUID(int=next(numbers)),
            event_type=EventType.TAMPER_DETECTED,
            severity=Severity.CRITICAL,
            created_at=self.system.now,
        )
        self.body = event.model_dump_json()

    def record(self) -> list[str]:
        """Once, as a message of its own; gives what comes back."""
        return self.system.consume("security.record", [self.body])

    @property
    def kept(self) -> int:
        id = SecurityEvent.model_validate_json(self.body).id
        return len([row for row in self.system.rows(Table.SECURITY) if row["pk"] == f"EVENT#{id}"])


@pytest.fixture
def happening(system: System) -> Happening:
    return Happening(system)


def test_an_event_is_kept_and_counted_once_whoever_dies(happening: Happening) -> None:
    said = []
    for death in died_everywhere(happening.next, happening.record):
        said += [f"{death}: {what}" for what in wrong(happening.system)]
        if happening.record() or happening.kept != 1 or wrong(happening.system):
            said.append(f"{death}: {happening.kept} kept, {wrong(happening.system)}")
    assert not said


def test_an_event_that_two_workers_have_at_once_is_counted_once(happening: Happening) -> None:
    for call, *answers in preempted_everywhere(happening.next, happening.record, happening.record):
        assert (answers, happening.kept, wrong(happening.system)) == ([[], []], 1, []), str(call)


class Watch:
    """An alert that is to be resolved, a new one for each trial."""

    def __init__(self, happening: Happening, boss: str) -> None:
        self.happening, self.system, self.boss = happening, happening.system, boss

    def next(self) -> None:
        self.system.empty(Table.SECURITY)
        self.happening.next()
        assert self.happening.record() == []

    def resolve(self, notes: str = "first") -> str:
        """The notes that stand."""
        [id] = [row["pk"].removeprefix("ALERT#") for row in self.system.rows(Table.SECURITY) if row["sk"] == "ALERT"]
        answer = self.system.cloud.http("security.resolve_alert", {"notes": notes}, token=self.boss, id=id)
        return str(answer.json["data"]["notes"])

    def purge(self) -> None:
        self.system.cloud.call("security.purge_events", {"id": f"tick {next(numbers)}"})

    @property
    def entries(self) -> int:
        return len([row for row in self.system.rows(Table.SECURITY) if row["sk"] == "AUDIT"])


@pytest.fixture
def watch(happening: Happening, boss: str) -> Watch:
    return Watch(happening, boss)


def test_an_alert_is_resolved_with_its_event_and_its_audit_entry_whoever_dies(watch: Watch) -> None:
    said = []
    for death in died_everywhere(watch.next, watch.resolve):
        said += [f"{death}: {what}" for what in wrong(watch.system)]
        if watch.resolve() != "first" or watch.entries != 1 or wrong(watch.system):
            said.append(f"{death}: {watch.entries} entries, {wrong(watch.system)}")
    assert not said


def test_an_alert_that_two_resolve_at_once_is_resolved_by_one(watch: Watch) -> None:
    def second() -> str:
        return watch.resolve("second")

    for call, *notes in preempted_everywhere(watch.next, watch.resolve, second):
        assert notes in (["first"] * 2, ["second"] * 2), str(call)
        assert (watch.entries, wrong(watch.system)) == (1, []), str(call)


def test_an_event_that_comes_again_while_its_alert_is_resolved_opens_nothing(watch: Watch) -> None:
    for call, *_ in preempted_everywhere(watch.next, watch.resolve, lambda: str(watch.happening.record())):
        assert (watch.happening.kept, watch.entries, wrong(watch.system)) == (1, 1, []), str(call)


@pytest.fixture
def old(watch: Watch) -> Callable[[], None]:
    """What puts two alerts there that were resolved and outlived their time."""

    def prepare() -> None:
        watch.next()
        watch.resolve()
        [alert, *_] = [row for row in watch.system.rows(Table.SECURITY) if row["sk"] == "ALERT"]
        [event] = [row for row in watch.system.rows(Table.SECURITY) if row["sk"] == "EVENT"]
        table = watch.system.cloud.table(Table.SECURITY)
        table.put_item(Item={**alert, "opened": "2025-01-01#1"})
        table.put_item(Item={**alert, "pk": "ALERT#other", "event": "other", "opened": "2025-01-01#2"})
        table.put_item(Item={**event, "pk": "EVENT#other"})
        table.put_item(Item={"pk": "COUNTS#alerts", "sk": "#other", "resolved": 1})

    return prepare


def left(watch: Watch) -> tuple[set[str], int]:
    """The kinds of rows that are left, and how many resolved alerts are counted."""
    rows = watch.system.rows(Table.SECURITY)
    counted = sum(int(row.get("resolved", 0)) for row in rows if row["pk"] == "COUNTS#alerts")
    return {row["sk"] for row in rows if row["sk"] in ("EVENT", "ALERT", "AUDIT")}, counted


def test_what_outlived_its_time_goes_together_and_is_counted_once_whoever_dies(
    watch: Watch, old: Callable[[], None]
) -> None:
    for death in died_everywhere(old, watch.purge):
        there = watch.system.rows(Table.SECURITY)
        both = [len([row for row in there if row["sk"] == kind]) for kind in ("EVENT", "ALERT")]
        assert (both[0], left(watch)[1]) == (both[1], both[1]), str(death)
        watch.purge()
        assert left(watch) == ({"AUDIT"}, 0), str(death)


def test_two_who_clear_up_at_once_count_once(watch: Watch, old: Callable[[], None]) -> None:
    for call, *_ in preempted_everywhere(old, watch.purge, watch.purge):
        assert left(watch) == ({"AUDIT"}, 0), str(call)


@pytest.fixture
def name(system: System) -> str:
    """Somebody who has an account, and was in."""
    name = next(accounts.new_names)
    accounts.register(system, name)
    system.cloud.log_in(name, accounts.PASSWORD)
    return name


def told(system: System) -> list[dict[str, Any]]:
    return [row for row in system.rows(Table.ACCOUNTS) if row["sk"] == "SECURITY-EVENT"]


def test_a_login_is_told_with_its_session_or_not_at_all(system: System, name: str) -> None:
    def log_in() -> str:
        return system.cloud.log_in(name, accounts.PASSWORD)

    for death in died_everywhere(lambda: None, log_in):
        sessions = [row for row in system.rows(Table.ACCOUNTS) if row["sk"].startswith("SESSION#")]
        assert len(told(system)) == len(sessions), str(death)


def test_what_was_told_reaches_its_keeper_whoever_dies(system: System, name: str) -> None:
    system.cloud.log_in(name, accounts.PASSWORD)

    def fresh() -> None:
        system.empty(Queue.SECURITY, Table.SECURITY, Table.OPS)

    def follow() -> None:
        system.cloud.stream("accounts.dispatch", row)

    row, lost = told(system)[-1], []
    for death in died_everywhere(fresh, follow):
        follow()  # as the record that comes again
        system.consume("security.record", system.messages(Queue.SECURITY))
        kept = [row["pk"] for row in system.rows(Table.SECURITY) if row["sk"] == "EVENT"]
        if kept != [row["pk"].replace("SECURITY-EVENT", "EVENT")] or wrong(system):
            lost.append(f"{death}: {kept}, {wrong(system)}")
    assert not lost
