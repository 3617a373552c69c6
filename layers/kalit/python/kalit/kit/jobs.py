"""The history of jobs: what became of every message, tick and execution, as rows of the OPS table.

pk             sk               what
JOB#<id>       JOB              a job; in index `by_queue` under its queue, in `by_state` under queue and state
TICK#<name>    TICK             which job a tick's latest one is
JOBS#<queue>   <day>#<shard>    how many jobs of the queue were born on that day, by state

A job is a run, a chunk or a tick, never one recipient or one heartbeat. What it was asked to do is kept masked; only
a dead one keeps its message, sealed, so that it can be sent again (`kalit.jobs`).
"""

import json
import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from . import aws, clock
from .counts import Counts
from .doors import Again
from .errors import AppError, Unavailable
from .log import log
from .resources import Grant, Table
from .tables import Commit, Followed, Row, TableName

EXPECT: tuple[Grant, ...] = (Table.OPS.put, Table.OPS.update)
WORK: tuple[Grant, ...] = (*EXPECT, Table.OPS.get)
KEPT = timedelta(days=30)
ENDINGS = 3  # tries to keep how an attempt went; each meets other counts
MOST_ATTEMPTS = 20  # shown of a job; of more, the first and the latest
LONGEST_ARGUMENTS = 2_000  # characters


class State(StrEnum):
    PENDING = "pending"  # on its way to a worker
    RUNNING = "running"
    RETRYING = "retrying"  # its last attempt failed; it comes again by itself
    COMPLETED = "completed"
    DEAD = "dead"  # it failed too often; somebody must look, and may send it again
    CANCELLED = "cancelled"


ENDED = {State.COMPLETED, State.CANCELLED}


class ByQueue(GlobalSecondaryIndex["JobRow"]):
    class Meta:
        index_name = "by_queue"
        projection = KeysOnlyProjection()

    queue = UnicodeAttribute(hash_key=True)
    born = UnicodeAttribute(range_key=True)


class ByState(GlobalSecondaryIndex["JobRow"]):
    class Meta:
        index_name = "by_state"
        projection = KeysOnlyProjection()

    place = UnicodeAttribute(hash_key=True)
    born = UnicodeAttribute(range_key=True)


class JobRow(Followed):
    class Meta:
        table_name = TableName(Table.OPS)

    name = UnicodeAttribute()
    queue = UnicodeAttribute()
    state = UnicodeAttribute()
    place = UnicodeAttribute()
    born = UnicodeAttribute()  # <created_at>#<id>
    arguments = UnicodeAttribute(null=True)  # JSON, masked
    result = UnicodeAttribute(null=True)  # JSON, masked
    attempts = UnicodeAttribute(default="[]")  # JSON: number, started_at, took_ms, error
    tries = NumberAttribute(default=0)
    moves = NumberAttribute(default=0)  # how often it was written; each write is on the condition of the last
    ended_at = UnicodeAttribute(null=True)
    message = UnicodeAttribute(null=True)  # sealed, and what it takes to send it again
    ttl = NumberAttribute()
    by_queue = ByQueue()
    by_state = ByState()

    @staticmethod
    def key(id: UUID | str) -> tuple[str, str]:
        return f"JOB#{id}", "JOB"

    @property
    def id(self) -> UUID:
        return UUID(self.pk.removeprefix("JOB#"))

    @property
    def created_at(self) -> str:
        return self.born.partition("#")[0]


class TickRow(Row):
    """Which job a tick's latest one is."""

    class Meta:
        table_name = TableName(Table.OPS)

    job = UnicodeAttribute()

    @staticmethod
    def key(name: str) -> tuple[str, str]:
        return f"TICK#{name}", "TICK"


class JobCounts(Counts):
    class Meta:
        table_name = TableName(Table.OPS)

    pending = NumberAttribute(default=0)
    running = NumberAttribute(default=0)
    retrying = NumberAttribute(default=0)
    completed = NumberAttribute(default=0)
    dead = NumberAttribute(default=0)
    cancelled = NumberAttribute(default=0)


class Moved(Again):
    """Another process is at the same job."""


@dataclass(frozen=True)
class Job:
    """What is known of a job before it begins. `queue` is where it waits: a queue, a machine, or `schedules`."""

    id: UUID
    name: str
    queue: str
    arguments: Any = None


def expect(job: Job, at: datetime) -> None:
    """Note a job that was just handed over; its worker may have been faster. One transaction.

    It was handed over already, so this fails for nobody: the worker notes it as well.
    """
    try:
        with suppress(Moved):
            move(new(job, at), State.PENDING)
    except Exception as error:
        log.warning("job not noted", extra={"job_id": str(job.id), "error": told(error)})


def work(job: Job, act: Callable[[], Any], in_steps: bool = False) -> Any:
    """Let a job's next attempt run, and keep how it went; a job that ended before is left alone.

    One that is done `in_steps` is not ended by the first of them. A read and two transactions beside what `act` does.
    """
    log.append_keys(job_id=str(job.id))
    row = _begun(job, {State.CANCELLED} if in_steps else ENDED)
    if row is None:
        log.info("ended before")
        return None
    started = time.perf_counter()
    try:
        result = act()
    except Exception as error:
        _end_attempt(row, State.RETRYING, started, told(error))
        raise
    row.result = None if result is None else json.dumps(masked(result))[:LONGEST_ARGUMENTS]
    _end_attempt(row, State.COMPLETED, started)
    return result


