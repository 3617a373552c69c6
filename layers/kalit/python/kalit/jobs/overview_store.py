"""The figures that whoever is on call looks at first: from the OPS table, the jobs table, and the queues themselves."""

import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from kalit.kit import aws
from kalit.kit.caller import Admin, Caller
from kalit.kit.jobs import JobCounts, JobRow, State, TickRow
from kalit.kit.resources import Grant, Queue, Table

from . import history, schedule_store, timing
from .history import QUEUES, RECENT, Depth, Overview, QueueFigures, Timetable

COMING = 5  # runs that an overview foretells
MOST_SCHEDULES = 50  # of the staff's that it shows

READ: tuple[Grant, ...] = (
    Table.OPS.query,
    Table.OPS.query_index("by_state"),
    Table.OPS.batch_get,
    *(queue.depth for queue in Queue),
    Table.JOBS.query_index("due"),
    Table.JOBS.get,
)


def overview(caller: Caller, at: datetime) -> Overview:
    """The figures of all queues, and what comes next.

    For each queue a Query of its counts, three for its oldest job, and a GetQueueAttributes; a few more for schedules.
    """
    return Overview(at=at, queues=[_figures(name, at) for name in QUEUES], schedules=_timetables(caller, at))


def _figures(name: str, at: datetime) -> QueueFigures:
    days = JobCounts.buckets(f"JOBS#{name}", history.kept_since(at))
    recent = (at - RECENT).strftime("%Y-%m-%d")
    counts = JobCounts.added_up(days)
    return QueueFigures(
        name=name,
        depth=_depth(Queue(name)) if name in set(Queue) else None,
        oldest_seconds=_oldest(name, at, counts),
        success_rate=history.success_rate(JobCounts.added_up(day for day in days if day.sk >= recent)),
        **counts,
    )


def _depth(queue: Queue) -> Depth:
    names = ["", "NotVisible", "Delayed"]
    told = aws.client("sqs").get_queue_attributes(
        QueueUrl=queue.id, AttributeNames=[f"ApproximateNumberOfMessages{name}" for name in names]
    )["Attributes"]
    waiting, in_flight, delayed = (int(told.get(f"ApproximateNumberOfMessages{name}", 0)) for name in names)
    return Depth(waiting=waiting, in_flight=in_flight, delayed=delayed)


def _oldest(queue: str, at: datetime, counts: dict[str, int]) -> int | None:
    """Seconds since the oldest job was born that has not ended."""
    since = history.kept_since(at)
    first = [
        row.born
        for state in (State.PENDING, State.RUNNING, State.RETRYING)
        if counts[state]
        for row in JobRow.by_state.query(f"{queue}#{state}", JobRow.born >= since, limit=1)
    ]
    return max(0, int((at - datetime.fromisoformat(min(first).partition("#")[0])).total_seconds())) if first else None


def _timetables(caller: Caller, at: datetime) -> list[Timetable]:
    """The product's own ticks, and for administrators what staff have scheduled."""
    return [*_ticks(at), *(_scheduled(at) if caller.role in Admin.roles else ())]


def _ticks(at: datetime) -> Iterator[Timetable]:
    ticks = json.loads(os.environ["TICKS"])
    latest = TickRow.batch_get([TickRow.key(name) for name, _, _ in ticks])
    last = {row.name: row for row in JobRow.batch_get([JobRow.key(row.job) for row in latest])}
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    for name, expression, zone in ticks:
        yield Timetable(
            name=name,
            kind="tick",
            expression=expression,
            zone=zone,
            next=list(islice(timing.runs(expression, zone, midnight, at), COMING)),
            last=last[name].created_at if name in last else None,
            last_state=State(last[name].state) if name in last else None,
        )


def _scheduled(at: datetime) -> Iterator[Timetable]:
    for schedule in schedule_store.recurring(MOST_SCHEDULES):
        coming = timing.runs(
            schedule.expression or "", schedule.zone, schedule.date, max(at, schedule.date - timedelta(microseconds=1))
        )
        yield Timetable(
            name=f"#{schedule.id} {schedule.description or ''}".strip()[:100],
            kind="schedule",
            expression=schedule.expression or "",
            zone=schedule.zone,
            next=list(islice(coming, COMING)),
            last=None,
            last_state=None,
        )
