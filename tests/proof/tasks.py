"""The task family as one piece: its client, everything that moves a task, and what must be true of its rows."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from kalit.kit.resources import Machine, Queue, Table
from kalit.tasks.rules import CANCELLED
from tests.cloud import Answer

from .system import START, System

INPUTS: dict[str, dict[str, Any]] = {"sum": {"numbers": [1, 2, 3]}, "countdown": {"seconds": 5}}
RESULTS = {"sum": {"result": 6}, "countdown": {"message": "Обратный отсчёт завершён"}}
ACTIVE = ("pending", "in_progress")
PLACES = (Table.TASKS, Table.OPS, Queue.SUM, Machine.COUNTDOWN)
LEASE = 12  # seconds after which a claimed Idempotency-Key of a dead request is free: the door's timeout and a bit


class Tasks:
    """One owner's tasks."""

    def __init__(self, system: System) -> None:
        self.system = system
        system.set_clock(START)
        self.token = system.cloud.register("owner")
        self.system.cloud.http("tasks.list", token=self.token)  # reads the public keys, which stay in memory
        self.made: dict[int, str] = {}
        self.cancelled: set[int] = set()

    def start_anew(self) -> None:
        """No tasks, nothing under way, and the time at which the owner's token was issued."""
        self.system.set_clock(START)
        self.system.empty(*PLACES)
        self.made, self.cancelled = {}, set()

    def remember(self) -> Callable[[], None]:
        """Calling what this gives brings back everything as it is now."""
        bring_back, made, cancelled = self.system.remember(*PLACES), dict(self.made), set(self.cancelled)

        def again() -> None:
            bring_back()
            self.made, self.cancelled = dict(made), set(cancelled)

        return again

    # The client

    def create(self, kind: str = "sum", key: str = "", token: str = "") -> Answer:
        """Ask for a task, once."""
        headers = {"Idempotency-Key": key} if key else {}
        body = {"task_type": kind, "input_data": INPUTS[kind]}
        answer = self.system.cloud.http("tasks.create", body, token=token or self.token, headers=headers)
        if answer.status == 201:
            self.made[answer.json["id"]] = kind
        return answer

    def insist(self, kind: str = "sum", key: str = "") -> Answer:
        """Ask for a task until there is an answer that a client takes for the last."""
        for _ in range(3):
            answer = self.create(kind, key)
            if answer.status < 500 and answer.status != 409:
                break
            self.system.wait(LEASE)
        return answer

    def cancel(self, id: int) -> Answer:
        answer = self.system.cloud.http("tasks.cancel", token=self.token, id=id)
        if answer.status == 200:
            self.cancelled.add(id)
        return answer

    # What moves tasks

    def changes(self) -> list[dict[str, Any]]:
        """What the table's stream has to tell, taken out."""
        return self.system.changes(Table.TASKS)

    def dispatch(self, records: Sequence[dict[str, Any]]) -> None:
        if records:
            self.system.cloud.call("tasks.dispatch", {"Records": list(records)})

    def message(self, id: int) -> str:
        """The message by which a sum is sent to its worker."""
        return json.dumps({"owner": self.owner, "id": id})

    def add(self, messages: Sequence[str]) -> list[str]:
        """Give the worker messages; those come back that it failed on."""
        return self.system.consume("tasks.sum", messages) if messages else []

    def count_down(self, step: dict[str, Any]) -> None:
        self.system.cloud.call("tasks.countdown", step)

    def sweep(self) -> None:
        self.system.cloud.call("tasks.sweep", {"id": uuid4().hex})

    def settle(self, *, stream: bool = True) -> int:
        """Deliver what is under way and let time pass, until all has ended; the number of sweeps that this took.

        Without the stream only sweepers help.
        """
        for sweeps in range(10):
            for seconds in (0, 6):
                self.system.wait(seconds)
                self._deliver(stream)
            if not any(row["status"] in ACTIVE for row in self.rows()):
                return sweeps
            self.system.wait(95)
            self.sweep()
        return sweeps

    def _deliver(self, stream: bool) -> None:
        changes = self.changes()
        if stream:
            self.dispatch(changes)
        self.add(self.system.messages(Queue.SUM))
        for name, step in self.system.running(Machine.COUNTDOWN).items():
            if datetime.fromisoformat(step["due_at"]) <= self.system.now:
                self.count_down(step)
                self.system.end(Machine.COUNTDOWN, name)

    # What must be true

    @property
    def owner(self) -> int:
        return int(self.rows()[0]["pk"].removeprefix("OWNER#"))

    def rows(self) -> list[dict[str, Any]]:
        """The rows of tasks, with their number as `id`."""
        rows = [row for row in self.system.rows(Table.TASKS) if row["sk"].startswith("TASK#")]
        return [{**row, "id": int(row["sk"].removeprefix("TASK#"))} for row in rows]

    def wrong(self, *, ended: bool = True) -> list[str]:
        """Every invariant that is broken, in words. `ended` where all has been settled."""
        return broken(self.system.rows(Table.TASKS)) + (self._unkept() if ended else [])

    def _unkept(self) -> list[str]:
        """Promises to the client that were not kept."""
        rows = {row["id"]: row for row in self.rows()}
        said = [f"task {id} was acknowledged and is not there" for id in self.made if id not in rows]
        for id, row in rows.items():
            kind, result = row["task_type"], json.loads(row.get("result", "null"))
            if row["status"] in ACTIVE:
                said.append(f"task {id} never ended")
            elif id in self.cancelled and result != {"error": CANCELLED}:
                said.append(f"task {id} was cancelled, and ended with {result}")
            elif row["status"] == "completed" and result != RESULTS[kind]:
                said.append(f"{kind} {id} gave {result}")
        return said


def broken(table: list[dict[str, Any]]) -> list[str]:
    """The invariants that a tasks table breaks, at any moment and for every owner in it."""
    said = []
    for owner in {row["pk"] for row in table if row["pk"].startswith("OWNER#")}:
        rows = {row["sk"]: row for row in table if row["pk"] == owner}
        own = [row for sk, row in rows.items() if sk.startswith("TASK#")]
        statuses = Counter(row["status"] for row in own)
        real = {name: statuses[name] for name in (*ACTIVE, "completed", "error")}
        real |= {"total": len(own), "active": sum(statuses[name] for name in ACTIVE)}
        counts = {name: int(rows.get("COUNTS", {}).get(name, 0)) for name in real}
        if counts != real:
            said.append(f"{owner} has {real}, its counts say {counts}")
        if real["active"] > 5:
            said.append(f"{owner} has {real['active']} active tasks")
        for row in own:
            active = row["status"] in ACTIVE
            number = row["sk"].removeprefix("TASK#")
            if active != ("open" in row):
                said.append(f"{row['sk']} is {row['status']}, and {'not ' * active}open to sweepers")
            if active == ("result" in row):
                said.append(f"{row['sk']} is {row['status']}, with result {row.get('result')}")
            if row["listing"] != f"{row['status']}#{number}":
                said.append(f"{row['sk']} is {row['status']}, and listed as {row['listing']}")
            if ("input" in row) == (f"INPUT#{number}" in rows):
                said.append(f"{row['sk']} has its input twice, or nowhere")
        for sk, row in rows.items():
            if sk.startswith("KEY#") and f"TASK#{int(row['task']):019d}" not in rows:
                said.append(f"{sk} names a task that is not there")
    return said
