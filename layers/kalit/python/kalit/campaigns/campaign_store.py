"""Campaigns in the campaigns table, and what is asked of them: to start, to pause, to go on, to stop, to go."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from kalit.kit import clock, fields
from kalit.kit.caller import Caller
from kalit.kit.errors import Unavailable
from kalit.kit.pages import Page, PageQuery
from kalit.kit.resources import Grant, Table
from kalit.kit.tables import Commit

from . import audience_store, run_store, runs, store
from .campaigns import (
    AlreadyOver,
    Campaign,
    CampaignNotFound,
    Failure,
    NewCampaign,
    NewNewsletter,
    NobodyMatches,
    NotThatFar,
    Plan,
    Status,
    Told,
)
from .runs import Asked, Earlier, Start, State
from .store import (
    CHANGES,
    AlreadyMade,
    CampaignRow,
    CampaignsCounter,
    Changed,
    KeyRow,
    ListRow,
    OwnerRow,
    RunIdRow,
    RunRow,
    Stats,
    Totals,
)

MOST_AT_ONCE = 60  # rows of runs that go with a campaign in one transaction; those before go first

READ: tuple[Grant, ...] = (Table.CAMPAIGNS.get,)
LIST: tuple[Grant, ...] = (Table.CAMPAIGNS.query, Table.CAMPAIGNS.batch_get)
CREATE: tuple[Grant, ...] = (Table.CAMPAIGNS.get, Table.CAMPAIGNS.put, Table.CAMPAIGNS.update)
CHANGE: tuple[Grant, ...] = (*CREATE, Table.CAMPAIGNS.delete)
START: tuple[Grant, ...] = (*CREATE, *audience_store.COUNT)
MOVE: tuple[Grant, ...] = (Table.CAMPAIGNS.get, Table.CAMPAIGNS.update)
DELETE: tuple[Grant, ...] = (*MOVE, Table.CAMPAIGNS.delete, *LIST)


def create(new: NewCampaign | NewNewsletter, caller: Caller, origin: str, at: datetime, key: UUID | None) -> Campaign:
    """A new campaign, and its first run where somebody is named. Two counters and a transaction."""
    owner, id = store.owner_of(caller), CampaignsCounter.next("campaign")
    row = CampaignRow(*CampaignRow.key(id), owner=owner, told=_told(new), origin=origin, status=Status.DRAFT, version=1)
    with suppress(AlreadyMade):
        with Commit() as commit:
            KeyRow.mark(commit, key, id, at)
            if new.audience.named:
                run = _run(row, new.start_datetime, at, force=False)
                _take_up(row, run, new.start_datetime, at)
                _put(commit, run)
            commit.put(row, CampaignRow.pk.does_not_exist(), unmet=Changed())
            commit.put(OwnerRow("OWNERS", owner))
            for place in ListRow.both("CAMPAIGNS", owner, _place(row)):
                commit.put(place)
            Totals.shift(commit, "CAMPAIGNS", owner, 1)
        return shown(row)
    return show(KeyRow.of(key), caller)


def show(id: int, caller: Caller) -> Campaign:
    """Raises `CampaignNotFound`. One read."""
    return shown(found(id, caller))


def found(id: int, caller: Caller) -> CampaignRow:
    """A campaign that the caller may see. Raises `CampaignNotFound`. One read."""
    row = CampaignRow.find(*CampaignRow.key(id))
    if row is None or not store.sees(caller, row.owner):
        raise CampaignNotFound
    return row


def listed(query: PageQuery, caller: Caller) -> Page[Campaign]:
    """A page of the caller's campaigns, those first that start last; staff's are all. Raises `InvalidPage`.

    `store.places` and a BatchGetItem.
    """
    found = store.places("CAMPAIGNS", caller, query, newest_first=True)
    keys = [CampaignRow.key(int(place.sk.rpartition("#")[2])) for place in found.things]
    rows = store.batch(CampaignRow, keys)
    return Page.of(found, [shown(rows[key]) for key in keys if key in rows])


def change(id: int, told: Mapping[str, Any], caller: Caller, at: datetime) -> Campaign:
    """Raises `CampaignNotFound` and `Invalid`. A run that has not begun goes by what is told now.

    A read and a transaction; two reads where the start moves.
    """
    for _ in range(CHANGES):
        row = found(id, caller)
        was = plan_of(row)
        # A draft may have nobody yet; whatever has run must have somebody.
        model: type[Told] = NewNewsletter if row.status == Status.DRAFT else NewCampaign
        now = fields.read(model, {**was.model_dump(), **told})
        before, row.told = _place(row), _told(now)
        with suppress(Changed), Commit() as commit:
            changes = [CampaignRow.told.set(row.told), CampaignRow.version.add(1)]
            if row.status == Status.SCHEDULED and now.start_datetime != was.start_datetime:
                _start_at(commit, row, now.start_datetime)
            if _place(row) != before:
                for place in ListRow.both("CAMPAIGNS", row.owner, before):
                    commit.delete(place)
                for place in ListRow.both("CAMPAIGNS", row.owner, _place(row)):
                    commit.put(place)
            commit.update(row, changes, CampaignRow.version == row.version, unmet=Changed())
            return shown(row)
    raise Unavailable


def start(id: int, force: bool, caller: Caller, at: datetime, key: UUID | None) -> UUID:
    """Start a campaign; returns which run that is. With a known key, the run that it started.

    Raises `CampaignNotFound`, `AlreadyOver`, `AlreadyStarted` and `NobodyMatches`, in this order. A read, what counting
    the audience costs (`audience_store`), a counter, two reads and a transaction.
    """
    for _ in range(CHANGES):
        row = found(id, caller)
        if begun := _begun(key):
            return begun
        plan = plan_of(row)
        own = not row.asked and len(json.loads(row.runs)) == 1
        asked = Asked(Status(row.status), plan.end_datetime, own, force)
        try:
            what = runs.starting(asked, at)
        except AlreadyOver:
            with suppress(Changed):
                _fail(row, at)
                raise
            continue
        if not any(audience_store.by_zone(row.owner, plan.audience).values()):
            raise NobodyMatches
        with suppress(Changed, AlreadyMade):
            return _adopt(row, at, key) if what is Start.ADOPT else _restart(row, plan, force, at, key)
    raise Unavailable


def pause(id: int, caller: Caller) -> Campaign:
    """Hold back what a campaign has not sent. Raises `CampaignNotFound` and `NotThatFar`. Two reads, a transaction."""

    def paused(commit: Commit, row: CampaignRow, run: RunRow) -> Status:
        commit.update(run, [RunRow.state.set(State.PAUSED)], RunRow.state == run.state, unmet=Changed())
        return Status.PAUSED

    return _moved(id, caller, (Status.SCHEDULED, Status.RUNNING), "only what is scheduled or runs can pause.", paused)


def resume(id: int, caller: Caller, at: datetime) -> Campaign:
    """Let a paused campaign go on where it was. Likewise."""

    def resumed(commit: Commit, row: CampaignRow, run: RunRow) -> Status:
        state = State.RUNNING if run.plan or plan_of(row).start_datetime <= at else State.SCHEDULED
        _ask(commit, run, "run", state, at, plan_of(row).start_datetime if state is State.SCHEDULED else at)
        return Status(state)

    return _moved(id, caller, (Status.PAUSED,), "only what is paused can go on.", resumed)


def cancel(id: int, caller: Caller, at: datetime) -> Campaign:
    """Call a campaign's run off for good: what it has not sent is cancelled. Likewise."""

    def cancelled(commit: Commit, row: CampaignRow, run: RunRow) -> Status:
        _ask(commit, run, "cancel", State.CANCELLED, at)
        return Status.PAUSED

    under_way = (Status.SCHEDULED, Status.RUNNING, Status.PAUSED)
    return _moved(id, caller, under_way, "there is nothing to call off.", cancelled)


