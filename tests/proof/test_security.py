"""What is told of security is told with what happened, kept once and counted right, whoever dies or comes between."""

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
    """Every invariant that is broken, in words: counts that are not those of the events."""
    rows = system.rows(Table.SECURITY)
    lying: dict[str, int] = {}
    counted: dict[str, int] = {}
    for row in rows:
        if row["sk"] == "EVENT":
            lying[row["place"]] = lying.get(row["place"], 0) + 1
        else:
            place = row["sk"].rpartition("#")[0]
            counted[place] = counted.get(place, 0) + int(row["number"])
    return [] if lying == counted else [f"{lying} events, counted {counted}"]


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
