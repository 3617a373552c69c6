"""Slots in the campaigns table: messages that are due together, on their way to the queue of senders.

A slot is handed over at its time by whoever comes first: the table's stream, its run's machine, or the tick. Who hands
it over says when to look again; so one whose message got lost is handed over once more, and a second message of it
does no harm.
"""

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from pynamodb.exceptions import UpdateError

from kalit.kit import clock, queues, schedules, steps
from kalit.kit.resources import Grant, Machine, Queue, Table
from kalit.kit.tables import condition_failed

from . import run_store
from .runs import PATIENCE, Released, Send, SlotOrder
from .store import Due, RunRow, SlotRow

AT_ONCE = 25  # slots that one step hands over
SWEPT = 200  # that one tick looks at
LAST = datetime(9000, 1, 1, tzinfo=UTC)  # behind all that is planned
NEAR = timedelta(seconds=queues.LONGEST_DELAY)

RELEASE: tuple[Grant, ...] = (Table.CAMPAIGNS.update, Queue.CAMPAIGNS.send)
RELEASE_ALL: tuple[Grant, ...] = (*RELEASE, Table.CAMPAIGNS.query)
FOLLOW: tuple[Grant, ...] = (*RELEASE, Machine.SLOT.start)
SWEEP: tuple[Grant, ...] = (
    *RELEASE,
    *run_store.FOLLOW,
    Table.CAMPAIGNS.get,
    Table.CAMPAIGNS.query_index("due"),
)


def follow(row: SlotRow, at: datetime) -> None:
    """See to it that a new slot is handed over at its time: by the queue's own delay, or by a machine that waits."""
    wait = row.at - at
    if wait <= NEAR:
        release(row, at, max(0, math.ceil(wait.total_seconds())))  # who comes too early waits for a tick
    else:
        start_machine(row.run, f"{row.at:%Y%m%dT%H%M%S}", SlotOrder(run=row.run, at=row.at, until=row.at))


def go_on(row: RunRow, at: datetime) -> None:
    """Start the machine of a run, and hand over what is due of it. Two starts."""
    run_store.start_machine(row)
    if row.plan:
        start_machine(row.number, f"again-{int(row.executions)}", SlotOrder(run=row.number, at=at, until=at))


def call_off(row: RunRow, at: datetime) -> None:
    """Hand over all slots of a run that was called off: who gets them cancels what they hold. One start."""
    start_machine(row.number, f"off-{int(row.executions)}", SlotOrder(run=row.number, at=at, until=LAST))


def start_machine(run: int, name: str, order: SlotOrder) -> None:
    steps.start(Machine.SLOT, f"run-{run}-{name}", order)


def release(row: SlotRow, at: datetime, delay: int = 0) -> None:
    """Hand a slot over, unless somebody else does. An UpdateItem, a SendMessage and a transaction."""
    again = clock.wire(at + timedelta(seconds=delay) + PATIENCE)
    as_read = (SlotRow.due_at == row.due_at) if row.due_at else SlotRow.due_at.does_not_exist()
    try:
        row.update([SlotRow.due.set("SLOT"), SlotRow.due_at.set(again)], SlotRow.pk.exists() & as_read)
    except UpdateError as error:
        if not condition_failed(error):
            raise
        return
    order = Send(run=row.run, slot=row.sk)
    queues.send(Queue.CAMPAIGNS, order, name="send", delay=delay)


def release_due(order: SlotOrder, at: datetime) -> Released:
    """Hand over the next slots of a run that are due by then. A Query, and for each slot what `release` costs."""
    behind = SlotRow.sk.between(f"{order.after or 'SLOT#'}!", f"SLOT#{clock.wire(order.until)}#~")
    rows = list(SlotRow.query(f"RUN#{order.run}", behind, consistent_read=True, limit=AT_ONCE))
    for row in rows:
        release(row, at)
    more = len(rows) == AT_ONCE
    return Released(**order.model_dump(exclude={"after"}), after=rows[-1].sk if more else "", more=more)


def park(row: SlotRow) -> None:
    """Leave a slot alone until its run goes on. One UpdateItem."""
    row.update([SlotRow.due.remove(), SlotRow.due_at.remove()], SlotRow.pk.exists())


def sweep(at: datetime) -> None:
    """Hand over the slots and look at the runs that somebody should have looked at. Two Queries, a read for each."""

    def again(key: Any) -> None:
        if key.sk == "RUN":
            run = RunRow.find(key.pk, key.sk)
            if run and run.due_at and run.due_at <= clock.wire(at):
                run_store.look_again(run, at)
            return
        slot = SlotRow.find(key.pk, key.sk)
        if slot and slot.due_at and slot.due_at <= clock.wire(at):
            release(slot, at)

    schedules.each(_due(at), again)


def _due(at: datetime) -> Iterator[Any]:
    for kind in ("RUN", "SLOT"):
        yield from RunRow.due_index.query(
            kind, Due.due_at <= clock.wire(at), limit=SWEPT, attributes_to_get=["pk", "sk"]
        )
