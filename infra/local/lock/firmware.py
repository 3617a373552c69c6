"""What a lock decides: which commands it obeys, what it remembers, what it reports.

Pure, and written from docs/locks.md: it imports nothing of the server's, so that the two agree by that page alone.
Each method answers the deeds that follow, in their order. Whoever drives it stores `memory` durably before the first of
them, so that a lock which dies in between may leave a command undone, but never does it twice.
"""

import hmac
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

VERSION = "1.0.0"
SKEW = 5  # seconds that a command may seem to come from the future
REMEMBERED = 8  # commands whose answers are kept
LONGEST_OPEN = 30  # seconds
KEYPAD_OPEN = 5  # seconds that a code at the door opens for
LOW_BATTERY = 20  # percent
LARGEST = 2**53 - 1  # what JSON's numbers hold exactly
TEXTS = {
    "command": r"[A-Za-z_]{1,32}",
    "command_id": r"[0-9a-f-]{36}",
    "nonce": r"[0-9a-f]{8,64}",
    "signature": r"[0-9a-f]{64}",
}
NUMBERS = ("sequence", "issued_at", "expires_at")


@dataclass(frozen=True)
class Report:
    """Send this on `smartlock/{device_id}/{channel}`."""

    channel: str
    payload: dict[str, object]


@dataclass(frozen=True)
class Open:
    """Draw the bolt; after so many seconds, or never where none are given, lock again."""

    seconds: int | None


@dataclass(frozen=True)
class Close:
    """Push the bolt out, and forget when to."""


@dataclass(frozen=True)
class Restart:
    """Start anew, once the reports before are out."""


@dataclass(frozen=True)
class Note:
    """A line of the local log."""

    text: str


Deed = Report | Open | Close | Restart | Note


class Refused(Exception):
    """Why a message is no command for this lock now."""


@dataclass(frozen=True)
class Command:
    """A well-formed command; whether it is genuine is another question."""

    command: str
    command_id: str
    duration: int | None
    sequence: int
    nonce: str
    issued_at: int
    expires_at: int
    signature: str
    user_id: str

    def __str__(self) -> str:
        return f"{self.command.lower()} {self.sequence} from {self.user_id}"


@dataclass
class Memory:
    """What survives a loss of power."""

    sequence: int = 0  # the highest that was ever taken
    counter: int = 0  # of the newest report
    answers: dict[str, str | None] = field(default_factory=dict)  # the newest commands' errors, by id, oldest first


def signature(secret: str, *parts: object) -> str:
    """Hex HMAC-SHA256 of the parts, joined by colons. The key is the secret's text as the API answered it."""
    return hmac.new(secret.encode(), ":".join(map(str, parts)).encode(), "sha256").hexdigest()


def read(message: bytes) -> Command:
    """The command in a message. Raises `Refused` when it is not of the form that docs/locks.md gives."""
    try:
        fields = json.loads(message)
    except (ValueError, RecursionError):
        raise Refused("not JSON") from None
    if not isinstance(fields, dict):
        raise Refused("not an object")
    for name, form in TEXTS.items():
        if not isinstance(fields.get(name), str) or not re.fullmatch(form, fields[name]):
            raise Refused(f"malformed {name}")
    for name in NUMBERS:
        if type(fields.get(name)) is not int or not 0 <= fields[name] <= LARGEST:
            raise Refused(f"malformed {name}")
    duration = fields.get("duration")
    if "duration" in fields and (type(duration) is not int or not 1 <= duration <= LONGEST_OPEN):
        raise Refused("malformed duration")
    if fields["command"] == "unlock" and duration is None:
        raise Refused("malformed duration")
    by = fields.get("user_id")
    user_id = by if isinstance(by, str) and re.fullmatch(r"[0-9a-f-]{36}", by) else "nobody named"
    return Command(**{name: fields[name] for name in (*TEXTS, *NUMBERS)}, duration=duration, user_id=user_id)


