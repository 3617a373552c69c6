"""What locks tell, and what it changes. State is what a lock last reported, never what somebody wished.

Reports are put in order by the lock's own `counter`; those of firmware without one by when the broker received them.
What is behind something that we know changes no state.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

from kalit.kit.clock import wire

from .devices import Percent, sighting
from .history import Entry, LogEvent

ENTERING = timedelta(minutes=1)  # from being let in by us until the lock says that it opened

Counter = Annotated[int, Field(ge=0, le=2**53)]
Reason = Annotated[str, Field(max_length=200)]


class Channel(StrEnum):
    """The topics that a lock publishes to."""

    STATUS = "status"
    RESPONSE = "response"
    ALERT = "alert"
    HEARTBEAT = "heartbeat"


class Notice(StrEnum):
    """What an owner is written about."""

    BATTERY = "battery"
    OFFLINE = "offline"
    TAMPER = "tamper"
    GUESSES = "guesses"


class Known(BaseModel):
    """What a lock has reported so far."""

    model_config = ConfigDict(from_attributes=True)

    online: bool
    is_locked: bool
    battery_level: int
    battery_low_threshold: int
    counter: int | None  # of the newest report
    heard_at: datetime | None  # when the broker received it
    bolt_counter: int | None  # the same of the newest that told of the bolt: those that do not may overtake it
    bolt_at: datetime | None
    last_seen: datetime | None
    firmware_version: str | None
    # How and when somebody was let in of whom the log tells already, and the lock not yet.
    admitted: Annotated[frozenset[str], BeforeValidator(lambda told: told or ())] = frozenset()

    @property
    def is_battery_low(self) -> bool:
        return self.battery_level <= self.battery_low_threshold


@dataclass(frozen=True)
class Change:
    """What a report makes different: attributes of the state, entries of the log, letters to the owner.

    `late`: it is behind what we know, and tells otherwise. `confirms`: it tells what the log has already.
    """

    state: dict[str, Any] = field(default_factory=dict)
    log: Sequence[Entry] = ()
    notices: Sequence[Notice] = ()
    tampered: bool = False
    late: bool = False
    confirms: bool = False

    @property
    def is_news(self) -> bool:
        """Whether anybody is to hear of it, or has heard."""
        return bool(self.log or self.notices or self.tampered or self.confirms)


ONLINE = Entry(LogEvent.DEVICE_ONLINE, "Came online")
OFFLINE = Entry(LogEvent.DEVICE_OFFLINE, "Went offline")


class Report(BaseModel):
    """What all reports share. Fields that we do not know are no reason to refuse one."""

    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True)

    counter: Counter | None = None
    battery_level: Percent | None = None

    only_a_sign: ClassVar[bool] = False  # whether one that changes nothing may go unwritten, and its place with it

    @property
    def is_online(self) -> bool:
        return True

    def facts(self) -> dict[str, Any]:
        """What it says of the lock's state."""
        return {} if self.battery_level is None else {"battery_level": self.battery_level}

    def entries(self) -> list[Entry]:
        """What it says has happened, whatever was known."""
        return []

    def upon(self, known: Known, at: datetime) -> Change:
        """What this report, received at `at`, changes in what is known."""
        facts = {name: value for name, value in self.facts().items() if getattr(known, name) != value}
        bolt = {"is_locked": facts.pop("is_locked")} if "is_locked" in facts else {}
        newest = self._is_newer(known.counter, known.heard_at, at)
        moved_last = self._is_newer(known.bolt_counter, known.bolt_at, at)
        late = bool(bolt and not moved_last) or ((bool(facts) or self.is_online != known.online) and not newest)
        state, log, notices = dict[str, Any](), self.entries(), []
        if bolt and moved_last:
            state |= bolt | {"last_lock" if bolt["is_locked"] else "last_unlock": at}
        if newest:
            state |= facts
            if self.is_online != known.online:
                state["online"] = self.is_online
                log.append(ONLINE if self.is_online else OFFLINE)
            now_low = facts.get("battery_level", known.battery_level) <= known.battery_low_threshold
            if now_low and not known.is_battery_low:
                log.append(Entry(LogEvent.BATTERY_LOW, f"Battery at {facts['battery_level']} %"))
                notices.append(Notice.BATTERY)
            seen_lately = known.last_seen is not None and at - known.last_seen < sighting()
            if self.is_online and (state or log or not seen_lately):
                state["last_seen"] = at
        if state or not self.only_a_sign:
            if newest:
                state |= self._place("counter", "heard_at", at)
            if moved_last and "is_locked" in self.facts():
                state |= self._place("bolt_counter", "bolt_at", at)
        return Change(state, tuple(log), tuple(notices), late=late)

    def _is_newer(self, counter: int | None, told_at: datetime | None, at: datetime) -> bool:
        """Whether it is ahead of what we know: by the lock's counter, or by when the broker received it."""
        if self.counter is not None and counter is not None:
            return self.counter > counter
        return told_at is None or at >= told_at

    def _place(self, counter: str, told_at: str, at: datetime) -> dict[str, Any]:
        return {told_at: at} | ({} if self.counter is None else {counter: self.counter})


