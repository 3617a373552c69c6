"""The doors of tasks."""

from typing import Any

from kalit.kit.resources import Machine, Queue, Table

from .town import Town
from .visits import Asked, visit

SUM = {"task_type": "sum", "input_data": {"numbers": [1, 2, 3]}}
COUNTDOWN = {"task_type": "countdown", "input_data": {"seconds": 600}}
OWN = {"owner"}
LATE = 700  # seconds, after which all tasks should be over


def task(town: Town, told: dict[str, Any] = SUM) -> int:
    """The number of a new task of the owner's, who has no other active one then."""
    for status in ("pending", "in_progress"):
        for other in town.ask("tasks.list", query={"status": status})["results"]:
            # Not asked: it may have ended meanwhile.
            town.place.http("tasks.cancel", token=town.tokens["owner"], id=other["id"])
    return int(town.ask("tasks.create", told)["id"])


def dispatched(town: Town, told: dict[str, Any]) -> None:
    """A new task, handed to its worker."""
    task(town, told)
    town.place.call("tasks.dispatch", {"Records": town.place.changes(Table.TASKS)})


@visit("tasks.create", anew=True)
def create(town: Town) -> Asked:
    return {"body": SUM}


@visit("tasks.list")
def list(town: Town) -> Asked:
    return {}


@visit("tasks.show", may=OWN)
def show(town: Town) -> Asked:
    return {"id": task(town)}


@visit("tasks.cancel", may=OWN)
def cancel(town: Town) -> Asked:
    return {"id": task(town, COUNTDOWN)}


@visit("tasks.dispatch")
def dispatch(town: Town) -> Asked:
    town.ask("tasks.cancel", id=task(town, COUNTDOWN))
    for told in (COUNTDOWN, SUM):
        town.ask("tasks.create", told)
    return {"Records": town.place.changes(Table.TASKS)}


@visit("tasks.sum")
def sum(town: Town) -> Asked:
    dispatched(town, SUM)
    return town.place.messages(Queue.SUM)


@visit("tasks.countdown")
def countdown(town: Town) -> Asked:
    dispatched(town, COUNTDOWN)
    town.place.wait(LATE)
    return town.place.running(Machine.COUNTDOWN)


@visit("tasks.sweep")
def sweep(town: Town) -> Asked:
    task(town, COUNTDOWN)
    town.ask("tasks.create", SUM)
    town.place.wait(LATE)
    return {"id": town.name("tick")}
