"""The jobs table: schedules and their runs.

pk            sk              what
SCHEDULES     SCHEDULE#<n>    a schedule; in index `by_date`, in `by_status`; in `due` while there is something to run
COUNTS        #<shard>        how many schedules, by status
RUN#<id>      RUN             a run on its way to its worker
KEY#<uuid>    KEY             which schedule an Idempotency-Key made
AUDIT#<id>    AUDIT           what staff did to a schedule, on its way to the audit log
COUNTER#schedule  COUNTER     the last integer id
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection, LocalSecondaryIndex

from kalit.kit import audit, clock, queues
from kalit.kit.audit import Act, AuditRow
from kalit.kit.caller import Caller
from kalit.kit.counts import Counts
from kalit.kit.errors import Unavailable
from kalit.kit.ids import Counter, ordered
from kalit.kit.log import log
from kalit.kit.pages import Page, part, part_of
from kalit.kit.resources import Grant, Queue, Table
from kalit.kit.tables import Commit, Followed, Row, TableName

from . import schedules
from .schedules import LEASE, NAMES, ListSchedules, NewSchedule, Schedule, ScheduleChange, ScheduleNotFound
from .work import AutoTaskRunner, ProcessSchedule

PAGE_SIZE = 50
STATUSES = {"null": None, "false": False, "true": True}
MOST_SEARCHED = 2_000  # of the newest, whose descriptions a search reads
MOST_RUNS = 50  # that are begun at once; those that keep failing must be fewer, or they starve the others
KEPT = timedelta(days=1)  # of a run that was handed over
KEY_KEPT = timedelta(hours=25)  # longer than the answers of `kit.once`
CHANGES = 5  # tries to change what others change at the same time

READ: tuple[Grant, ...] = (Table.JOBS.get,)
LIST: tuple[Grant, ...] = (Table.JOBS.query, Table.JOBS.query_index("by_date"), Table.JOBS.query_index("by_status"))
WRITE: tuple[Grant, ...] = (Table.JOBS.get, Table.JOBS.put, Table.JOBS.update)
DELETE: tuple[Grant, ...] = (*WRITE, Table.JOBS.delete)
RUN: tuple[Grant, ...] = (Table.JOBS.get, Table.JOBS.put)
CLAIM: tuple[Grant, ...] = (Table.JOBS.query_index("due"), Table.JOBS.get, Table.JOBS.put)
CLAIM_DATED: tuple[Grant, ...] = (*CLAIM, Queue.DEFAULT.send)


class ByDate(LocalSecondaryIndex["ScheduleRow"]):
    class Meta:
        index_name = "by_date"
        projection = AllProjection()

    pk = UnicodeAttribute(hash_key=True)
    date_id = UnicodeAttribute(range_key=True)


class ByStatus(LocalSecondaryIndex["ScheduleRow"]):
    class Meta:
        index_name = "by_status"
        projection = AllProjection()

    pk = UnicodeAttribute(hash_key=True)
    status_date_id = UnicodeAttribute(range_key=True)


class Due(GlobalSecondaryIndex["ScheduleRow"]):
    class Meta:
        index_name = "due"
        projection = KeysOnlyProjection()

    due = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


class ScheduleRow(Row):
    class Meta:
        table_name = TableName(Table.JOBS)

    told = UnicodeAttribute()  # the schedule as JSON
    date_id = UnicodeAttribute()
    status_date_id = UnicodeAttribute()
    due = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    run = UnicodeAttribute()  # which job the run is that it waits for; the same when it must be begun once more
    version = NumberAttribute(default=0)
    by_date = ByDate()
    by_status = ByStatus()
    due_index = Due()

    @staticmethod
    def key(id: int) -> tuple[str, str]:
        return "SCHEDULES", f"SCHEDULE#{id:019d}"

    @property
    def schedule(self) -> Schedule:
        return Schedule.model_validate_json(self.told)


class RunRow(Followed):
    class Meta:
        table_name = TableName(Table.JOBS)

    schedule = NumberAttribute()
    ttl = NumberAttribute()

    @property
    def id(self) -> UUID:
        return UUID(self.pk.removeprefix("RUN#"))


class KeyRow(Row):
    class Meta:
        table_name = TableName(Table.JOBS)

    schedule = NumberAttribute()
    ttl = NumberAttribute()


class ScheduleCounts(Counts):
    class Meta:
        table_name = TableName(Table.JOBS)

    new = NumberAttribute(default=0)
    rerun = NumberAttribute(default=0)
    processed = NumberAttribute(default=0)


class ScheduleCounter(Counter):
    class Meta:
        table_name = TableName(Table.JOBS)


class ScheduleAudit(AuditRow):
    class Meta:
        table_name = TableName(Table.JOBS)


class Changed(Exception):
    """Somebody else changed the schedule since it was read."""


def create(new: NewSchedule, caller: Caller, at: datetime, key: UUID | None) -> Schedule:
    """A new schedule. A counter and a transaction; with a known key, the schedule that it made."""
    schedule = schedules.made(new, ScheduleCounter.next("schedule"), uuid4(), at)
    mark = KeyRow(f"KEY#{key}", "KEY", schedule=schedule.id, ttl=int((at + KEY_KEPT).timestamp()))
    with suppress(Changed), Commit() as commit:
        if key:
            commit.put(mark, KeyRow.pk.does_not_exist(), unmet=Changed())
        _put(commit, None, schedule)
        audit.write(commit, ScheduleAudit, _act(caller, "schedule.create", None, schedule), at)
        return schedule
    return get(int(KeyRow.get(mark.pk, mark.sk, consistent_read=True).schedule))


def get(id: int) -> Schedule:
    """Raises `ScheduleNotFound`. One read."""
    return _row(id).schedule


def listed(query: ListSchedules) -> Page[Schedule]:
    """A page of schedules, the newest date first. Raises `InvalidPage`. A Query; the counts where there is more."""
    if not (query.search or query.date):
        return _counted(query)
    newest = {row.sk: row.schedule for row in [*_newest(query, MOST_SEARCHED), *_numbered(query)]}
    found = part_of([schedule for schedule in newest.values() if _says(schedule, query)], query, PAGE_SIZE)
    return Page.of(found, found.things)


def change(id: int, told: ScheduleChange, caller: Caller, at: datetime) -> Schedule:
    """Change a schedule. Raises `ScheduleNotFound`. A read and a transaction."""
    return _changed(id, lambda schedule: schedules.changed(schedule, told, at), caller, "schedule.update", at)


def delete(id: int, caller: Caller, at: datetime) -> None:
    """Raises `ScheduleNotFound`. A read and a transaction."""
    for _ in range(CHANGES):
        row = _row(id)
        with suppress(Changed), Commit() as commit:
            commit.delete(row, ScheduleRow.version == row.version, unmet=Changed())
            ScheduleCounts.add(commit, "COUNTS", {_name(row.schedule): -1})
            audit.write(commit, ScheduleAudit, _act(caller, "schedule.delete", row.schedule, None), at)
            return
    raise Unavailable


def run(id: int, caller: Caller, at: datetime, key: UUID | None) -> UUID:
    """Run a schedule now, whatever its date and status; returns which job that is. A read and a transaction."""
    schedule, job = get(id), key or ordered(at)
    with suppress(Changed), Commit() as commit:
        commit.put(_run(job, id, at), RunRow.pk.does_not_exist(), unmet=Changed())  # asked for twice, with one key
        audit.write(commit, ScheduleAudit, _act(caller, "schedule.run", schedule, schedule), at)
    return job


def process(id: int, at: datetime) -> None:
    """Note that a schedule was run. One that is not there is logged. A read and a transaction."""
    try:
        _changed(id, lambda schedule: schedules.processed(schedule, at))
    except ScheduleNotFound:
        log.warning("schedule not found", extra={"schedule_id": id})


def claim_dated(at: datetime) -> None:
    """Begin the runs that are due by date or status: each once, until `LEASE` is over; then have the next ones begun.

    A Query, and for each run a read and a transaction.
    """
    _claim("DATED", at, lambda schedule: (schedule, clock.wire(at + LEASE), True))


def claim_recurring(at: datetime) -> None:
    """Begin the runs that are due by expression: each once. Likewise; what is left comes at the next tick."""

    def moved(schedule: Schedule) -> tuple[Schedule, str, bool]:
        after = schedules.run(schedule, at)
        return after, clock.wire(after.next_run or at + LEASE), schedules.is_made(schedule, at)

    _claim("RECURRING", at, moved)


def send(image: dict[str, Any]) -> None:
    """Hand a run to its worker."""
    row = RunRow.of(image)
    queues.send(Queue.DEFAULT, ProcessSchedule(id=int(row.schedule)), name="process_schedule", job=row.id)


def recurring(most: int) -> list[Schedule]:
    """The schedules with an expression, those first that come next. A Query and a read for each."""
    keys = ScheduleRow.due_index.query("RECURRING", limit=most)
    rows = [ScheduleRow.find(key.pk, key.sk) for key in keys]
    return [row.schedule for row in rows if row]


def _claim(due: str, at: datetime, moved: Callable[[Schedule], tuple[Schedule, str, bool]]) -> None:
    """Begin due runs. One that fails does not hold up the others; it comes again."""
    begun, failed = 0, list[Exception]()
    for row in _due(due, at):
        try:
            schedule, due_at, made = moved(row.schedule)
            with suppress(Changed), Commit() as commit:
                _put(commit, row, schedule, due=(due, due_at))
                if made:
                    commit.put(_run(UUID(row.run), schedule.id, at))
            begun += 1
        except Exception as error:
            log.exception("schedule not run", extra={"schedule_id": row.sk})
            failed.append(error)
        if begun + len(failed) >= MOST_RUNS:
            break
    if begun >= MOST_RUNS and due == "DATED":
        queues.send(Queue.DEFAULT, AutoTaskRunner(), name="auto_task_runner")
    if failed:
        raise failed[0]


def _due(due: str, at: datetime) -> Iterator[ScheduleRow]:
    for key in ScheduleRow.due_index.query(due, ScheduleRow.due_at <= clock.wire(at)):
        row = ScheduleRow.find(key.pk, key.sk)
        # The index may be behind: another tick has it already.
        if row and row.due == due and row.due_at is not None and row.due_at <= clock.wire(at):
            yield row


def _changed(
    id: int,
    change: Callable[[Schedule], Schedule],
    caller: Caller | None = None,
    action: str = "",
    at: datetime | None = None,
) -> Schedule:
    for _ in range(CHANGES):
        row = _row(id)
        was = row.schedule
        now = change(was)
        with suppress(Changed), Commit() as commit:
            _put(commit, row, now)
            if caller and at:
                audit.write(commit, ScheduleAudit, _act(caller, action, was, now), at)
            return now
    raise Unavailable


def _put(commit: Commit, was: ScheduleRow | None, schedule: Schedule, due: tuple[str, str] | None = None) -> None:
    """Write a schedule, on the condition that it is as it was read, and the counts with it."""
    row = ScheduleRow(*ScheduleRow.key(schedule.id), told=schedule.model_dump_json())
    row.date_id = f"{clock.wire(schedule.date)}#{schedule.id:019d}"
    row.status_date_id = f"{_name(schedule)}#{row.date_id}"
    if was and schedules.due_at(was.schedule) == schedules.due_at(schedule):
        row.due, row.due_at, row.run = was.due, was.due_at, was.run  # a run that was begun stays so
    else:
        row.due, row.due_at = schedules.due_at(schedule) or (None, None)
        row.run = str(uuid4())
    if due:
        row.due, row.due_at = due
    row.version = int(was.version) + 1 if was else 1
    as_read: Condition = ScheduleRow.version == was.version if was else ScheduleRow.pk.does_not_exist()
    commit.put(row, as_read, unmet=Changed())
    names = (_name(was.schedule) if was else None, _name(schedule))
    if names[0] != names[1]:
        ScheduleCounts.add(commit, "COUNTS", {name: step for name, step in zip(names, (-1, 1), strict=True) if name})


def _run(job: UUID, id: int, at: datetime) -> RunRow:
    return RunRow(f"RUN#{job}", "RUN", schedule=id, outbox="run", ttl=int((at + KEPT).timestamp()))


def _row(id: int) -> ScheduleRow:
    row = ScheduleRow.find(*ScheduleRow.key(id))
    if row is None:
        raise ScheduleNotFound
    return row


def _name(schedule: Schedule) -> str:
    return NAMES[schedule.status]


def _act(caller: Caller, action: str, before: Schedule | None, after: Schedule | None) -> Act:
    whole = [schedule.model_dump(mode="json") if schedule else {} for schedule in (before, after)]
    different = [{k: v for k, v in one.items() if other.get(k) != v} for one, other in (whole, whole[::-1])]
    told = before or after
    return Act(caller, action, "schedule", told.id if told else "", *(part or None for part in different))


def _newest(query: ListSchedules, limit: int) -> list[ScheduleRow]:
    """The schedules of a status, or of a day, or of both, or all."""
    index: LocalSecondaryIndex[ScheduleRow] = ScheduleRow.by_date
    key, prefix = ScheduleRow.date_id, query.date
    if query.status:
        index, key = ScheduleRow.by_status, ScheduleRow.status_date_id
        prefix = f"{NAMES[STATUSES[query.status]]}#{query.date}"
    condition = key.startswith(prefix) if prefix else None
    return list(index.query("SCHEDULES", condition, scan_index_forward=False, limit=limit, consistent_read=True))


def _numbered(query: ListSchedules) -> list[ScheduleRow]:
    """The schedule whose id is searched for; it may be older than those whose descriptions are read."""
    text = query.search
    row = (
        ScheduleRow.find(*ScheduleRow.key(int(text))) if text.isascii() and text.isdigit() and len(text) < 19 else None
    )
    status = f"{NAMES[STATUSES[query.status]]}#" if query.status else ""
    fits = row and row.status_date_id.startswith(status) and row.date_id.startswith(query.date)
    return [row] if row and fits else []


def _says(schedule: Schedule, query: ListSchedules) -> bool:
    return query.search == str(schedule.id) or query.search.lower() in (schedule.description or "").lower()


def _counted(query: ListSchedules) -> Page[Schedule]:
    def all_of_them() -> int:
        counts = ScheduleCounts.total("COUNTS")
        return counts[NAMES[STATUSES[query.status]]] if query.status else sum(counts.values())

    found = part(query, PAGE_SIZE, lambda most: _newest(query, most), all_of_them)
    return Page.of(found, [row.schedule for row in found.things])
