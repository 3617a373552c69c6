from collections.abc import Callable
from datetime import datetime
from typing import Any

from kalit.jobs import dead_store, schedule_store
from kalit.jobs.work import AutoTaskRunner, Order, ProcessSchedule, Redrive, Task1
from kalit.kit import clock, queues
from kalit.kit.log import log
from kalit.kit.resources import Queue


def task_1(order: Task1, at: datetime) -> None:
    log.info(f"Task 1 Done: {order.num}")


def process_schedule(order: ProcessSchedule, at: datetime) -> None:
    schedule_store.process(order.id, at)


def auto_task_runner(order: AutoTaskRunner, at: datetime) -> None:
    schedule_store.claim_dated(at)


def redrive(order: Redrive, at: datetime) -> None:
    dead_store.redrive(order)


DO: dict[type, Callable[[Any, datetime], None]] = {
    Task1: task_1,
    ProcessSchedule: process_schedule,
    AutoTaskRunner: auto_task_runner,
    Redrive: redrive,
}


@queues.consume(
    Queue.DEFAULT,
    uses=[*schedule_store.CLAIM_DATED, *schedule_store.WRITE, *dead_store.REDRIVE],
    batch=5,  # each may begin fifty runs, and all share the door's time
)
def handler(message: Order) -> None:
    """Do one of the small jobs: task_1, process_schedule, auto_task_runner or redrive."""
    DO[type(message.root)](message.root, clock.now())
