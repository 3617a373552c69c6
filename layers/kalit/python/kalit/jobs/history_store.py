"""Reading the history of jobs, and asking for new ones. In the OPS table, orders in that of jobs."""

import heapq
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from kalit.kit import audit, jobs, queues
from kalit.kit.audit import Act, AuditRow
from kalit.kit.caller import Admin, Caller
from kalit.kit.ids import ordered
from kalit.kit.jobs import JobCounts, JobRow, State
from kalit.kit.pages import Page, part
from kalit.kit.resources import Grant, Queue, Table
from kalit.kit.tables import Commit, Followed, TableName

from . import history
from .history import Job, JobNotFound, ListJobs
from .schedule_store import ScheduleAudit
from .work import Accepted, Redrive

PAGE_SIZE = 50

ORDER_KEPT = timedelta(days=2)  # longer than the answers of `kit.once`, by whose keys orders are the same

ASK: tuple[Grant, ...] = (Table.JOBS.put, *jobs.EXPECT)
SHOW: tuple[Grant, ...] = (Table.OPS.get,)
LIST: tuple[Grant, ...] = (
    Table.OPS.query,
    Table.OPS.query_index("by_queue"),
    Table.OPS.query_index("by_state"),
    Table.OPS.batch_get,
)


class OrderRow(Followed):
    """What staff asked for, on its way to its worker: at pk = ORDER#<job> of the jobs table."""

    class Meta:
        table_name = TableName(Table.JOBS)

    name = UnicodeAttribute()
    queue = UnicodeAttribute()
    body = UnicodeAttribute()
    ttl = NumberAttribute()


class Asked(Exception):
    """This was asked for before."""


class JobAudit(AuditRow):
    class Meta:
        table_name = TableName(Table.OPS)


def show(id: UUID, caller: Caller, at: datetime) -> Job:
    """Raises `JobNotFound`. One read."""
    return told(row_of(id, at), caller)


def listed(query: ListJobs, caller: Caller, at: datetime) -> Page[Job]:
    """A page of jobs, the newest first. Raises `InvalidPage`.

    A Query for each queue that is asked for, which reads up to the page's end, and a BatchGetItem; where there is
    more, one Query for each that counts.
    """
    places, since = query.places(), history.kept_since(at)

    def first(most: int) -> Iterable[tuple[str, str]]:
        return islice(heapq.merge(*(born(name, state, since, most) for name, state in places), reverse=True), most)

    def all_of_them() -> int:
        totals = {name: JobCounts.total(f"JOBS#{name}", since) for name, _ in places}
        return sum(totals[name][state] if state else sum(totals[name].values()) for name, state in places)

    page = part(query, PAGE_SIZE, first, all_of_them)
    ids = [id for _, id in page.things]
    rows = {str(row.id): row for row in JobRow.batch_get([JobRow.key(id) for id in ids], consistent_read=True)}
    shown = [rows[id] for id in ids if id in rows]
    # The index may be behind what the row says.
    kept = [told(row, caller) for row in shown if not query.state or row.state == query.state]
    return Page.of(page, kept)


def ask(queue: Queue, order: BaseModel, name: str, caller: Caller, at: datetime, key: UUID | None = None) -> Accepted:
    """Have a job done that staff ask for; asked for again with the same key, it is the same. One transaction."""
    job = jobs.Job(key or ordered(at), name, queue.value, order.model_dump(mode="json"))
    # A redrive is about the queue that it names.
    about = order.queue or "all" if isinstance(order, Redrive) else queue.value
    row = OrderRow(f"ORDER#{job.id}", "ORDER", name=name, queue=queue.value, body=order.model_dump_json())
    row.outbox, row.ttl = "order", int((at + ORDER_KEPT).timestamp())
    with suppress(Asked), Commit() as commit:
        commit.put(row, OrderRow.pk.does_not_exist(), unmet=Asked())
        jobs.put(commit, jobs.new(job, at), State.PENDING)
        audit.write(commit, ScheduleAudit, Act(caller, f"job.{name}", "queue", about, after={"job": str(job.id)}), at)
    return Accepted(task_id=job.id)


def send(image: dict[str, Any]) -> None:
    """Hand to its worker what staff asked for. One SendMessage."""
    row = OrderRow.of(image)
    queues.post(Queue(row.queue), row.body, jobs.Job(UUID(row.pk.removeprefix("ORDER#")), row.name, row.queue))


def row_of(id: UUID, at: datetime) -> JobRow:
    """The row of a job that is still kept. Raises `JobNotFound`. One read."""
    row = JobRow.find(*JobRow.key(id))
    if row is None or row.born < history.kept_since(at):
        raise JobNotFound
    return row


def born(queue: str, state: str, since: str, limit: int | None = None) -> Iterator[tuple[str, str]]:
    """(when it was born, id) of a queue's jobs, the newest first."""
    index, key = (JobRow.by_state, f"{queue}#{state}") if state else (JobRow.by_queue, queue)
    for row in index.query(key, JobRow.born >= since, scan_index_forward=False, limit=limit):
        yield row.born, row.pk.removeprefix("JOB#")


def told(row: JobRow, caller: Caller) -> Job:
    """A job as staff see it. What came of it may be a code, which is for administrators."""
    return Job(
        id=row.id,
        name=row.name,
        queue=row.queue,
        state=State(row.state),
        created_at=row.created_at,
        ended_at=row.ended_at,
        tries=int(row.tries),
        attempts=history.attempts(row.attempts),
        arguments=json.loads(row.arguments) if row.arguments else None,
        result=json.loads(row.result) if row.result and caller.role in Admin.roles else None,
        asked_by=int(row.caller_id) if row.caller_id else None,
        request_id=row.request_id or "",
        retryable=row.state == State.DEAD and row.message is not None,
    )
