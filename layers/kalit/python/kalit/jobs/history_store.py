"""Reading the history of jobs, sending dead ones again, and putting dead letters aside. In the OPS table."""

import heapq
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from kalit.kit import audit, aws, clock, jobs, metrics, queues, steps
from kalit.kit.audit import Act, AuditRow
from kalit.kit.caller import Caller
from kalit.kit.ids import derived, ordered
from kalit.kit.jobs import JobCounts, JobRow, Moved, State
from kalit.kit.log import log
from kalit.kit.pages import Page
from kalit.kit.queues import Letter
from kalit.kit.resources import Grant, Machine, Queue, Table
from kalit.kit.schedules import QUEUE as TICKS
from kalit.kit.sealed import OPEN, SEAL, seal, unseal
from kalit.kit.tables import Commit, TableName

from . import history, schedule_store, timing
from .history import (
    QUEUES,
    RECENT,
    Depth,
    Job,
    JobNotFound,
    ListJobs,
    NotDead,
    NothingToSend,
    Overview,
    QueueFigures,
    Timetable,
)
from .work import Accepted, Redrive

PAGE_SIZE = 50
AT_ONCE = 100  # jobs that one redrive message sends again; it is followed by another
COMING = 5  # runs that an overview foretells
MOST_SCHEDULES = 50  # of the staff's that it shows
LATEST_TICKS = 60  # jobs among which it looks for each tick's last
UNDELIVERED = "undelivered"

ASK: tuple[Grant, ...] = (Table.OPS.put,)
SHOW: tuple[Grant, ...] = (Table.OPS.get,)
LIST: tuple[Grant, ...] = (
    Table.OPS.query,
    Table.OPS.query_index("by_queue"),
    Table.OPS.query_index("by_state"),
    Table.OPS.batch_get,
)
RETRY: tuple[Grant, ...] = jobs.WORK
REDRIVE: tuple[Grant, ...] = (*jobs.WORK, Table.OPS.query_index("by_state"))
SEND: tuple[Grant, ...] = (
    *OPEN,
    *(queue.send for queue in Queue),
    *(machine.start for machine in Machine),
)
BURY: tuple[Grant, ...] = (*jobs.WORK, *SEAL)
OVERVIEW: tuple[Grant, ...] = (
    *LIST,
    *(queue.depth for queue in Queue),
    Table.JOBS.query_index("due"),
    Table.JOBS.get,
)


class JobAudit(AuditRow):
    class Meta:
        table_name = TableName(Table.OPS)


def show(id: UUID) -> Job:
    """Raises `JobNotFound`. One read."""
    return _job(_row(id))


def listed(query: ListJobs, at: datetime) -> Page[Job]:
    """A page of jobs, the newest first. Raises `InvalidPage`.

    Two Queries for each queue that is asked for, which read up to the page's end, and a BatchGetItem.
    """
    places, since = query.places(), history.kept_since(at)
    totals = {name: JobCounts.total(f"JOBS#{name}", since) for name, _ in places}
    count = max(0, sum(totals[name][state] if state else sum(totals[name].values()) for name, state in places))
    number = query.number(count, PAGE_SIZE)
    end = number * PAGE_SIZE
    found = heapq.merge(*(_born(name, state, since, end) for name, state in places), reverse=True)
    page = list(islice(found, end - PAGE_SIZE, end))
    rows = {str(row.id): row for row in JobRow.batch_get([JobRow.key(id) for _, id in page], consistent_read=True)}
    return Page([_job(rows[id]) for _, id in page if id in rows], count, number, PAGE_SIZE)


def retry(id: UUID, caller: Caller, at: datetime) -> Job:
    """Send a dead job's message again. Raises `JobNotFound`, `NotDead` or `NothingToSend`. A read, a transaction."""
    row = _row(id)
    if row.state != State.DEAD:
        raise NotDead(state=row.state)
    if row.message is None:
        raise NothingToSend
    before = {"state": row.state}
    try:
        with Commit() as commit:
            _revive(commit, row)
            audit.write(commit, JobAudit, Act(caller, "job.retry", "job", id, before, {"state": row.state}), at)
    except Moved:
        raise NotDead(state=_row(id).state) from None
    return _job(row)


def ask(queue: Queue, order: BaseModel, name: str, caller: Caller, at: datetime, key: UUID | None = None) -> Accepted:
    """Have a job done that staff ask for. A transaction, a SendMessage and another transaction."""
    job = key or ordered(at)
    with Commit() as commit:
        act = Act(caller, "job.ask", "job", job, after={"name": name, **jobs.masked(order.model_dump(mode="json"))})
        audit.write(commit, JobAudit, act, at)
    return Accepted(task_id=queues.send(queue, order, name=name, job=job))


def redrive(order: Redrive) -> None:
    """Send up to `AT_ONCE` dead jobs again, and then have the next ones sent. A Query for each queue."""
    sent = 0
    for name in [order.queue] if order.queue else QUEUES:
        since = history.kept_since(order.before)
        # Without a limit: the newest may have died again, or the index may not know yet that they are sent.
        for _, id in _born(name, State.DEAD, since) if sent < AT_ONCE else ():
            row = JobRow.find(*JobRow.key(id))
            # One that has died again since is not taken up again: this would never end.
            if row and row.state == State.DEAD and row.message and str(row.ended_at) < clock.wire(order.before):
                with suppress(Moved), Commit() as commit:
                    _revive(commit, row)
                sent += 1
                if sent >= AT_ONCE:
                    break
    log.info("redriven", extra={"jobs": sent})
    if sent >= AT_ONCE:
        queues.send(Queue.DEFAULT, order, name="redrive")