def delete(id: int, caller: Caller, at: datetime) -> None:
    """Raises `CampaignNotFound`. Its messages are deleted by their runs, later; its counts go at once.

    A read, a BatchGetItem, a Query and a transaction; one more for each thirty runs.
    """
    for _ in range(CHANGES):
        row = found(id, caller)
        # Some may be gone: somebody began to delete them, and died.
        keys = [RunRow.key(run.number) for run in _earlier(row)]
        numbers = [run.number for run in store.batch(RunRow, keys).values()]
        counts = Stats.of(row.owner, id)
        with suppress(Changed):
            while len(numbers) + len(counts) > MOST_AT_ONCE:
                with Commit() as commit:
                    _forget(commit, numbers[:30], counts[:30], at)
                numbers, counts = numbers[30:], counts[30:]
            with Commit() as commit:
                _forget(commit, numbers, counts, at)
                commit.delete(row, CampaignRow.version == row.version, unmet=Changed())
                for place in ListRow.both("CAMPAIGNS", row.owner, _place(row)):
                    commit.delete(place)
                Totals.shift(commit, "CAMPAIGNS", row.owner, -1)
            return
    raise Unavailable


def shown(row: CampaignRow) -> Campaign:
    return Campaign(
        **plan_of(row).model_dump(),
        id=row.id,
        status=row.status,
        is_active=row.is_active,
        last_started_at=row.last_started_at,
        active_run=row.active_run,
        failure=row.failure,
    )


