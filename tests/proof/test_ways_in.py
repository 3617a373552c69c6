"""Who is not let in: by no bad token at any door, by no guess, and without learning whether a name is known."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from typing import Any
from unittest import mock

import pytest
from argon2 import PasswordHasher

from infra.events import sample
from kalit.accounts import passwords
from kalit.accounts.sessions import GRACE, LOGINS
from kalit.kit.api import Endpoint
from kalit.kit.resources import Table
from tests.cloud import DOORS, Answer
from tests.functions.accounts.app import App
from tests.functions.forged import forged

from . import accounts
from .faults import Call, injected
from .goals import FULL, Proved
from .system import System, at_once

KNOWS_CALLERS = [door for door in DOORS.values() if isinstance(door, Endpoint) and door.caller_kind]
KINDS_A_DOOR = 100 if FULL else 3  # of bad tokens, of which there are fewer than a hundred; the next door gets the next
AT_ONCE = 50 if FULL else 10
PAIRS = 100 if FULL else 10
GUESSERS = 100 if FULL else 10  # addresses
GUESSES = 12  # of each
NOT_TOLD = re.compile(r'"reset":"[0-9a-f-]{36}"')  # a number that is drawn for each request
addresses = (f"198.51.{n // 250}.{n % 250}" for n in count())
Ask = Callable[[str, str], Answer]  # name, address


@contextmanager
def cheap() -> Iterator[list[Any]]:
    """Passwords that are checked with the least work. Gives the checks, which fill as they come."""
    checks: list[Any] = []
    verify = PasswordHasher.verify

    def counted(*told: Any) -> Any:
        checks.append(told)
        return verify(*told)

    with (
        mock.patch.dict(passwords.COST, time_cost=1, memory_cost=8),
        mock.patch.object(PasswordHasher, "verify", counted),
        mock.patch.object(passwords, "NOBODY", passwords.NOBODY.replace("m=19456,t=2", "m=8,t=1")),
    ):
        passwords._hasher.cache_clear()
        yield checks
    passwords._hasher.cache_clear()


@pytest.fixture(scope="module")
def ali(system: System) -> str:
    """Ali's access token."""
    token = system.cloud.register("ali")
    assert system.cloud.http("tasks.list", token=token).status == 200
    return token


# Tokens


def test_no_bad_token_passes_any_door(system: System, ali: str, proved: Proved) -> None:
    kinds = list(forged(system.cloud, ali).items())
    assert len(set(dict(kinds).values())) > 40
    before, accepted, tried = rows(system), [], 0
    for place, door in enumerate(KNOWS_CALLERS):
        mine = (kinds * 2)[place * KINDS_A_DOOR % len(kinds) :][: min(KINDS_A_DOOR, len(kinds))]
        for kind, bad in mine:
            path = sample(door).get("pathParameters", {})
            answer = system.cloud.http(door.name, headers={"authorization": f"Bearer {bad}"}, **path)
            tried += 1
            if answer.status != 401:
                accepted.append(f"{door.name} let in {kind}: {answer.status}")
    proved("G8", tried, wrong=len(accepted))
    assert not accepted
    assert rows(system) == before


def rows(system: System) -> dict[str, int]:
    """How many rows there are, by table, but for what is noted of requests."""
    return {table.value: len(system.rows(table)) for table in Table if table is not Table.OPS}


def test_many_refreshes_at_once_have_one_successor_and_a_replay_ends_the_session(
    system: System, ali: str, proved: Proved
) -> None:
    app = App(system.cloud, "many@example.com")
    assert app.sign_up().status == 201
    first = app.tokens["refresh"]
    answers = at_once([lambda: app.rotate(first)] * AT_ONCE)
    assert {answer.status for answer in answers} == {200}
    [second] = {answer.json["refresh"] for answer in answers}
    assert app.rotate(first).json["refresh"] == second, "whose answer was lost gets it again"
    assert app.rotate(second).status == 200
    replays = at_once([lambda: app.rotate(first)] * AT_ONCE)
    assert {answer.status for answer in replays} == {401}
    assert app.rotate(second).status == 401, "the session went on after a replay"
    system.wait(GRACE.total_seconds())
    proved("G8", 2 * AT_ONCE)


# Names


def ways(system: System) -> dict[str, Ask]:
    def way(door: str, field: str, **told: str) -> Ask:
        def ask(name: str, address: str) -> Answer:
            body = {field: name, **told}
            return system.cloud.http(door, body, headers={"x-kalit-address": address, "accept-language": "en"})

        return ask

    return {
        "token": way("accounts.token", "username", password="wrong"),
        "login": way("accounts.login", "email", password="wrong"),
        "reset by e-mail": way("accounts.ask_reset", "email", channel="email"),
        "reset by SMS": way("accounts.ask_reset", "email", channel="sms"),
    }


@pytest.mark.parametrize("way", ["token", "login", "reset by e-mail", "reset by SMS"])
def test_nobody_learns_whether_a_name_is_known(system: System, way: str, proved: Proved) -> None:
    """Status, headers, body, what is asked of AWS, and how often a password is checked are the same."""
    ask, told = ways(system)[way], list[tuple[Any, Any]]()
    with cheap() as checks:
        for _ in range(PAIRS):
            known = f"known{next(numbers)}@example.com"
            assert App(system.cloud, known).sign_up(phone="+998 90 123-45-67").status == 201
            address = next(addresses)
            told.append(tuple(seen(ask, name, address, checks) for name in (known, f"un{known}")))  # type: ignore[arg-type]
    different = [f"{known} of a known name, {unknown} of another" for known, unknown in told if known != unknown]
    proved("G9", PAIRS, wrong=len(different))
    assert not different


numbers = count()


def seen(ask: Ask, name: str, address: str, checks: list[Any]) -> Any:
    """All that whoever asks could learn by the answer, or by a stopwatch."""
    checks.clear()
    calls: list[Call]
    with injected() as calls:
        answer = ask(name, address)
    text = NOT_TOLD.sub("", answer.text)
    return answer.status, dict(answer.headers), text, [call.name for call in calls], len(checks)


# Guesses


def test_guesses_from_many_addresses_are_checked_no_more_than_the_limit(
    system: System, ali: str, proved: Proved
) -> None:
    """Ten of each address; the owner comes in at his first try."""
    guess = partial(system.cloud.http, "accounts.token", {"username": "guessed", "password": "a guess"})
    with cheap() as checks:
        system.cloud.register("guessed", accounts.PASSWORD)
        checks.clear()
        where = [f"203.0.113.{n}" for n in range(GUESSERS) for _ in range(GUESSES)]
        told = Counter(guess(headers={"x-kalit-address": address}).status for address in where)
        assert len(checks) == told[401] == LOGINS.most * GUESSERS
        assert told[429] == (GUESSES - LOGINS.most) * GUESSERS
        assert system.cloud.log_in("guessed", accounts.PASSWORD)
    proved("G10", len(where))