class StatusReport(Report):
    """How the lock is. Its last will, which the broker sends when the connection breaks, says `offline`."""

    status: Literal["online", "offline"] = "online"
    is_locked: bool | None = None
    firmware_version: Annotated[str, Field(max_length=50)] | None = None

    @property
    def is_online(self) -> bool:
        return self.status == "online"

    def facts(self) -> dict[str, Any]:
        told = {"is_locked": self.is_locked, "firmware_version": self.firmware_version}
        return super().facts() | {name: value for name, value in told.items() if value is not None}


class HeartbeatReport(StatusReport):
    """That the lock is there."""

    status: Literal["online"] = "online"

    only_a_sign: ClassVar[bool] = True


# How a lock was moved where it is -> what the log calls it if that opened it, and in words.
MOVED_BY = {
    "nfc": (LogEvent.UNLOCK_NFC, "by card"),
    "pin": (LogEvent.UNLOCK_PIN, "by PIN"),
    "physical": (LogEvent.UNLOCK_PHYSICAL, "by hand"),
    "qr": (LogEvent.UNLOCK_QR, "by QR code"),
    "auto": (LogEvent.UNLOCK, "by itself"),
}


class ResponseReport(Report):
    """What the lock did: obeyed a command (`app`), or was opened or closed where it is."""

    type: Annotated[str, Field(max_length=50)]
    success: bool
    method: Annotated[str, Field(max_length=50)] | None = None
    error: Reason | None = Field(None, validation_alias=AliasChoices("error", "error_message"))
    command_id: UUID | None = None
    sequence: Counter | None = None

    @property
    def answers_a_command(self) -> bool:
        return self.method in (None, "app")

    @property
    def kind(self) -> str:
        """The command's name."""
        return self.type.lower()

    def facts(self) -> dict[str, Any]:
        after = {"unlock": False, "lock": True}.get(self.kind)
        return super().facts() | ({"is_locked": after} if self.success and after is not None else {})

    def entries(self) -> list[Entry]:
        if self.answers_a_command or self.kind not in ("unlock", "lock"):
            return []
        opened, how = MOVED_BY.get(str(self.method), (LogEvent.UNLOCK, f"by {self.method}"))
        event = opened if self.kind == "unlock" else LogEvent.LOCK
        return [Entry(event, f"{self.kind.capitalize()} {how}", self.success, self.error or "")]

    def upon(self, known: Known, at: datetime) -> Change:
        change = super().upon(known, at)
        waiting = {told for told in known.admitted if told.split()[1] >= wire(at - ENTERING)}
        mine = min((told for told in waiting if told.split()[0] == self.method), default=None)
        if not (self.success and self.kind == "unlock" and mine):
            return change
        others = tuple(entry for entry in change.log if not entry.is_unlock)
        return replace(change, log=others, state=change.state | {"admitted": waiting - {mine}}, confirms=True)


class AlertReport(Report):
    """That something is wrong."""

    type: Literal["battery_low", "tamper"]

    def entries(self) -> list[Entry]:
        if self.type == "tamper":
            return [Entry(LogEvent.TAMPER_DETECTED, "Somebody tampers with it", success=False)]
        level = "" if self.battery_level is None else f" at {self.battery_level} %"
        return [Entry(LogEvent.BATTERY_LOW, f"Battery low{level}")]

    def upon(self, known: Known, at: datetime) -> Change:
        change = super().upon(known, at)
        if self.type == "tamper":
            return replace(change, notices=(*change.notices, Notice.TAMPER), tampered=True)
        if known.is_battery_low:  # as it told before, or its status was faster
            return replace(change, log=tuple(e for e in change.log if e.event_type != LogEvent.BATTERY_LOW))
        once = {entry.event_type: entry for entry in change.log}
        return replace(change, log=tuple(once.values()), notices=(Notice.BATTERY,))


REPORTS: dict[Channel, type[Report]] = {
    Channel.STATUS: StatusReport,
    Channel.RESPONSE: ResponseReport,
    Channel.ALERT: AlertReport,
    Channel.HEARTBEAT: HeartbeatReport,
}