def send(image: dict[str, Any]) -> None:
    """Hand a revived job's message to its queue or machine. A key and a sending."""
    row = JobRow.of(image)
    told = json.loads(unseal(row.message, _purpose(row.id)))
    job = jobs.Job(row.id, row.name, row.queue)
    if "order" in told:
        steps.execute(Machine(row.queue), f"{row.id}-{int(row.moves)}", told["order"], row.id)
    else:
        queues.post(Queue(row.queue), told["body"], job, again=f"-{int(row.moves)}")


def bury(letter: Letter, at: datetime) -> None:
    """Keep a dead letter as a dead job, and its message sealed. A read, a key and a transaction."""
    job, message = _dead(letter)
    row = jobs.found(job, at)
    if row.moves and row.state in (*jobs.ENDED, State.DEAD):
        return
    row.attempts = jobs.closed(row.attempts)
    row.message = seal(json.dumps(message), _purpose(job.id)) if message else None
    row.ended_at = clock.wire(at)
    jobs.move(row, State.DEAD)
    metrics.count("jobs_dead")
    log.error("job died", extra={"job_id": str(job.id), "queue": job.queue, "name_of_job": job.name})


def overview(at: datetime) -> Overview:
    """The figures of all queues, and what comes next.

    For each queue a Query of its counts, three for its oldest job, and a GetQueueAttributes; a few more for schedules.
    """
    return Overview(at=at, queues=[_figures(name, at) for name in QUEUES], schedules=list(_timetables(at)))


def _dead(letter: Letter) -> tuple[jobs.Job, dict[str, Any] | None]:
    """Which job a dead letter is, and what it takes to send it again."""
    name = letter.queue.removeprefix(f"{os.environ['STAGE']}-").replace("-dead", "")
    if name != UNDELIVERED:
        return letter.job(Queue(name)), {"body": letter.body}
    try:
        return _undelivered(letter, json.loads(letter.body))
    except (ValueError, TypeError, LookupError, AttributeError):
        # Nobody of ours wrote it. Left where it is, it would be tried for two weeks, beside all others.
        return jobs.Job(derived("message", letter.id), UNDELIVERED, "topics"), None


def _undelivered(letter: Letter, told: Any) -> tuple[jobs.Job, dict[str, Any] | None]:
    if "machine" in told:  # a step kept failing
        machine, order = Machine(told["machine"]).value, {**told["order"]}
        order.pop("failure", None)
        sent = {key: value for key, value in order.items() if key not in steps.TOLD}
        id = UUID(order["job"]) if "job" in order else derived("execution", json.dumps(order, sort_keys=True))
        return jobs.Job(id, machine, machine, sent), {"order": sent}
    # What Lambda could not have done: a place in a stream, a tick, or a message of a topic.
    name = told.get("requestContext", {}).get("functionArn", "").partition(":function:")[2].partition(":")[0]
    door = name.removeprefix(f"{os.environ['STAGE']}-").replace("-", ".", 1) or UNDELIVERED
    if "DDBStreamBatchInfo" in told:
        place = told["DDBStreamBatchInfo"]
        return jobs.Job(derived("stream", json.dumps(place, sort_keys=True)), door, "streams", place), None
    event = told.get("requestPayload", told)
    if "payload" in event:
        return jobs.Job(derived("topic", letter.id), door, "topics", event), None
    return jobs.Job(derived("tick", door, str(event.get("id", letter.id))), door, TICKS), None


def _revive(commit: Commit, row: JobRow) -> None:
    row.outbox, row.ended_at = "retry", None
    jobs.put(commit, row, State.PENDING)


def _row(id: UUID) -> JobRow:
    row = JobRow.find(*JobRow.key(id))
    if row is None:
        raise JobNotFound
    return row


def _job(row: JobRow) -> Job:
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
        result=json.loads(row.result) if row.result else None,
        asked_by=int(row.caller_id) if row.caller_id else None,
        request_id=row.request_id or "",
        retryable=row.state == State.DEAD and row.message is not None,
    )


def _born(queue: str, state: str, since: str, limit: int | None = None) -> Iterator[tuple[str, str]]:
    """(when it was born, id) of a queue's jobs, the newest first."""
    index, key = (JobRow.by_state, f"{queue}#{state}") if state else (JobRow.by_queue, queue)
    for row in index.query(key, JobRow.born >= since, scan_index_forward=False, limit=limit):
        yield row.born, row.pk.removeprefix("JOB#")


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


def _timetables(at: datetime) -> Iterator[Timetable]:
    latest = list(_born(TICKS, "", history.kept_since(at), LATEST_TICKS))
    rows = JobRow.batch_get([JobRow.key(id) for _, id in latest], consistent_read=True)
    last: dict[str, JobRow] = {row.name: row for row in sorted(rows, key=lambda row: str(row.born))}
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    for name, expression, zone in json.loads(os.environ["TICKS"]):
        yield Timetable(
            name=name,
            kind="tick",
            expression=expression,
            zone=zone,
            next=list(islice(timing.runs(expression, zone, midnight, at), COMING)),
            last=last[name].created_at if name in last else None,
            last_state=State(last[name].state) if name in last else None,
        )
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


def _purpose(id: UUID) -> str:
    return f"message of job {id}"
