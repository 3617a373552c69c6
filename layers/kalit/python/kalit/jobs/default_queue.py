"""What the worker of the queue `default` does with each kind of message."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from kalit.kit.log import log
from kalit.kit.resources import Grant

from . import history_store, schedule_store
from .work import AutoTaskRunner, Kind, ProcessSchedule, Redrive, Task1

WORK: tuple[Grant, ...] = (*schedule_store.CLAIM_DATED, *schedule_store.WRITE, *history_store.REDRIVE)


def _count(order: Task1, at: datetime) -> None:
    log.info(f"Task 1 Done: {order.num}")


def _process(order: ProcessSchedule, at: datetime) -> None:
    schedule_store.process(order.id, at)


def _run_due(order: AutoTaskRunner, at: datetime) -> None:
    schedule_store.claim_dated(at)


def _redrive(order: Redrive, at: datetime) -> None:
    history_store.redrive(order)


DO: dict[type, Callable[[Any, datetime], None]] = {
    Task1: _count,
    ProcessSchedule: _process,
    AutoTaskRunner: _run_due,
    Redrive: _redrive,
}


def do(order: Kind, at: datetime) -> None:
    """Do what a message asks for."""
    DO[type(order)](order, at)
