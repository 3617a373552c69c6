"""Sessions hold as a few lines say, whoever refreshes, loses the answer, replays, leaves, is blocked or waits.

Invariant: of each token one successor; who shows one that was followed by one in use has stolen it or was robbed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from kalit.accounts import sessions
from kalit.kit.resources import Table
from tests.cloud import Answer
from tests.functions.accounts.app import App

from . import accounts
from .faults import careless, injected, preempted_by
from .goals import FULL, Proved
from .machines import DEATHS, Death, History, prove, taken
from .system import System

RUNS, STEPS = (200, 50) if FULL else (12, 20)
ACCESS, GRACE = timedelta(minutes=15), timedelta(minutes=10)
WEEK, LONGEST = timedelta(days=7), timedelta(days=30)
TOKEN_HOLDS = timedelta(minutes=50)
PLACES = st.integers(0, 3)


@dataclass
class Session:
    """A login, as it ought to be."""

    began: datetime
    rotated: datetime
    tokens: list[str]  # that may refresh, the newest last
    passes: list[tuple[str, datetime]] = field(default_factory=list)  # access tokens, and when they were issued
    out: bool = False  # logged out: it is not refreshed any more
    ended: bool = False  # nor do its access tokens hold

    def refreshes(self, generation: int, at: datetime) -> bool:
        """Whether that token is good for another; if it betrays a thief, the session is over."""
        if self.out or self.ended or at >= min(self.rotated + WEEK, self.began + LONGEST):
            return False
        behind = len(self.tokens) - 1 - generation
        self.ended = behind > 1 or (behind == 1 and at > self.rotated + GRACE)
        return not self.ended

    def passing(self, at: datetime) -> str:
        """An access token that holds, if there is one."""
        holding = [token for token, issued in self.passes if at < issued + ACCESS]
        return holding[-1] if holding and not self.ended else ""


class Keyring(History):
    """One account: its sessions, its password, its administrator and the time."""

    system: ClassVar[System]
    begin_anew: ClassVar[Callable[[], None]]
    app: ClassVar[App]
    number: ClassVar[int]
    first_boss: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.begin_anew()
        self.sessions: list[Session] = []
        self.blocked = False
        self.boss, self.boss_came = self.first_boss, self.now
        self.password, self.passwords = self.app.password, (f"yangi qulf kaliti {n}" for n in count())
        self.addresses = (f"198.51.{n // 250}.{n % 250}" for n in count())  # that no limit is in the way

    @property
    def now(self) -> datetime:
        return self.system.now

    @initialize()
    def begin(self) -> None:
        self.log_in()

    @rule()
    def log_in(self) -> None:
        """A new session; who is blocked gets none, until the administrator lets him in again."""
        headers = {"x-kalit-address": next(self.addresses)}
        body = {"email": self.app.email, "password": self.password}
        answer = self.system.cloud.http("accounts.login", body, headers=headers)
        assert (answer.status == 200) is not self.blocked, f"{answer.status} where blocked is {self.blocked}"
        if self.blocked:
            self.block(False)
        else:
            told = answer.json["data"]["tokens"]
            self.sessions.append(Session(self.now, self.now, [told["refresh"]], [(told["access"], self.now)]))

    # Refresh tokens

    @precondition(lambda self: self.sessions)
    @rule(place=PLACES, behind=st.sampled_from((0, 0, 0, 1, 1, 2)), death=DEATHS)
    def refresh(self, place: int, behind: int, death: Death) -> None:
        """With the newest token or one before; whose answer is lost asks again, and may do so."""
        session = taken(self.sessions, place, stays=True)
        generation = max(0, len(session.tokens) - 1 - behind)
        if death and self.dies(lambda: self.app.rotate(session.tokens[generation]), death):
            pass  # what the client is told when it asks again is what counts
        self.refreshed(session, generation, self.app.rotate(session.tokens[generation]))

    @precondition(lambda self: self.sessions)
    @rule(place=PLACES, minutes=st.sampled_from((0, 9, 11, 11)))
    def lose_an_answer(self, place: int, minutes: int) -> None:
        """The app never hears what its refresh was answered, and asks again with the token that it has."""
        self.refresh(place, 0, None)
        self.wait(timedelta(minutes=minutes))
        self.refresh(place, 1, None)

    @precondition(lambda self: self.sessions)
    @rule(place=PLACES, at=st.integers(1, 4))
    def refresh_while_another_does(self, place: int, at: int) -> None:
        """Both get the same, and may go on with it."""
        session, others = taken(self.sessions, place, stays=True), list[Answer]()
        token, generation = session.tokens[-1], len(session.tokens) - 1
        History.faults += 1
        with injected({at: preempted_by(lambda: others.append(self.app.rotate(token)))}):
            answer = self.app.rotate(token)
        for told in (*others, answer):
            self.refreshed(session, generation, told)
        self.wait(2 * GRACE)
        self.refresh(place, 0, None)

    def refreshed(self, session: Session, generation: int, answer: Answer) -> None:
        good = session.refreshes(generation, self.now)
        assert answer.status == (200 if good else 401), f"generation {generation} of {session}: {answer.status}"
        if not good:
            return
        refresh = answer.json["refresh"]
        if generation == len(session.tokens) - 1:
            assert not any(refresh in other.tokens for other in self.sessions), "a successor that was there before"
            session.tokens.append(refresh)
            session.rotated = self.now
        assert refresh == session.tokens[generation + 1], "two successors"
        session.passes.append((answer.json["access"], self.now))

    @precondition(lambda self: self.sessions)
    @rule(place=PLACES, letter=st.integers(0, 80))
    def forge(self, place: int, letter: int) -> None:
        token = taken(self.sessions, place, stays=True).tokens[-1]
        forged = token[:letter] + ("A" if token[letter] != "A" else "B") + token[letter + 1 :]
        assert self.app.rotate(forged).status == 401, "a forged token was taken"

    # Access tokens

    @precondition(lambda self: self.sessions)
    @rule(place=PLACES, which=st.integers(0, 9))
    def use(self, place: int, which: int) -> None:
        session = taken(self.sessions, place, stays=True)
        token, issued = taken(session.passes, which, stays=True)
        good = self.now < issued + ACCESS and not session.ended
        answer = self.system.cloud.http("accounts.profile", token=token)
        assert answer.status == (200 if good else 401), f"an access token of {session}: {answer.status}"

    # How sessions end

    @precondition(lambda self: self.sessions)
    @rule(place=PLACES, other=PLACES, told=st.booleans())
    def log_out(self, place: int, other: int, told: bool) -> None:
        """From the session, of itself or of one whose refresh token is told."""
        session, gone = (taken(self.sessions, where, stays=True) for where in (place, other if told else place))
        if token := session.passing(self.now):
            body = {"refresh": gone.tokens[-1]} if told else {}
            answer = self.system.cloud.http("accounts.logout", body, token=token)
            assert answer.status == (400 if told and not self.kept(gone) else 200), f"{answer.status} logged out"
            gone.out = True

    def kept(self, session: Session) -> bool:
        """Whether there is still something to log out of."""
        return not session.out and not session.ended

    @precondition(lambda self: self.sessions)
    @rule(place=PLACES, how=st.sampled_from(("end_all", "change_password", "block")))
    def end(self, place: int, how: str) -> None:
        """Many end at once: all, all but the one in which a new password is set, or all, for good."""
        session = taken(self.sessions, place, stays=True)
        if how == "block":
            self.block(True)
        elif token := session.passing(self.now):
            getattr(self, how)(session, token)

    def end_all(self, session: Session, token: str) -> None:
        assert self.system.cloud.http("accounts.end_sessions", token=token).status == 200
        self.all_end()

    def change_password(self, session: Session, token: str) -> None:
        new = next(self.passwords)
        body = {"old_password": self.password, "new_password": new, "new_password_confirm": new}
        assert self.system.cloud.http("accounts.change_password", body, token=token).status == 200
        self.password = new
        self.all_end(but=session)

    def block(self, blocked: bool) -> None:
        if self.now > self.boss_came + TOKEN_HOLDS:
            self.boss, self.boss_came = self.system.cloud.log_in("boss", accounts.PASSWORD), self.now
        body = {"is_active": not blocked}
        assert self.system.cloud.http("accounts.change_user", body, token=self.boss, id=self.number).status == 200
        if blocked and not self.blocked:
            self.all_end()
        self.blocked = blocked

    def all_end(self, but: Session | None = None) -> None:
        for session in self.sessions:
            session.ended = session.ended or session is not but

    @rule(
        time=st.sampled_from((*(timedelta(minutes=m) for m in (1, 4, 9, 11, 16)), timedelta(days=6), timedelta(days=8)))
    )
    def wait(self, time: timedelta) -> None:
        self.system.wait(time.total_seconds())

    def in_the_end(self) -> None:
        """Everything that was ever given out is tried once more, the newest first."""
        for place in range(len(self.sessions)):
            session = taken(self.sessions, place, stays=True)
            for which in range(len(session.passes)):
                self.use(place, which)
            for behind in (0, 1, 2):
                self.refresh(place, behind, None)
            self.use(place, 0)


@pytest.fixture(scope="module")
def keyring(system: System, boss: str) -> type[Keyring]:
    app = App(system.cloud, "ring@example.com")
    assert app.sign_up().status == 201
    Keyring.system, Keyring.app, Keyring.number = system, app, int(app.row["number"])
    Keyring.first_boss = boss
    Keyring.begin_anew = staticmethod(system.remember(Table.ACCOUNTS, Table.OPS))
    return Keyring


def test_sessions_hold_as_the_model_says(keyring: type[Keyring], proved: Proved) -> None:
    acts, faults = prove(keyring, RUNS, STEPS)
    proved("G8", acts, faults=faults)


def test_a_grace_of_a_day_is_found_out(keyring: type[Keyring], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "GRACE", timedelta(days=1))
    ring = keyring()
    with pytest.raises(AssertionError, match=r"generation .*: 200"):
        ring.live(ring.log_in, partial(ring.lose_an_answer, 0, 11))


def test_a_table_that_checks_nothing_of_sessions_is_found_out(keyring: type[Keyring]) -> None:
    with injected(careless("SESSION#")), pytest.raises(AssertionError, match="generation"):
        refresh_wherever_it_may_be(keyring)


def refresh_wherever_it_may_be(keyring: type[Keyring]) -> None:
    for at in range(6):
        ring = keyring()
        ring.live(ring.log_in, partial(ring.refresh_while_another_does, 0, at))