class Firmware:
    """One lock, from its start to its next."""

    def __init__(self, device_id: str, secret: str, memory: Memory, battery: int = 100) -> None:
        self.device_id, self.secret, self.memory = device_id, secret, memory
        self.battery = battery
        self.is_locked = True  # a lock that starts locks itself
        self.low_told = False
        self.acts: dict[str, Callable[[Command], list[Deed]]] = {
            "unlock": self._unlock,
            "lock": self._lock,
            "REBOOT": self._reboot,
        }

    # What it hears.

    def hear(self, message: bytes, at: float | None) -> list[Deed]:
        """Obey or refuse a message on the topic of commands.

        Args:
            message: its bytes, whoever sent them.
            at: unix seconds by the lock's own clock; None while that is not set.
        """
        try:
            command = read(message)
            for check in self.checks:
                check(self, command, at)
        except Refused as why:
            return [Note(f"refused: {why}")]
        self.memory.sequence = command.sequence
        answers = self.memory.answers
        if command.command_id in answers:
            return [Note(f"{command}: answered again"), self._answer(command)]
        act = self.acts.get(command.command, self._unsupported)
        answers[command.command_id] = None if command.command in self.acts else "unsupported"
        while len(answers) > REMEMBERED:
            del answers[next(iter(answers))]
        return act(command)

    def signed(self, command: Command) -> str:
        """The signature that a command of these fields must have."""
        duration = "" if command.duration is None else command.duration
        parts = (command.command, duration, command.sequence, command.nonce, command.issued_at, command.expires_at)
        return signature(self.secret, self.device_id, *parts)

    def _genuine(self, command: Command, at: float | None) -> None:
        if not hmac.compare_digest(self.signed(command), command.signature):
            raise Refused("wrong signature")

    def _timely(self, command: Command, at: float | None) -> None:
        if at is None:
            raise Refused(f"{command}: my clock is not set")
        if at > command.expires_at:
            raise Refused(f"{command}: expired {at - command.expires_at:.0f} s ago")
        if command.issued_at > at + SKEW:
            raise Refused(f"{command}: issued {command.issued_at - at:.0f} s from now")

    def _new(self, command: Command, at: float | None) -> None:
        if command.sequence <= self.memory.sequence:
            raise Refused(f"{command}: {self.memory.sequence} was already taken")

    checks = (_genuine, _timely, _new)

    def _unlock(self, command: Command) -> list[Deed]:
        assert command.duration is not None  # noqa: S101 - `read` saw to it
        self.is_locked = False
        note = Note(f"{command}: opened for {command.duration} s")
        return [note, Open(command.duration), self._answer(command), self.status()]

    def _lock(self, command: Command) -> list[Deed]:
        self.is_locked = True
        return [Note(f"{command}: locked"), Close(), self._answer(command), self.status()]

    def _reboot(self, command: Command) -> list[Deed]:
        return [Note(f"{command}: restarting"), self._answer(command), Restart()]

    def _unsupported(self, command: Command) -> list[Deed]:
        return [Note(f"{command}: unsupported"), self._answer(command)]

    def _answer(self, command: Command) -> Report:
        error = self.memory.answers[command.command_id]
        told = {"command_id": command.command_id, "sequence": command.sequence}
        return self._moved(command.command.lower(), "app", error, **told)

    # What happens at the door.

    def started(self) -> list[Deed]:
        """It is connected: say so."""
        return [self.status(), *self._battery_low()]

    def timed_out(self) -> list[Deed]:
        """The seconds of an `Open` are over."""
        self.is_locked = True
        return [Note("locked itself"), Close(), self._moved("lock", "auto"), self.status()]

    def turned(self) -> list[Deed]:
        """Somebody turned the key or the knob."""
        self.is_locked = not self.is_locked
        if self.is_locked:
            return [Note("locked by hand"), Close(), self._moved("lock", "physical"), self.status()]
        return [Note("opened by hand"), Open(None), self._moved("unlock", "physical"), self.status()]

    def admitted(self, method: str) -> list[Deed]:
        """The server granted access to a `pin`, `nfc` or `qr` code that was shown at the door."""
        self.is_locked = False
        note = Note(f"opened for {KEYPAD_OPEN} s by {method}")
        return [note, Open(KEYPAD_OPEN), self._moved("unlock", method), self.status()]

    def shaken(self) -> list[Deed]:
        """Somebody is at the case."""
        return [Note("tamper alert"), self._alert("tamper")]

    def measured(self, battery: int) -> list[Deed]:
        """The battery's level in percent. An alert follows when it is low for the first time."""
        self.battery = battery
        return [Note(f"battery {battery} %"), self.status(), *self._battery_low()]

    def beat(self) -> list[Deed]:
        """It is time for a heartbeat."""
        note = Note(f"heartbeat: {'locked' if self.is_locked else 'open'}, battery {self.battery} %")
        return [note, self._report("heartbeat", {"battery_level": self.battery, "is_locked": self.is_locked})]

    def going(self) -> list[Deed]:
        """It is about to be switched off, and knows it."""
        return [self._report("status", {"status": "offline"})]

    # How it says so.

    def status(self) -> Report:
        payload = {"status": "online", "is_locked": self.is_locked, "battery_level": self.battery}
        return self._report("status", {**payload, "firmware_version": VERSION})

    def _battery_low(self) -> list[Deed]:
        told, self.low_told = self.low_told, self.battery <= LOW_BATTERY
        return [Note("battery alert"), self._alert("battery_low")] if self.low_told and not told else []

    def _moved(self, type: str, method: str, error: str | None = None, **command: object) -> Report:
        told = {"type": type, "success": error is None, "method": method, **command}
        return self._report("response", told if error is None else {**told, "error": error})

    def _alert(self, type: str) -> Report:
        return self._report("alert", {"type": type, "battery_level": self.battery})

    def _report(self, channel: str, payload: dict[str, object]) -> Report:
        self.memory.counter += 1
        return Report(channel, {**payload, "counter": self.memory.counter})
