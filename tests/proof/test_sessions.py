"""Sessions, passwords and notices, cut short at every AWS call and crossed by others at each."""

import json
from collections.abc import Callable
from itertools import count
from typing import Any

import jwt
import pytest

from kalit.kit.resources import Table
from kalit.notices.rules import LEASE
from tests.cloud import Answer
from tests.functions.accounts.app import PASSWORD, App

from .faults import died_everywhere, preempted_everywhere
from .system import System

NEW = "yangi qulf kaliti"
addresses = (f"ali{n}@example.com" for n in count())
ids = (f"notice-{n}" for n in count())


class People:
    """An app of somebody new for each trial."""

    def __init__(self, system: System) -> None:
        self.system, self.app = system, App(system.cloud)

    def next(self) -> None:
        """Somebody new signs up."""
        self.app = App(self.system.cloud, next(addresses))
        assert self.app.sign_up(phone="+998 90 123-45-67").status == 201

    def next_asking(self) -> None:
        """Somebody new signs up, and asks for a link, which is still to be sent."""
        self.next()
        self.app.ask_reset()

    def next_forgetful(self) -> None:
        """Somebody new signs up, and asks for a link."""
        self.next_asking()
        message = self.app.told()
        assert message
        self.link = str(message["body"].partition("/reset/")[2].partition("/")[0])

    def rotate(self) -> Answer:
        return self.app.rotate()

    def end(self) -> Answer:
        return self.app.call("accounts.end_sessions")

    def end_own(self) -> Answer:
        own = jwt.decode(self.app.tokens["access"], options={"verify_signature": False})
        return self.app.call("accounts.end_session", id=own["sid"])

    def change_password(self) -> Answer:
        told = {"old_password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW}
        return self.app.call("accounts.change_password", told)

    def reset(self) -> Answer:
        told = {"token": self.link, "new_password": NEW, "new_password_confirm": NEW}
        return self.app.aws.http("accounts.reset_password", told)

    def passwords(self) -> list[str]:
        """Those that open a session."""
        return [password for password in (PASSWORD, NEW) if self.app.log_in(password=password).status == 200]


@pytest.fixture
def people(system: System) -> People:
    return People(system)


def test_a_refresh_that_was_cut_short_is_asked_for_again(people: People) -> None:
    wrong = []
    for death in died_everywhere(people.next, people.rotate):
        again = people.rotate()
        if again.status != 200 or people.app.rotate(again.json["refresh"]).status != 200:
            wrong.append(f"{death}: {again.status} {again.text}")
    assert not wrong


def test_refreshes_that_cross_get_one_successor(people: People) -> None:
    for call, *answers in preempted_everywhere(people.next, people.rotate, people.rotate):
        assert len({answer.json.get("refresh") for answer in answers}) == 1, str(call)


@pytest.mark.parametrize("end", [People.end, People.end_own], ids=["all", "one"])
def test_a_session_that_ends_meanwhile_is_not_brought_back(people: People, end: Callable[[People], Answer]) -> None:
    for call, *answers in preempted_everywhere(people.next, people.rotate, lambda: end(people)):
        for answer in answers:
            assert people.app.rotate(answer.json.get("refresh", "")).status == 401, str(call)
        assert people.app.call("accounts.profile").status == 401, str(call)


@pytest.mark.parametrize(
    ("prepare", "act"),
    [(People.next, People.change_password), (People.next_forgetful, People.reset)],
    ids=["changed", "reset"],
)
def test_a_password_is_set_or_not_and_then_once(people: People, prepare: Any, act: Any) -> None:
    wrong = []
    for death in died_everywhere(lambda: prepare(people), lambda: act(people)):
        before = people.passwords()
        again = act(people)
        if before not in ([PASSWORD], [NEW]) or people.passwords() != [NEW]:
            wrong.append(f"{death}: {before}, then {again.status} and {people.passwords()}")
        if again.status != (200 if before == [PASSWORD] else 400):
            wrong.append(f"{death}: the retry got {again.status}")
    assert not wrong


def test_an_account_with_an_email_is_made_whole_or_not_at_all(system: System) -> None:
    app, wrong = App(system.cloud), []

    def anew() -> None:
        app.email = next(addresses)

    for death in died_everywhere(anew, app.sign_up):
        again = app.sign_up()
        if again.status not in (201, 400) or app.log_in().status != 200:
            wrong.append(f"{death}: {again.status}")
    assert not wrong


def test_a_link_that_was_asked_for_is_sent_whoever_dies(people: People) -> None:
    unsent = []
    for death in died_everywhere(people.next, lambda: people.app.ask_reset()):
        people.app.ask_reset()
        if not people.app.told():
            unsent.append(f"asked, {death}")
    for death in died_everywhere(people.next_asking, lambda: people.app.follow()):
        people.app.follow()  # as the record that comes again, or the sweeper
        if not people.app.waiting():
            unsent.append(f"dispatched, {death}")
    assert not unsent


def test_a_notice_is_sent_once_at_most_whoever_dies(system: System) -> None:
    message: dict[str, str] = {}

    def anew() -> None:
        message.update(id=next(ids), phone="+998901234567", text="salom")

    def deliver() -> list[str]:
        return system.consume("notices.sms", [json.dumps(message)])

    for death in died_everywhere(anew, deliver):
        for _ in range(3):
            system.wait(LEASE.total_seconds() + 1)
            if not deliver():
                break
        rows = system.rows(Table.OPS)
        told = [row for row in rows if row["pk"] == "OUTBOX#sms#" and message["id"] in row["told"]]
        [notice] = [row for row in rows if row["pk"] == f"NOTICE#{message['id']}"]
        assert len(told) <= 1, str(death)
        assert notice["outcome"] == "unknown" or (notice["outcome"], len(told)) == ("sent", 1), str(death)
