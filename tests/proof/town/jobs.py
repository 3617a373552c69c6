"""The doors of jobs. What is asked for begins as an order in a table, and goes by the stream to its queue."""

import json
from typing import Any
from uuid import uuid4

from kalit.kit import clock
from kalit.kit.resources import Queue, Table

from .accounts import administrator
from .town import Town
from .visits import Asked, visit

MINUTE = 60


def asked(town: Town) -> str:
    """Which job a number is that was asked to be logged."""
    return str(town.ask("jobs.ask_task_1", {"num": 5}, by="boss")["task_id"])


def schedule(town: Town, **told: Any) -> int:
    """The number of a new schedule, which is due."""
    told |= {"date": clock.wire(town.place.now()), "description": town.name("schedule")}
    return int(town.ask("jobs.create_schedule", told, by="boss")["id"])


def letter(queue: str, body: Any, job: str) -> dict[str, Any]:
    """What nobody could do, as its dead-letter queue gives it."""
    return {
        "messageId": str(uuid4()),
        "receiptHandle": "r",
        "body": json.dumps(body),
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {"job": {"stringValue": job, "dataType": "String"}},
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:us-east-1:123456789012:local-{queue}",
    }


def dead(town: Town) -> str:
    """Which job a number is that could not be logged."""
    job = str(uuid4())
    town.place.call("jobs.bury", {"Records": [letter("default-dead", {"job": "task_1", "num": 5}, job)]})
    return job


def dispatched(town: Town, queue: Queue) -> Asked:
    """What was asked for, as it lies in its queue then."""
    town.place.call("jobs.dispatch", {"Records": town.place.changes(Table.JOBS)})
    return town.place.messages(queue)


# Asking for jobs, and looking at them


@visit("jobs.ask_runner", by="boss", anew=True)
def ask_runner(town: Town) -> Asked:
    return {}


@visit("jobs.ask_sms", by="boss", anew=True)
def ask_sms(town: Town) -> Asked:
    return {"body": {"phone": town.phone()}}


@visit("jobs.ask_task_1", by="boss", anew=True)
def ask_task_1(town: Town) -> Asked:
    return {"body": {"num": 5}}


@visit("jobs.redrive", by="boss", anew=True)
def redrive(town: Town) -> Asked:
    dead(town)
    return {"body": {}}


@visit("jobs.retry", by="boss", again={409})
def retry(town: Town) -> Asked:
    return {"id": dead(town)}


@visit("jobs.list", by="manager")
def list(town: Town) -> Asked:
    asked(town)
    return {"query": {"queue": "default"}}


@visit("jobs.show", by="manager")
def show(town: Town) -> Asked:
    return {"id": asked(town)}


@visit("jobs.overview", by="manager")
def overview(town: Town) -> Asked:
    return {}


@visit("jobs.responses", by="boss")
def responses(town: Town) -> Asked:
    return {}


@visit("jobs.flower", by="anonymous", anew=True)
def flower(town: Town) -> Asked:
    return {"headers": {**administrator(town), "accept": "text/html"}}


# Schedules


@visit("jobs.create_schedule", by="boss", anew=True)
def create_schedule(town: Town) -> Asked:
    return {"body": {"description": town.name("schedule"), "expression": "rate(1 minute)"}}


@visit("jobs.list_schedules", by="boss")
def list_schedules(town: Town) -> Asked:
    return {"query": {"status": "null"}}


@visit("jobs.show_schedule", by="boss")
def show_schedule(town: Town) -> Asked:
    return {"id": schedule(town)}


@visit("jobs.update_schedule", by="boss", anew=True)
def update_schedule(town: Town) -> Asked:
    return {"id": schedule(town), "body": {"status": True, "description": town.name("schedule")}}


@visit("jobs.delete_schedule", by="boss", again={404})
def delete_schedule(town: Town) -> Asked:
    return {"id": schedule(town)}


@visit("jobs.run_schedule", by="boss", anew=True)
def run_schedule(town: Town) -> Asked:
    return {"id": schedule(town)}


# The clock's, the streams' and the queues'


@visit("jobs.auto_task_runner")
def auto_task_runner(town: Town) -> Asked:
    schedule(town)
    return {"id": town.name("tick")}


@visit("jobs.run_recurring")
def run_recurring(town: Town) -> Asked:
    schedule(town, expression="rate(1 minute)")
    town.place.wait(MINUTE)
    return {"id": town.name("tick")}


@visit("jobs.dispatch")
def dispatch(town: Town) -> Asked:
    town.place.call("jobs.send_sms", send_sms(town))  # what this asks for is an SMS
    town.ask("jobs.run_schedule", by="boss", id=schedule(town))
    asked(town)
    return {"Records": town.place.changes(Table.JOBS)}


@visit("jobs.default")
def default(town: Town) -> Asked:
    dead(town)
    town.place.wait(MINUTE)  # what dies after a redrive was asked for stays dead
    asked(town)
    town.ask("jobs.run_schedule", by="boss", id=schedule(town))
    schedule(town)  # for the runner
    for door, body in (("jobs.ask_runner", None), ("jobs.redrive", {})):
        town.ask(door, body, by="boss")
    return dispatched(town, Queue.DEFAULT)


@visit("jobs.send_sms")
def send_sms(town: Town) -> Asked:
    town.ask("jobs.ask_sms", {"phone": town.phone()}, by="boss")
    return dispatched(town, Queue.SMS_QUEUE)


@visit("jobs.bury")
def bury(town: Town) -> Asked:
    step = {"machine": "countdown", "order": {"owner": 1, "id": 1, "due_at": clock.wire(town.place.now())}}
    place = {"DDBStreamBatchInfo": {"shardId": town.name("shard"), "startSequenceNumber": "1"}}
    tick = {"tick": "tasks.sweep", "id": town.name("tick")}
    undelivered = [letter("undelivered", body, str(uuid4())) for body in (step, place, tick)]
    return {"Records": [letter("sum-dead", {"owner": 1, "id": 1}, str(uuid4())), *undelivered]}


@visit("jobs.send_again")
def send_again(town: Town) -> Asked:
    town.ask("jobs.retry", by="boss", id=dead(town))
    return {"Records": town.place.changes(Table.OPS)}
