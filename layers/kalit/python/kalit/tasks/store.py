"""The tasks table, the sum queue and the countdown machine. All AWS of this domain is here.

    pk            sk            what
    OWNER#<id>    COUNTS        how many tasks, by status; what the limit stands on
    OWNER#<id>    TASK#<n>      a task; while active also in index `open`, by when it is due
    OWNER#<id>    KEY#<uuid>    which task an Idempotency-Key made
    INPUT#<id>#<n>  INPUT       its input, when that is large
    COUNTER#task  COUNTER       the last integer id

A task's row asks by `outbox` for what must follow; the table's stream does it (functions/tasks/dispatch.py).
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection, LocalSecondaryIndex

from kalit.kit import clock, metrics, queues, steps
from kalit.kit.aws import busy
from kalit.kit.ids import Counter, derived
from kalit.kit.pages import Page, part
from kalit.kit.resources import Grant, Machine, Queue, Table
from kalit.kit.tables import Commit, Followed, Row, TableName, condition_failed

from . import rules
from .rules import (
    ACTIVE,
    ListTasks,
    NewTask,
    Outcome,
    Status,
    Task,
    TaskFinished,
    TaskNotFound,
    TaskRef,
    TaskType,
    TooManyTasks,
)

PAGE_SIZE = 10
INLINE = 4_000  # bytes of input kept in the task's own row, so that lists stay cheap to read
SHARDS = 8  # of the index of open tasks: one key would cap all writes at a single partition's rate
KEY_KEPT = timedelta(hours=25)  # longer than the answers of `kit.once`

READ: tuple[Grant, ...] = (Table.TASKS.get,)
WRITE: tuple[Grant, ...] = (Table.TASKS.get, Table.TASKS.update)


class ByStatus(LocalSecondaryIndex["TaskRow"]):
    class Meta:
        index_name = "by_status"
        projection = AllProjection()

    pk = UnicodeAttribute(hash_key=True)
    listing = UnicodeAttribute(range_key=True)


class Open(GlobalSecondaryIndex["TaskRow"]):
    class Meta:
        index_name = "open"
        projection = KeysOnlyProjection()

    open = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


class TaskRow(Followed):
    class Meta:
        table_name = TableName(Table.TASKS)

    task_type = UnicodeAttribute()
    input = UnicodeAttribute(null=True)
    status = UnicodeAttribute()
    result = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute()
    due_at = UnicodeAttribute()
    sendings = NumberAttribute(default=1)
    listing = UnicodeAttribute()
    open = UnicodeAttribute(null=True)
    by_status = ByStatus()
    open_index = Open()

    @property
    def ref(self) -> TaskRef:
        return TaskRef(owner=int(self.pk.removeprefix("OWNER#")), id=int(self.sk.removeprefix("TASK#")))

    @property
    def due(self) -> datetime:
        return datetime.fromisoformat(self.due_at)


class CountsRow(Row):
    class Meta:
        table_name = TableName(Table.TASKS)

    active = NumberAttribute(default=0)
    total = NumberAttribute(default=0)
    pending = NumberAttribute(default=0)
    in_progress = NumberAttribute(default=0)
    completed = NumberAttribute(default=0)
    error = NumberAttribute(default=0)

    @classmethod
    def of(cls, owner: int) -> "CountsRow":
        return cls(_owner(owner), "COUNTS")


class InputRow(Row):
    class Meta:
        table_name = TableName(Table.TASKS)

    input = UnicodeAttribute()

    @staticmethod
    def key(ref: TaskRef) -> tuple[str, str]:
        return f"INPUT#{ref.owner}#{ref.id}", "INPUT"


class KeyRow(Row):
    class Meta:
        table_name = TableName(Table.TASKS)

    task = NumberAttribute()
    ttl = NumberAttribute()


class TaskCounter(Counter):
    class Meta:
        table_name = TableName(Table.TASKS)


class AlreadyMade(Exception):
    """This Idempotency-Key made a task before."""


class Finished(Exception):
    """The task ended in the meantime."""


def create(new: NewTask, owner: int, at: datetime, key: UUID | None = None) -> Task:
    """A pending task that takes one of its owner's slots. Raises `TooManyTasks`.

    Counter, then one transaction: slot, task, key, and by its outbox the way to its worker. Two writes.
    """
    ref = TaskRef(owner=owner, id=TaskCounter.next("task"))
    row, apart = _row(new, ref, at)
    try:
        with Commit() as commit:
            if key:
                mark = KeyRow(_owner(owner), f"KEY#{key}", task=ref.id, ttl=int((at + KEY_KEPT).timestamp()))
                unused = KeyRow.pk.does_not_exist() | (KeyRow.ttl <= int(at.timestamp()))
                commit.put(mark, unused, unmet=AlreadyMade())
            commit.put(row, TaskRow.pk.does_not_exist())
            if apart:
                commit.put(apart)
            one_more = [CountsRow.active.add(1), CountsRow.total.add(1), CountsRow.pending.add(1)]
            free = CountsRow.active.does_not_exist() | (CountsRow.active < rules.MOST_ACTIVE)
            commit.update(CountsRow.of(owner), one_more, free, unmet=TooManyTasks())
    except AlreadyMade:
        mark = KeyRow.get(_owner(owner), f"KEY#{key}", consistent_read=True)
        return show(owner, int(mark.task))
    metrics.count("tasks_created")
    return _task(row, new.input_data)


def show(owner: int, number: int) -> Task:
    """One of the owner's tasks. Raises `TaskNotFound`. One read, two when its input is large."""
    row = _get(TaskRef(owner=owner, id=number))
    if row is None:
        raise TaskNotFound
    return _task(row, input_of(row))


