"""Jobs that failed too often: put aside as rows, sent again one by one or all at once. In the OPS table."""

import json
import os
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from kalit.kit import audit, clock, jobs, metrics, queues, steps
from kalit.kit.audit import Act
from kalit.kit.caller import Caller
from kalit.kit.ids import derived
from kalit.kit.jobs import JobRow, Moved, State
from kalit.kit.log import log
from kalit.kit.queues import Letter
from kalit.kit.resources import Grant, Machine, Queue, Table
from kalit.kit.schedules import QUEUE as TICKS
from kalit.kit.sealed import OPEN, SEAL, seal, unseal
from kalit.kit.tables import Commit

from . import history
from .history import QUEUES, Job, NotDead, NothingToSend
from .history_store import JobAudit, born, row_of, told
from .work import Redrive

AT_ONCE = 50  # jobs that one redrive message sends again; it is followed by another
UNDELIVERED = "undelivered"

RETRY: tuple[Grant, ...] = jobs.WORK
REDRIVE: tuple[Grant, ...] = (*jobs.WORK, Table.OPS.query_index("by_state"))
SEND: tuple[Grant, ...] = (
    *OPEN,
    *(queue.send for queue in Queue),
    *(machine.start for machine in Machine),
)
BURY: tuple[Grant, ...] = (*jobs.WORK, *SEAL)


def retry(id: UUID, caller: Caller, at: datetime) -> Job:
    """Send a dead job's message again. Raises `JobNotFound`, `NotDead` or `NothingToSend`. A read, a transaction."""
    row = row_of(id, at)
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
        raise NotDead(state=row_of(id, at).state) from None
    return told(row, caller)


def redrive(order: Redrive) -> None:
    """Send up to `AT_ONCE` dead jobs again, and then have the next ones sent. A Query for each queue."""
    sent = 0
    for name in [order.queue] if order.queue else QUEUES:
        since = history.kept_since(order.before)
        # Without a limit: the newest may have died again, or the index may not know yet that they are sent.
        for _, id in born(name, State.DEAD, since) if sent < AT_ONCE else ():
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
    kept = json.loads(unseal(row.message, _purpose(row.id)))
    job = jobs.Job(row.id, row.name, row.queue)
    if "order" in kept:
        steps.execute(Machine(row.queue), f"{row.id}-{int(row.moves)}", kept["order"], row.id)
    else:
        queues.post(Queue(row.queue), kept["body"], job, again=f"-{int(row.moves)}")


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


def _undelivered(letter: Letter, body: Any) -> tuple[jobs.Job, dict[str, Any] | None]:
    if "machine" in body:  # a step kept failing
        machine, order = Machine(body["machine"]).value, {**body["order"]}
        order.pop("failure", None)
        sent = {key: value for key, value in order.items() if key not in steps.TOLD}
        id = UUID(order["job"]) if "job" in order else derived("execution", json.dumps(order, sort_keys=True))
        return jobs.Job(id, machine, machine, sent), {"order": sent}
    # What a door failed on: a place in a stream, a tick or a topic's message; or a tick that never reached its door.
    function = body.get("requestContext", {}).get("functionArn", "").partition(":function:")[2].partition(":")[0]
    door = function.removeprefix(f"{os.environ['STAGE']}-").replace("-", ".", 1) or body.get("tick", UNDELIVERED)
    if "DDBStreamBatchInfo" in body:
        place = body["DDBStreamBatchInfo"]
        return jobs.Job(derived("stream", json.dumps(place, sort_keys=True)), door, "streams", place), None
    event = body.get("requestPayload", body)
    if "payload" in event:
        return jobs.Job(derived("topic", letter.id), door, "topics", event), None
    return jobs.Job(derived("tick", door, str(event.get("id", letter.id))), door, TICKS), None


def _revive(commit: Commit, row: JobRow) -> None:
    row.outbox, row.asked_at, row.ended_at = "retry", clock.wire(clock.now()), None
    jobs.put(commit, row, State.PENDING)


def _purpose(id: UUID) -> str:
    return f"message of job {id}"
