"""No command is obeyed twice, late, or for somebody whose right has ended, whatever lies between server and lock.

The server's own rules and the virtual lock's firmware, which share no code, speak over a line that repeats, reorders,
delays, loses and forges, while clocks drift, the lock dies or falls silent, and shares are withdrawn.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from infra.local.lock.firmware import Close, Command, Deed, Firmware, Memory, Note, Open, Report, Restart, signature
from kalit.locks import commands, rights
from kalit.locks.commands import LOCK, OPEN, REBOOT, UNLOCK, Kind, State, Verdict
from kalit.locks.rights import Role

from .goals import FULL, RULES, Proved
from .machines import History, prove, taken

RUNS, STEPS = 1000 if FULL else 100, 50
ENOUGH = 1000  # runs, by which a flaw is found
LOCK_ID, SECRET = "LOCK_0001", "the lock's secret"
BEGINNING = 1_795_250_000.0  # unix seconds
SKEW = 5  # seconds that the lock's clock may be off
STILL_OPENS = 20  # seconds that a withdrawn right may open for: an unlock's 15, and the skew
GUESTS = ("ali", "vali")
USERS = {name: UUID(int=number) for number, name in enumerate(("owner", *GUESTS), 1)}
DIES = st.sampled_from((None, None, None, 0, 1, 2))  # after so many deeds, or not at all
# What a forger may change in a signed command: everything that decides what the lock does.
FORGERIES: dict[str, Callable[[Any], Any]] = {
    "command": lambda told: "lock" if told != "lock" else "REBOOT",
    "duration": lambda told: 1 if told == 30 else 30,
    "sequence": lambda told: told + 1000,
    "nonce": lambda told: "00" * 16,
    "issued_at": lambda told: told + 600,
    "expires_at": lambda told: told + 600,
    "signature": lambda told: "0" * 64,
}


@dataclass
class Order:
    """A command as the server keeps it."""

    id: UUID
    kind: Kind
    user: str
    duration: int | None
    state: State = State.ACCEPTED
    sequences: set[int] = field(default_factory=set)
    expires_at: int = 0


class Line(History):
    """Server, lock, and what is under way between them."""

    def __init__(self, make: type[Firmware] = Firmware, sign: Callable[[str], str] = lambda text: text) -> None:
        super().__init__()
        self.make, self.sign = make, sign
        self.at, self.drift, self.silent = BEGINNING, 0.0, False
        self.shares = dict.fromkeys(GUESTS, Role.MEMBER)
        self.withdrawn: dict[str, float] = {}
        self.sequence = 0
        self.orders: dict[UUID, Order] = {}
        self.by_sequence: dict[int, Order] = {}
        self.to_lock: list[str] = []
        self.to_server: list[dict[str, Any]] = []
        self.kept = Memory()
        self.lock = self._started()
        self.heard: set[int] = set()  # sequences that the lock has taken
        self.done: set[int] = set()  # and those that it acted upon
        self.done_ids: set[str] = set()

    # The server, by its own rules.

    def ask(self, kind: Kind, user: str, duration: int | None = None) -> str | None:
        """Order something, if this user may; returns the message."""
        role = self.shares.get(user)
        if user != "owner" and not (role and rights.gives(role, None, kind.right, self.now)):
            return None
        order = Order(UUID(int=1000 + len(self.orders)), kind, user, duration)
        self.orders[order.id] = order
        return self.publish(order)

    def publish(self, order: Order) -> str:
        self.sequence += 1
        issued_at = int(self.at)
        order.expires_at = issued_at + int(order.kind.lasts.total_seconds())
        order.sequences.add(self.sequence)
        self.by_sequence[self.sequence] = order
        text = commands.message(
            order.kind,
            device_id=LOCK_ID,
            id=order.id,
            user=USERS[order.user],
            sequence=self.sequence,
            nonce=f"{self.sequence:032x}",
            duration=order.duration,
            issued_at=issued_at,
            expires_at=order.expires_at,
            secret=SECRET,
        )
        self.to_lock.append(self.sign(text))
        return self.to_lock[-1]

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)

    @rule(user=st.sampled_from(tuple(USERS)), duration=st.sampled_from((1, 30)))
    def unlock(self, user: str, duration: int) -> None:
        self.ask(UNLOCK, user, duration)

    @rule(kind=st.sampled_from((LOCK, REBOOT)))
    def command(self, kind: Kind) -> None:
        self.ask(kind, "owner")

    @rule()
    def send_again(self) -> None:
        for order in self.orders.values():
            if order.state in OPEN and self.at >= order.expires_at:
                if len(order.sequences) < order.kind.tries:
                    self.publish(order)
                else:
                    order.state = State.EXPIRED

    @rule(user=st.sampled_from(GUESTS), seconds=st.sampled_from((0.4, 11.0, 16.0, 19.6, 25.0)))
    def withdraw(self, user: str, seconds: float) -> None:
        """End somebody's share while his last unlock is on its way."""
        message = self.ask(UNLOCK, user, 5)
        if self.shares.pop(user, None):
            self.withdrawn[user] = self.at
        self.at += seconds
        if message:
            self.hear(message)

    @rule(dies=DIES)
    def restart_unanswered(self, dies: int | None) -> None:
        """Order a restart whose answer is lost, and order it again."""
        self.hear(str(self.ask(REBOOT, "owner")), dies)
        self.at += 61
        self.send_again()
        if not self.silent:
            assert any(isinstance(deed, Report) for deed in self.hear(self.to_lock[-1]))

    @precondition(lambda self: self.to_server)
    @rule(place=st.integers(0, 99), stays=st.booleans())
    def answer(self, place: int, stays: bool) -> None:
        told = taken(self.to_server, place, stays)
        order = self.orders.get(UUID(told["command_id"]))
        if order is None:
            return
        ends_at = datetime.fromtimestamp(order.expires_at, UTC)
        if commands.judged(order.state, ends_at, order.sequences, told["sequence"], self.now) is Verdict.TAKEN:
            order.state = State.EXECUTED if told["success"] else State.FAILED
            assert order.sequences & self.heard, "believed, and never heard"

    # The line.

    @rule(seconds=st.sampled_from((0.4, 1.0, 4.0, 11.0, 16.0, 61.0)))
    def time_passes(self, seconds: float) -> None:
        self.at += seconds

    @precondition(lambda self: self.to_lock)
    @rule(place=st.integers(0, 99), stays=st.booleans(), dies=DIES)
    def deliver(self, place: int, stays: bool, dies: int | None) -> None:
        """Any message, perhaps not for the last time; the lock may die after so many of its deeds. Others are lost."""
        self.hear(taken(self.to_lock, place, stays), dies)

    @rule(user=st.sampled_from(tuple(USERS)))
    def unlock_at_once(self, user: str) -> None:
        """What comes in time to a lock that listens is obeyed: the lock is not safe by doing nothing."""
        message = self.ask(UNLOCK, user, 5)
        if message and not self.silent:
            assert Open(5) in self.hear(message)

    @precondition(lambda self: self.to_lock)
    @rule(place=st.integers(0, 99), name=st.sampled_from(tuple(FORGERIES)))
    def forge(self, place: int, name: str) -> None:
        told = json.loads(taken(self.to_lock, place, stays=True))
        if name in told:
            deeds = self.hear(json.dumps(told | {name: FORGERIES[name](told[name])}))
            assert all(isinstance(deed, Note) for deed in deeds), f"obeyed a forged {name}"

    @precondition(lambda self: self.to_lock)
    @rule(place=st.integers(0, 99), id=st.uuids(version=4))
    def rename(self, place: int, id: UUID) -> None:
        """Forge what is not signed. It may cost the command its answer, and must not make it happen twice."""
        told = json.loads(taken(self.to_lock, place, stays=True))
        self.hear(json.dumps(told | {"command_id": str(id), "user_id": str(id)}))

    # The lock.

    @rule(drift=st.sampled_from((-SKEW, -1.5, 0.0, SKEW)))
    def drifts(self, drift: float) -> None:
        self.drift = drift

    @rule()
    def restart(self) -> None:
        self.lock = self._started()

    @rule(silent=st.sampled_from((False, False, True)))
    def falls_silent(self, silent: bool) -> None:
        self.silent = silent

    def _started(self) -> Firmware:
        return self.make(LOCK_ID, SECRET, replace(self.kept, answers=dict(self.kept.answers)))

    def hear(self, message: str, dies: int | None = None) -> list[Deed]:
        """Let the lock hear, keep its memory, and do so many of its deeds before it dies; all, where it does not."""
        if self.silent:
            return []
        deeds = self.lock.hear(message.encode(), self.at + self.drift)
        memory = self.lock.memory
        self.kept = replace(memory, answers=dict(memory.answers))
        if len(deeds) > 1:
            self.heard.add(memory.sequence)
        for deed in deeds[:dies]:
            if isinstance(deed, Report) and deed.channel == "response":
                self.to_server.append(deed.payload)
            elif isinstance(deed, Open | Close | Restart):
                self.judge(json.loads(message))
        if dies is not None:
            self.restart()
        return deeds

    def judge(self, told: dict[str, Any]) -> None:
        """Whether what the lock does now it does once, in time, and for somebody who may."""
        order = self.by_sequence[told["sequence"]]
        assert told["sequence"] not in self.done, "done twice"
        self.done.add(told["sequence"])
        if told["command_id"] == str(order.id):
            assert told["command_id"] not in self.done_ids, "done twice, as two"
            self.done_ids.add(told["command_id"])
        assert self.at <= told["expires_at"] + SKEW, "done late"
        if order.kind is UNLOCK and order.user in self.withdrawn:
            assert self.at <= self.withdrawn[order.user] + STILL_OPENS, "opened for somebody whose right had ended"