def listed(owner: int, query: ListTasks) -> Page[Task]:
    """A page of the owner's tasks by id. Raises `InvalidPage`.

    A Query up to the page's end; the counts where there is more. A read for each input that is large.
    """

    def first(most: int) -> Iterable[TaskRow]:
        if not query.status:
            return TaskRow.query(_owner(owner), TaskRow.sk.startswith("TASK#"), consistent_read=True, limit=most)
        of_status = TaskRow.listing.startswith(f"{query.status}#")
        return TaskRow.by_status.query(_owner(owner), of_status, consistent_read=True, limit=most)

    found = part(query, PAGE_SIZE, first, lambda: int(getattr(counts(owner), query.status or "total")))
    return Page.of(found, [_task(row, input_of(row)) for row in found.things])


def counts(owner: int) -> CountsRow:
    """How many tasks the owner has, by status. One read."""
    return CountsRow.find(_owner(owner), "COUNTS") or CountsRow.of(owner)


def begin(ref: TaskRef) -> TaskRow | None:
    """Take a task into work: pending becomes in progress. None when it has ended, or never was."""
    row = _get(ref)
    if row is None or row.status not in ACTIVE:
        return None
    if row.status == Status.PENDING:
        try:
            _move(row, Status.IN_PROGRESS, [TaskRow.outbox.remove()], [])
        except Finished:
            return begin(ref)
    return row


def input_of(row: TaskRow) -> Any:
    """The task's input. One read when it is large, else none."""
    if row.input is not None:
        return json.loads(row.input)
    return json.loads(InputRow.get(*InputRow.key(row.ref), consistent_read=True).input)


def finish(row: TaskRow, outcome: Outcome, outbox: str = "") -> TaskRow | None:
    """End a task and free its slot, once: the row as it is then, None when it had ended already. One transaction."""
    result = json.dumps(outcome.result, ensure_ascii=False)
    told = TaskRow.result.set(result)
    follow = TaskRow.outbox.set(outbox) if outbox else TaskRow.outbox.remove()
    while True:
        try:
            _move(row, outcome.status, [told, follow, TaskRow.open.remove()], [CountsRow.active.add(-1)])
            metrics.count("tasks_completed" if outcome.status is Status.COMPLETED else "tasks_failed")
            row.result = result
            return row
        except Finished:
            now = _get(row.ref)
            if now is None or now.status not in ACTIVE:
                return None
            row = now