def plan_of(row: CampaignRow) -> Plan:
    return Plan.model_validate_json(row.told)


def _told(told: Told) -> str:
    return told.model_dump_json(include=set(Plan.model_fields))


def _place(row: CampaignRow) -> str:
    return f"{clock.wire(plan_of(row).start_datetime)}#{row.id:019d}"


def _earlier(row: CampaignRow) -> list[Earlier]:
    return [Earlier.model_validate(one) for one in json.loads(row.runs)]


def _run(row: CampaignRow, starts_at: datetime, at: datetime, force: bool) -> RunRow:
    """A new run of a campaign, which asks for its machine. Runs without force go on in the generation of the last."""
    number, earlier = CampaignsCounter.next("run"), _earlier(row)
    generation = (earlier[-1].generation if earlier else 1) + (force and bool(earlier))
    run = RunRow(*RunRow.key(number), uuid=str(uuid4()), campaign=row.id, owner=row.owner, force=force)
    run.origin = row.origin
    run.generation, run.earlier, run.created_at = generation, row.runs, clock.wire(at)
    run.state = State.SCHEDULED if starts_at > at else State.RUNNING
    run.due, run.due_at = "RUN", clock.wire(max(starts_at, at))
    run.starts_at, run.outbox, run.executions = clock.wire(starts_at), "run", 1
    return run


def _take_up(row: CampaignRow, run: RunRow, starts_at: datetime, at: datetime) -> None:
    """Make a run the campaign's active one."""
    generation = int(run.generation)
    row.runs = json.dumps([*json.loads(row.runs), Earlier(number=run.number, generation=generation).model_dump()])
    row.status, row.is_active = Status(run.state), run.state == State.RUNNING
    row.active_run, row.active_number, row.failure = run.uuid, run.number, None
    if row.is_active:
        row.last_started_at = clock.wire(at)


def _put(commit: Commit, run: RunRow) -> None:
    commit.put(run, RunRow.pk.does_not_exist(), unmet=Changed())
    commit.put(RunIdRow(*RunIdRow.key(run.uuid), number=run.number))


def _ask(
    commit: Commit, run: RunRow, outbox: str, state: State, at: datetime, begins_at: datetime | None = None
) -> None:
    """Put into a transaction that a run is in another state, and asks the table's stream for what must follow."""
    changes = [
        RunRow.state.set(state),
        RunRow.outbox.set(outbox),
        RunRow.asked_at.set(clock.wire(at)),
        RunRow.executions.add(1),
    ]
    if state in runs.OVER:
        changes += [RunRow.due.remove(), RunRow.due_at.remove(), RunRow.finished_at.set(clock.wire(at))]
    else:
        changes += [RunRow.due.set("RUN"), RunRow.due_at.set(clock.wire((begins_at or at) + runs.PATIENCE))]
    commit.update(run, changes, RunRow.state == run.state, unmet=Changed())


