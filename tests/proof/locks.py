"""Locks as one piece: their people, what is done to them, and what must be true of all that is kept of them."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from kalit.kit.resources import Table
from tests.cloud import Answer
from tests.functions.world import quick_passwords
from tests.things import Things

from .system import START, System

LOCK, PASSWORD = "LOCK-001", "kalit va qulf"
PEOPLE = ("owner", "guest", "stranger")
LEASE = 12  # seconds, after which a key may be used again
PLACES = (Table.LOCKS, Table.OPS)


@dataclass(frozen=True)
class Scene:
    """What brings a scene back, and what the lock was told when it was registered in it."""

    begin: Callable[[], None]
    registered: dict[str, Any]
    share: str = ""


class Locks:
    """The owner, a guest, a stranger; scenes with one lock, and with none."""

    def __init__(self, system: System) -> None:
        self.system, self.things = system, system.cloud.things
        self.tokens: dict[str, str] = {}
        self.ticks = count()
        with quick_passwords():
            for name in PEOPLE:
                told = {
                    "email": f"{name}@example.com",
                    "password": "kalit va qulf",
                    "password_confirm": "kalit va qulf",
                }
                self.tokens[name] = system.cloud.http("accounts.sign_up", told).json["tokens"]["access"]
        self.changes()
        self.bare = self._scene({})
        answer = self.register()
        assert answer.status == 201, answer.text
        self.settle()
        self.owned = self._scene(answer.json["data"])
        self.scene = self.owned
        self.hear("status", status="online", counter=1)
        shared = self.share()
        self.settle()
        self.shared = self._scene(answer.json["data"], shared.json["data"]["id"])
        self.scene = self.shared

    def _scene(self, registered: dict[str, Any], share: str = "") -> Scene:
        rows, things = self.system.remember(*PLACES), self.things.remember()

        def begin() -> None:
            rows()
            things()

        return Scene(begin, registered, share)

    def begin(self, scene: Scene) -> None:
        self.scene = scene
        scene.begin()

    # What people do

    def ask(self, name: str, body: Any = None, by: str = "owner", key: str = "", **path: str) -> Answer:
        headers = {"idempotency-key": key} if key else {}
        id = {"id": str(self.scene.registered["id"])} if hasattr(self, "scene") and self.scene.registered else {}
        return self.system.cloud.http(f"locks.{name}", body, token=self.tokens[by], headers=headers, **{**id, **path})

    def register(self, by: str = "owner", key: str = "k") -> Answer:
        return self.ask("create", {"device_id": LOCK, "name": "Front door"}, by, key)

    def unlock(self, by: str = "guest", key: str = "k") -> Answer:
        return self.ask("unlock", {}, by, key)

    def reboot(self) -> Answer:
        return self.ask("reboot", by="owner", key="k")

    def delete(self) -> Answer:
        return self.ask("delete")

    def delete_for_good(self) -> Answer:
        """Delete it, and let the stream take it from everybody at once."""
        answer = self.delete()
        self.follow()
        return answer

    def share(self, role: str = "MEMBER") -> Answer:
        return self.ask("share", {"email": "guest@example.com", "role": role})

    def unshare(self) -> Answer:
        return self.ask("unshare", id=self.scene.share)

    # What the lock says

    def hear(self, channel: str, **payload: Any) -> None:
        event = {"device": LOCK, "payload": payload, "at": int(self.system.now.timestamp() * 1000)}
        self.system.cloud.call(f"locks.hear_{channel}", event)

    def answer(self, success: bool = True, counter: int = 9) -> None:
        """What the lock answers to the command that it was sent last."""
        sent = self.published[-1]
        told = {"type": sent["command"].lower(), "command_id": sent["command_id"], "sequence": sent["sequence"]}
        self.hear("response", success=success, method="app", counter=counter, **told)

    def forget_answers(self) -> None:
        """Whoever was to keep the answers to keys died before."""
        self.system.empty(Table.OPS)

    # What AWS does between

    def changes(self) -> list[dict[str, Any]]:
        return self.system.changes(Table.LOCKS)

    def follow(self) -> None:
        """Let the stream bring what was written, and what that writes."""
        while changes := self.changes():
            self.system.cloud.call("locks.dispatch", {"Records": changes})

    def settle(self) -> None:
        """Time passes, the stream brings all there is, and ticks repair what was left."""
        self.follow()
        for door, left in (("dispatch", "outbox"), ("expire_commands", "open")):
            if any(left in row for row in self.rows()):
                self.tick(door)
        self.follow()

    def tick(self, door: str) -> None:
        """A tick, when every command is over."""
        self.system.wait(600)
        self.system.cloud.call(f"locks.{door}", {"id": f"tick-{next(self.ticks)}", "tick": "sweep"})
        self.system.set_clock(START)

    # What is kept

    def rows(self) -> list[dict[str, Any]]:
        return self.system.rows(Table.LOCKS)

    @property
    def published(self) -> list[dict[str, Any]]:
        return [told for _, told in self.things.published]

    @property
    def commands(self) -> list[dict[str, Any]]:
        return [row for row in self.rows() if row["sk"].startswith("COMMAND#")]

    def logged(self, event: str) -> int:
        """How often the log tells of this."""
        return len([row for row in self.rows() if row.get("event_type") == event])

    def wrong(self) -> list[str]:
        """Every invariant that is broken, in words, once all is settled."""
        open = [f"a command stays {row['state']}" for row in self.commands if "open" in row]
        return broken(self.rows(), self.things) + open


Rows = dict[tuple[str, str], dict[str, Any]]


def broken(table: Sequence[dict[str, Any]], things: Things) -> list[str]:
    """The invariants that a locks table breaks, all of whose locks stand in a registry of things."""
    rows = {(row["pk"], row["sk"]): row for row in table}
    devices = [row for row in rows.values() if row["sk"] == "DEVICE"]
    return [
        *_wrong_names(rows, devices),
        *_wrong_shares(rows, devices),
        *_wrong_histories(rows),
        *_wrong_commands([row for row in table if row["sk"].startswith("COMMAND#")], devices, things),
        *_wrong_certificates(devices, things),
        *(f"{key} still asks for {row['outbox']}" for key, row in rows.items() if "outbox" in row),
    ]


def _wrong_commands(commands: Sequence[dict[str, Any]], devices: Sequence[dict[str, Any]], things: Things) -> list[str]:
    said = []
    taken = Counter((row["pk"], int(number)) for row in commands for number in row["sequences"])
    said += [f"sequence {number} was taken twice" for (_, number), times in taken.items() if times > 1]
    for device in devices:
        last = max([0, *(number for pk, number in taken if pk == device["pk"])])
        if int(device["sequence"]) != last:
            said.append(f"the lock is at sequence {device['sequence']}, its commands at {last}")
    kept = {(row["sk"].removeprefix("COMMAND#"), int(n)) for row in commands for n in row["sequences"]}
    sent = {(told["command_id"], told["sequence"]) for _, told in things.published}
    return said + [f"{told} was sent, and is not kept" for told in sent - kept]


def _wrong_certificates(devices: Sequence[dict[str, Any]], things: Things) -> list[str]:
    there = sorted((row["device_id"], row["certificate"]) for row in devices if "deleted_at" not in row)
    can = sorted(things.connecting)
    return [] if can == there else [f"{len(can)} certificates can connect, where there are {len(there)} locks"]


def _wrong_names(rows: Rows, devices: Sequence[dict[str, Any]]) -> list[str]:
    said, alive = [], [row for row in devices if "deleted_at" not in row]
    names = {pk.removeprefix("THING#"): row["device"] for (pk, sk), row in rows.items() if sk == "THING"}
    if names != {row["device_id"]: row["pk"].removeprefix("DEVICE#") for row in alive}:
        said.append(f"the names are {names}, the locks {len(alive)}")
    counted = sum(int(row["devices"]) for (pk, _), row in rows.items() if pk == "COUNTS#device")
    if counted != len(alive):
        said.append(f"{counted} locks are counted, {len(alive)} are there")
    events = [json.loads(row["event"])["event_type"] for (_, sk), row in rows.items() if sk == "SECURITY-EVENT"]
    if events.count("DEVICE_ADDED") != len(devices) or events.count("DEVICE_REMOVED") != len(devices) - len(alive):
        said.append(f"of {len(devices)} locks, {len(alive)} there, the events tell {events}")
    return said


def _wrong_shares(rows: Rows, devices: Sequence[dict[str, Any]]) -> list[str]:
    """A lock is its owner's and theirs whom it is shared with, whichever way one looks; a deleted one is nobody's."""
    alive = {row["pk"].removeprefix("DEVICE#"): row["owner"] for row in devices if "deleted_at" not in row}
    shares = {
        (row["id"], pk.removeprefix("DEVICE#"), sk.removeprefix("SHARE#"))
        for (pk, sk), row in rows.items()
        if sk.startswith("SHARE#")
    }
    places = {
        (pk.removeprefix("SHARE#"), row["device"], row["account"]) for (pk, sk), row in rows.items() if sk == "SHARE"
    }
    mine = {(sk.removeprefix("DEVICE#"), pk.removeprefix("ACCOUNT#")) for pk, sk in rows if pk.startswith("ACCOUNT#")}
    said = [] if shares == places else [f"shares {shares}, found at {places}"]
    if mine != {(device, account) for _, device, account in shares} | set(alive.items()):
        said.append(f"the lists of people have {len(mine)} locks: {len(alive)} are there, {len(shares)} shared")
    said += [f"share {id} of no lock" for id, device, _ in shares if device not in alive]
    return said


def _wrong_histories(rows: Rows) -> list[str]:
    logs = Counter(pk for pk, sk in rows if sk.startswith("LOG#"))
    told = {pk: int(row["entries"]) for (pk, sk), row in rows.items() if sk == "HISTORY"}
    return [] if dict(logs) == told else [f"logs have {dict(logs)} entries, and are said to have {told}"]
