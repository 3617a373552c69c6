"""What administrators do to accounts is done whole or not at all, and one-time passwords let in once."""

import pytest

from kalit.kit.resources import Table
from tests.cloud import Answer

from . import accounts
from .faults import died_everywhere, preempted_everywhere
from .system import System

LEASE = 12  # seconds, after which a key may be used again


class Manager:
    """Somebody whom the administrator makes a manager, under a new name each time."""

    def __init__(self, system: System, boss: str) -> None:
        self.system, self.boss = system, boss
        self.name = self.password = ""

    def come(self) -> None:
        self.name = next(accounts.new_names)

    def made(self) -> None:
        self.come()
        self.password = self.create().json["one_time_password"]

    def create(self) -> Answer:
        headers = {"idempotency-key": self.name}
        return self.system.cloud.http(
            "accounts.create_manager", {"username": self.name}, token=self.boss, headers=headers
        )

    def log_in(self) -> Answer:
        return self.system.cloud.http("accounts.token", {"username": self.name, "password": self.password})

    def change(self, **told: object) -> Answer:
        [number] = accounts.numbers(self.system, self.name)
        return self.system.cloud.http("accounts.change_user", told, token=self.boss, id=number)

    @property
    def entries(self) -> int:
        return len([row for row in self.system.rows(Table.ACCOUNTS) if row["sk"] == "AUDIT"])

    @property
    def sessions(self) -> int:
        rows = self.system.rows(Table.ACCOUNTS)
        [pk] = [row["pk"] for row in rows if row.get("username") == self.name]
        return len([row for row in rows if row["pk"] == pk and row["sk"].startswith("SESSION#")])


@pytest.fixture
def manager(system: System, boss: str) -> Manager:
    return Manager(system, boss)


def test_a_manager_is_made_whole_or_not_at_all_and_his_password_is_not_lost(manager: Manager) -> None:
    wrong = []
    for death in died_everywhere(manager.come, manager.create):
        said, entries = accounts.wrong(manager.system), manager.entries
        made = bool(accounts.numbers(manager.system, manager.name))
        manager.system.wait(LEASE)
        answer = manager.create()
        manager.password = answer.json.get("one_time_password", "")
        if answer.status != 201 or manager.log_in().status != 200:
            said.append(f"the retry got {answer.status} {answer.text}")
        if manager.entries - entries != (not made):
            said.append("not one audit entry")
        wrong += [f"{death}: {what}" for what in said + accounts.wrong(manager.system)]
    assert not wrong


def test_a_one_time_password_is_used_with_its_session_or_not_at_all(manager: Manager) -> None:
    wrong = []
    for death in died_everywhere(manager.made, manager.log_in):
        used, said = manager.sessions, accounts.wrong(manager.system)
        if manager.log_in().status != (401 if used else 200) or manager.sessions != 1:
            said.append(f"{used} sessions before the second login, {manager.sessions} after")
        wrong += [f"{death}: {what}" for what in said + accounts.wrong(manager.system)]
    assert not wrong


def test_of_two_logins_one_gets_in_wherever_the_other_comes_between(manager: Manager) -> None:
    for call, first, second in preempted_everywhere(manager.made, manager.log_in, manager.log_in):
        assert sorted([first.status, second.status]) == [200, 401], str(call)
        assert (manager.sessions, accounts.wrong(manager.system)) == (1, []), str(call)


def test_two_changes_of_an_account_are_both_counted_wherever_one_comes_between(manager: Manager) -> None:
    def block() -> Answer:
        return manager.change(is_active=False)

    def demote() -> Answer:
        return manager.change(role="user")

    for call, first, second in preempted_everywhere(manager.made, block, demote):
        assert (first.status, second.status) == (200, 200), str(call)
        assert accounts.wrong(manager.system) == [], str(call)