def _start_at(commit: Commit, row: CampaignRow, starts_at: datetime) -> None:
    """Let the run that waits know that it starts at another time."""
    run = run_store.get(int(row.active_number or 0))
    if run is None or run.state != State.SCHEDULED:
        raise Changed
    waits = [
        RunRow.starts_at.set(clock.wire(starts_at)),
        RunRow.due_at.set(clock.wire(starts_at)),
        RunRow.outbox.set("run"),
        RunRow.asked_at.set(clock.wire(clock.now())),
        RunRow.executions.add(1),
    ]
    commit.update(run, waits, RunRow.state == State.SCHEDULED, unmet=Changed())


def _begun(key: UUID | None) -> UUID | None:
    """The run that a key started. For a key two reads."""
    mark = KeyRow.find(*KeyRow.key(key)) if key else None
    run = run_store.get(int(mark.made)) if mark else None
    return UUID(run.uuid) if run else None


def _adopt(row: CampaignRow, at: datetime, key: UUID | None) -> UUID:
    """Raises `Changed` and `AlreadyMade`."""
    with Commit() as commit:
        KeyRow.mark(commit, key, int(row.active_number or 0), at)
        asked = [CampaignRow.asked.set(True), CampaignRow.version.add(1)]
        commit.update(row, asked, CampaignRow.version == row.version, unmet=Changed())
    return UUID(row.active_run)


def _restart(row: CampaignRow, plan: Plan, force: bool, at: datetime, key: UUID | None) -> UUID:
    """Begin a new run in the place of the last, of which nothing more is sent. Raises `Changed` and `AlreadyMade`."""
    last = run_store.get(int(row.active_number)) if row.active_number else None
    run = _run(row, plan.start_datetime, at, force)
    with Commit() as commit:
        KeyRow.mark(commit, key, run.number, at)
        if last and last.state not in runs.OVER:
            _ask(commit, last, "cancel", State.CANCELLED, at)
        _take_up(row, run, plan.start_datetime, at)
        _put(commit, run)
        was, row.version, row.asked = row.version, int(row.version) + 1, True
        commit.put(row, CampaignRow.version == was, unmet=Changed())
    return UUID(run.uuid)


def _fail(row: CampaignRow, at: datetime) -> None:
    """Note that a campaign's end is past; what it had not sent is cancelled. Raises `Changed`."""
    last = run_store.get(int(row.active_number)) if row.active_number else None
    with Commit() as commit:
        if last and last.state not in runs.OVER:
            _ask(commit, last, "cancel", State.FAILED, at)
        run_store.move_campaign(commit, row, Status.FAILED, CampaignRow.failure.set(Failure.END_PAST))


def _moved(
    id: int,
    caller: Caller,
    only: tuple[Status, ...],
    needs: str,
    move: Callable[[Commit, CampaignRow, RunRow], Status],
) -> Campaign:
    for _ in range(CHANGES):
        row = found(id, caller)
        run = run_store.get(int(row.active_number)) if row.active_number else None
        if row.status not in only or run is None or run.state in runs.OVER:
            raise NotThatFar(status=row.status, needs=needs)
        with suppress(Changed):
            with Commit() as commit:
                status = move(commit, row, run)
                run_store.move_campaign(commit, row, status)
            row.status, row.is_active = status, status is Status.RUNNING
            return shown(row)
    raise Unavailable


def _forget(commit: Commit, numbers: list[int], counts: list[Stats], at: datetime) -> None:
    for number in numbers:
        gone = [RunRow.state.set(State.DELETED), RunRow.outbox.set("purge"), RunRow.asked_at.set(clock.wire(at))]
        gone += [RunRow.due.remove(), RunRow.due_at.remove()]
        commit.update(RunRow(*RunRow.key(number)), gone, RunRow.pk.exists(), unmet=Changed())
    for row in counts:
        commit.delete(row)