def cancel(id: UUID) -> None:
    """Note that a job was called off. A read and a transaction."""
    for _ in range(ENDINGS):
        row = JobRow.find(*JobRow.key(id))
        if row is None or row.state in (*ENDED, State.DEAD):
            return
        row.ended_at = clock.wire(clock.now())
        with suppress(Moved):
            move(row, State.CANCELLED)
            return


def found(job: Job, at: datetime) -> JobRow:
    """The job's row as it is, or as it would be. One read."""
    return JobRow.find(*JobRow.key(job.id)) or new(job, at)


def move(row: JobRow, state: State) -> None:
    """Write the row in its new state, and the counts with it; it asks for nothing more.

    Raises `Moved` when it is not as it was read.
    """
    row.outbox = None
    with Commit() as commit:
        put(commit, row, state)


def put(commit: Commit, row: JobRow, state: State) -> None:
    """The same within a transaction. A put and an update."""
    was = State(row.state) if row.moves else None
    as_read = (JobRow.moves == row.moves) if row.moves else JobRow.pk.does_not_exist()
    row.state, row.place, row.moves = state, f"{row.queue}#{state}", row.moves + 1
    commit.put(row, as_read, unmet=Moved())
    if was != state:
        shift = {state.value: 1, **({was.value: -1} if was else {})}
        JobCounts.add(commit, f"JOBS#{row.queue}", shift, bucket=row.born[:10], ttl=int(row.ttl))


def told(error: Exception) -> str:
    """An error as the history keeps it: its kind, and what is ours to tell. Others' texts may hold anybody's data."""
    kind, code = type(error).__name__, aws.error_code(error)
    more = str(error) if isinstance(error, AppError | Again) else code
    return f"{kind}: {more}" if more else kind


def masked(value: Any) -> Any:
    """Arguments without what may be personal: numbers, ids and times stay, other texts become their length."""
    if isinstance(value, dict):
        return {key: masked(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [masked(inner) for inner in value]
    if isinstance(value, str) and not _harmless(value):
        return f"…({len(value)})"
    return value


def _harmless(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-][\d:]+)?", text))


def closed(attempts: str) -> str:
    """The attempts of a job that comes again: of the last, if it never ended, nobody will hear any more."""
    kept = json.loads(attempts)
    if kept and "took_ms" not in kept[-1]:
        kept[-1] |= {"took_ms": None, "error": "its process died"}
    return json.dumps(kept)


def new(job: Job, at: datetime) -> JobRow:
    """A job's row before anything has become of it."""
    row = JobRow(*JobRow.key(job.id), name=job.name, queue=job.queue, born=f"{clock.wire(at)}#{job.id}")
    if job.arguments is not None:
        row.arguments = json.dumps(masked(job.arguments))
        if len(row.arguments) > LONGEST_ARGUMENTS:
            row.arguments = json.dumps(f"…({len(row.arguments)})")
    row.ttl = int((at.replace(hour=0, minute=0, second=0, microsecond=0) + KEPT).timestamp())
    return row


def _begun(job: Job, ended: set[State]) -> JobRow | None:
    at = clock.now()
    for _ in range(3):
        row = found(job, at)
        if row.moves and row.state in ended:
            return None
        row.tries, row.ended_at = int(row.tries) + 1, None
        _keep(row, [*json.loads(closed(row.attempts)), {"number": row.tries, "started_at": clock.wire(at)}])
        with suppress(Moved):
            move(row, State.RUNNING)
            return row
    raise Moved


def _end_attempt(row: JobRow, state: State, started: float, error: str | None = None) -> None:
    """Keep how an attempt went. It went that way whether it can be kept or not, so this fails for nobody."""
    ended = {"took_ms": round((time.perf_counter() - started) * 1000), "error": error}
    mine, result = json.loads(row.attempts)[-1] | ended, row.result
    try:
        for _ in range(ENDINGS):
            _keep(row, [mine if one["number"] == mine["number"] else one for one in json.loads(row.attempts)])
            if state in ENDED:
                row.ended_at, row.message, row.result = clock.wire(clock.now()), None, result
            with suppress(Moved, Unavailable):
                move(row, state)
                return
            row = JobRow.get(row.pk, row.sk, consistent_read=True)
            overtaken = row.tries != mine["number"]
            # Who has begun the same job meanwhile will tell how that ended; but what is done is done.
            if row.state in ENDED or (overtaken and state not in ENDED):
                return
        raise Moved
    except Exception as problem:
        log.warning("job not noted", extra={"error": told(problem)})


def _keep(row: JobRow, attempts: list[dict[str, Any]]) -> None:
    if len(attempts) > MOST_ATTEMPTS:
        attempts = [*attempts[: MOST_ATTEMPTS // 2], *attempts[-MOST_ATTEMPTS // 2 :]]
    row.attempts = json.dumps(attempts)