def cancel(owner: int, number: int) -> Task:
    """End a task before its time; its execution is stopped by the stream. Raises `TaskNotFound`, `TaskFinished`.

    Cancelling twice gives the same answer twice.
    """
    ref = TaskRef(owner=owner, id=number)
    row = _get(ref)
    if row is None:
        raise TaskNotFound
    if row.status in ACTIVE:
        stop = "stop" if row.task_type == TaskType.COUNTDOWN else ""
        row = finish(row, rules.CANCELLATION, outbox=stop) or TaskRow.get(row.pk, row.sk, consistent_read=True)
    task = _task(row, input_of(row))
    if task.result != rules.CANCELLATION.result:
        raise TaskFinished
    return task


def overdue(at: datetime) -> Iterator[TaskRow]:
    """Active tasks that should be over by now, one query per shard and page."""
    for shard in range(SHARDS):
        late = TaskRow.due_at < clock.wire(at)
        for key in TaskRow.open_index.query(str(shard), late, attributes_to_get=["pk", "sk"]):
            row = TaskRow.find(key.pk, key.sk)
            if row and row.status in ACTIVE:
                yield row


def send(row: TaskRow) -> None:
    """Put a sum on its queue. One SendMessage."""
    queues.send(Queue.SUM, row.ref, job=derived("sum", str(row.ref.owner), str(row.ref.id)))


def postpone(row: TaskRow, at: datetime) -> None:
    """Note one more sending of a task that is still active, and when to look again: twice as long each time."""
    due = at + rules.SUM_PATIENCE * 2 ** int(row.sendings)
    changes: list[Action] = [TaskRow.sendings.add(1), TaskRow.due_at.set(clock.wire(due)), TaskRow.outbox.remove()]
    try:
        row.update(changes, TaskRow.status.is_in(*ACTIVE))
    except UpdateError as error:
        if not (condition_failed(error) or busy(error)):  # busy: the next tick sends it again
            raise


def start_countdown(row: TaskRow) -> None:
    """Start the task's execution, named by the task: a second start is the same one."""
    steps.start(Machine.COUNTDOWN, _execution(row), rules.Countdown(**row.ref.model_dump(), due_at=row.due))


def stop_countdown(row: TaskRow) -> None:
    """Stop the task's execution, if it is still there."""
    steps.stop(Machine.COUNTDOWN, _execution(row), cause="cancelled by its owner")


def _execution(row: TaskRow) -> str:
    return f"task-{row.ref.id}"


def _owner(owner: int) -> str:
    return f"OWNER#{owner}"


def _get(ref: TaskRef) -> TaskRow | None:
    return TaskRow.find(_owner(ref.owner), f"TASK#{ref.id:019d}")


def _row(new: NewTask, ref: TaskRef, at: datetime) -> tuple[TaskRow, InputRow | None]:
    text = json.dumps(new.input_data, ensure_ascii=False)
    inline = len(text.encode()) <= INLINE
    row = TaskRow(
        _owner(ref.owner),
        f"TASK#{ref.id:019d}",
        task_type=new.task_type,
        input=text if inline else None,
        status=Status.PENDING,
        created_at=clock.wire(at),
        due_at=clock.wire(rules.due_at(new, at)),
        listing=_listing(Status.PENDING, ref.id),
        open=str(ref.id % SHARDS),
        outbox=new.task_type,
    )
    return row, None if inline else InputRow(*InputRow.key(ref), input=text)


def _listing(status: Status, number: int) -> str:
    return f"{status}#{number:019d}"


def _move(row: TaskRow, status: Status, changes: list[Action], counts: list[Action]) -> None:
    """Change a task's status and the counts with it, if it is as it was read. Raises `Finished` if it is not."""
    was = Status(row.status)
    listing = TaskRow.listing.set(_listing(status, row.ref.id))
    shift = [getattr(CountsRow, was).add(-1), getattr(CountsRow, status).add(1)]
    with Commit() as commit:
        commit.update(row, [TaskRow.status.set(status), listing, *changes], TaskRow.status == was, unmet=Finished())
        commit.update(CountsRow.of(row.ref.owner), [*shift, *counts])
    row.status = status


def _task(row: TaskRow, input_data: Any) -> Task:
    return Task(
        id=row.ref.id,
        task_type=TaskType(row.task_type),
        input_data=input_data,
        status=Status(row.status),
        result=json.loads(row.result) if row.result else None,
        created_at=row.created_at,
    )