def test_every_command_is_done_once_in_time_and_by_right(proved: Proved) -> None:
    acts, _ = prove(Line, RUNS, STEPS)
    proved("G7", acts, back_end=RULES)


class Patient(Firmware):
    """Knows no expiry."""

    checks = (Firmware._genuine, Firmware._new)


class Forgetful(Firmware):
    """Knows no sequence."""

    checks = (Firmware._genuine, Firmware._timely)


class Hasty(Firmware):
    """Knows sequences, and not the commands that it obeyed."""

    def hear(self, message: bytes, at: float | None) -> list[Deed]:
        self.memory.answers.clear()
        return super().hear(message, at)


def loose(told: dict[str, Any]) -> str:
    """A signature of all but the command."""
    names = ("duration", "sequence", "nonce", "issued_at", "expires_at")
    return signature(SECRET, LOCK_ID, *(told.get(name, "") for name in names))


class Loose(Firmware):
    """Checks a signature of all but the command."""

    def signed(self, command: Command) -> str:
        return loose({name: value for name, value in vars(command).items() if value is not None})


def signed_loosely(text: str) -> str:
    told = json.loads(text)
    return json.dumps(told | {"signature": loose(told)})


FLAWS = {
    "no expiry": (lambda: Line(Patient), "done late|whose right had ended"),
    "no sequence": (lambda: Line(Forgetful), "done twice"),
    "no memory of commands": (lambda: Line(Hasty), "done twice, as two"),
    "no command in the signature": (lambda: Line(Loose, signed_loosely), "obeyed a forged command"),
}


@pytest.mark.parametrize(("make", "found"), FLAWS.values(), ids=FLAWS)
def test_a_lock_with_a_flaw_is_found_out(make: Callable[[], Line], found: str) -> None:
    with pytest.raises(AssertionError, match=found):
        prove(make, ENOUGH, STEPS)
