"""Runs in the campaigns table: their beginning, their plan, their end, and being called off in between.

A page of clients is written down before their messages are, and counted with the slots that it makes: who dies in
between goes on with the same page. So each step may come twice, or at the same time as another.
"""

import json
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

from pynamodb.exceptions import DeleteError, PutError
from pynamodb.expressions.update import Action

from kalit.kit import bulk, clock, steps
from kalit.kit.errors import Unavailable
from kalit.kit.resources import Grant, Machine, Table
from kalit.kit.tables import Commit, condition_failed

from . import audience_store, runs
from .audience_store import Member
from .campaigns import Failure, Plan, Status
from .messages import OPEN
from .messages import State as MessageState
from .planning import Window, planned
from .runs import OVER, Do, Earlier, Next, State
from .store import CHANGES, CampaignRow, Changed, MessageRow, PageRow, RunRow, SlotRow, Stats, batch

MOST = 990  # clients of a page: ten of a sender's handfuls
PAGES_AT_ONCE = 10  # in one step

BEGIN: tuple[Grant, ...] = (Table.CAMPAIGNS.get, Table.CAMPAIGNS.update)
FINISH: tuple[Grant, ...] = (*BEGIN, Table.CAMPAIGNS.query)
PLAN: tuple[Grant, ...] = (
    *FINISH,
    *audience_store.READ,
    Table.CAMPAIGNS.put,
    Table.CAMPAIGNS.delete,
    Table.CAMPAIGNS.insert_many,
)
WATCH = FINISH
FOLLOW: tuple[Grant, ...] = (Machine.CAMPAIGN.start,)


def get(number: int) -> RunRow | None:
    return RunRow.find(*RunRow.key(number))


def start_machine(row: RunRow) -> None:
    """Start the machine of a run; once for each time that the run asks for it."""
    name = f"run-{row.number}-{int(row.executions)}"
    steps.start(Machine.CAMPAIGN, name, runs.RunOrder(run=row.number))


def begin(number: int, at: datetime) -> Next:
    """Begin a run whose time has come: from here on it goes by the campaign as it is now. Two reads, a transaction."""
    for _ in range(CHANGES):
        row = get(number)
        if row is None or row.state not in (State.SCHEDULED, State.RUNNING):
            return Next(do=Do.END, at=at)
        if row.plan:
            return Next(do=Do.PLAN, at=at)
        campaign = CampaignRow.find(*CampaignRow.key(int(row.campaign)))
        if campaign is None:
            return Next(do=Do.END, at=at)
        plan = Plan.model_validate_json(campaign.told)
        with suppress(Changed):
            if plan.end_datetime < at:
                _end(row, campaign, Failure.END_PAST, at)
                return Next(do=Do.END, at=at)
            if plan.start_datetime > at:
                return Next(do=Do.WAIT, at=plan.start_datetime)
            _begin(row, campaign, at)
            return Next(do=Do.PLAN, at=at)
    raise Unavailable


def plan(number: int, at: datetime) -> Next:
    """Plan the next pages of a run, and end it if there is nobody. For a page: a Query, a PutItem, a request for 25
    clients, a transaction; for each earlier run a BatchGetItem for 100."""
    page: PageRow | None = None
    for _ in range(PAGES_AT_ONCE):
        row = get(number)
        if row is None or row.plan is None or row.state in (*OVER, State.PAUSED):
            if row is not None:
                page = page or PageRow.find(*PageRow.key(number, int(row.pages)))
            if page is not None and (row is None or row.state in OVER):
                _undo(page, number)
            return Next(do=Do.END, at=at)
        if row.planned:
            finish(number, at)
            return Next(do=Do.WATCH, at=at)
        page = PageRow.find(*PageRow.key(number, int(row.pages))) or _page(row)
        slots: dict[str, list[int]] = json.loads(page.slots)
        elsewhere = _insert(row, page, slots, at)
        _activate(row, page, slots, elsewhere, at)
    return Next(do=Do.PLAN, at=at)


def watch(number: int, at: datetime) -> Next:
    """End a run of which nothing is open, or say when to look again. Two reads and a Query."""
    finish(number, at)
    row = get(number)
    if row is None or row.state in (*OVER, State.PAUSED):
        return Next(do=Do.END, at=at)
    slots = list(SlotRow.query(row.pk, SlotRow.sk.startswith("SLOT#"), consistent_read=True, limit=1))
    again = max([at, *(slot.at for slot in slots)]) + runs.LOOK
    row.update([RunRow.due.set("RUN"), RunRow.due_at.set(clock.wire(again + runs.PATIENCE))], RunRow.pk.exists())
    return Next(do=Do.WATCH, at=again)


def finish(number: int, at: datetime) -> None:
    """End a run that is planned and has no slot open. A read; then a Query, a read and a transaction."""
    for _ in range(CHANGES):
        row = get(number)
        if row is None or row.state != State.RUNNING or not row.planned or int(row.open_slots):
            return
        counts = Stats.added_up(Stats.of(row.owner, int(row.campaign), number))
        with suppress(Changed):
            campaign = CampaignRow.find(*CampaignRow.key(int(row.campaign)))
            _end(row, campaign, runs.failure(counts), at)
            return
    raise Unavailable


def look_again(row: RunRow, at: datetime) -> None:
    """Start the machine of a run anew that has not been heard of for too long. An UpdateItem and a start."""
    if row.state in (*OVER, State.PAUSED):
        row.update([RunRow.due.remove(), RunRow.due_at.remove()])
        return
    later: list[Action] = [RunRow.due_at.set(clock.wire(at + runs.PATIENCE)), RunRow.executions.add(1)]
    row.update(later, RunRow.due_at == row.due_at)
    start_machine(row)


def move_campaign(commit: Commit, row: CampaignRow, status: Status, *more: Action) -> None:
    """Put a campaign's new status into a transaction. Meets `Changed`."""
    actions = [
        CampaignRow.status.set(status),
        CampaignRow.is_active.set(status is Status.RUNNING),
        CampaignRow.version.add(1),
        *more,
    ]
    commit.update(row, actions, CampaignRow.version == row.version, unmet=Changed())


def _begin(row: RunRow, campaign: CampaignRow, at: datetime) -> None:
    """Raises `Changed`."""
    began = [
        RunRow.state.set(State.RUNNING),
        RunRow.plan.set(campaign.told),
        RunRow.began_at.set(clock.wire(at)),
        RunRow.due.set("RUN"),
        RunRow.due_at.set(clock.wire(at + runs.PATIENCE)),
    ]
    waits = RunRow.state.is_in(State.SCHEDULED, State.RUNNING) & RunRow.plan.does_not_exist()
    with Commit() as commit:
        commit.update(row, began, waits, unmet=Changed())
        if campaign.active_run == row.uuid:
            move_campaign(commit, campaign, Status.RUNNING, CampaignRow.last_started_at.set(clock.wire(at)))


def _end(row: RunRow, campaign: CampaignRow | None, failure: Failure | None, at: datetime) -> None:
    """Raises `Changed` when the run or its campaign is no more as it was read."""
    state = State.FAILED if failure else State.FINISHED
    over: list[Action] = [RunRow.state.set(state), RunRow.finished_at.set(clock.wire(at))]
    over += [RunRow.due.remove(), RunRow.due_at.remove()]
    as_read = (RunRow.state == row.state) & (RunRow.open_slots == row.open_slots) & (RunRow.pages == row.pages)
    with Commit() as commit:
        commit.update(row, over, as_read, unmet=Changed())
        if campaign and campaign.active_run == row.uuid:
            why = CampaignRow.failure.set(failure) if failure else CampaignRow.failure.remove()
            move_campaign(commit, campaign, Status(state), why)


def _page(row: RunRow) -> PageRow:
    """Write down who is planned next, once: whoever comes second gets what the first one wrote."""
    plan = Plan.model_validate_json(row.plan or "")
    members, behind = audience_store.page(row.owner, plan.audience, row.cursor, MOST)
    window = Window(plan.time_interval_start, plan.time_interval_end)
    began = datetime.fromisoformat(row.began_at or row.created_at)
    when = {
        zone: planned(window, ZoneInfo(zone), plan.start_datetime, plan.end_datetime, began)
        for zone in {member.zone for member in members}
    }
    wanted, new = _not_yet(row, [member for member in members if when[member.zone]])
    slots: dict[str, list[int]] = {}
    for member in wanted:
        slots.setdefault(clock.wire(when[member.zone] or began), []).append(member.id)
    page = PageRow(*PageRow.key(row.number, int(row.pages)), slots=json.dumps(slots), next=behind, new=new)
    page.size = len(wanted)
    try:
        page.save(PageRow.pk.does_not_exist())
    except PutError as error:
        if not condition_failed(error):
            raise
        return PageRow.get(page.pk, page.sk, consistent_read=True)
    return page


def _not_yet(row: RunRow, members: list[Member]) -> tuple[list[Member], int]:
    """Those to whom no run of this generation has sent, and how many of them have no message of the campaign at all."""
    earlier = [Earlier.model_validate(one) for one in json.loads(row.earlier)]
    known: set[int] = set()
    served: set[int] = set()
    for run in earlier:
        found = batch(MessageRow, [MessageRow.key(member.id, run.number) for member in members])
        known |= {message.client for message in found.values()}
        if run.generation == int(row.generation):
            taken = (MessageState.SENT, MessageState.UNKNOWN, MessageState.SENDING)
            served |= {message.client for message in found.values() if message.state in taken}
    left = [member for member in members if member.id not in served]
    return left, sum(member.id not in known for member in left)


def _insert(row: RunRow, page: PageRow, slots: dict[str, list[int]], at: datetime) -> set[int]:
    """The messages of a page. One that is there already was written by somebody who died, or is further on.

    Returns the clients whose messages stand on other pages: made by hand before, or planned as members of another zone
    or tag. They are counted there.
    """
    same: dict[str, bulk.Value] = {
        "owner": row.owner,
        "campaign": int(row.campaign),
        "run": row.uuid,
        "page": page.sk,
        "created_at": clock.wire(at),
        "state": MessageState.PENDING,
        "attempts": 0,
    }
    there: list[tuple[str, str]] = []
    for when, clients in slots.items():
        keys = [MessageRow.key(client, row.number) for client in clients]
        there += [keys[place] for place in bulk.insert(Table.CAMPAIGNS, keys, {**same, "planned_at": when})]
    return {message.client for message in batch(MessageRow, there).values() if message.page != page.sk}


def _activate(row: RunRow, page: PageRow, slots: dict[str, list[int]], elsewhere: set[int], at: datetime) -> None:
    """Count a page's messages and open its slots; done before, or called off, it stays as it is."""
    size, new = int(page.size), int(page.new)
    ready: list[Action] = [PageRow.ready.set(True)]
    if elsewhere:
        size -= len(elsewhere)
        new -= _not_yet(row, [Member(client, "") for client in elsewhere])[1]
        ready.append(PageRow.gone.add(elsewhere))
    further: list[Action] = [
        RunRow.pages.add(1),
        RunRow.total.add(size),
        RunRow.open_slots.add(len(slots)),
        RunRow.cursor.set(page.next),
        RunRow.planned.set(not page.next),
        RunRow.due_at.set(clock.wire(at + runs.PATIENCE)),
    ]
    with suppress(Changed), Commit() as commit:
        commit.update(row, further, (RunRow.pages == row.pages) & (RunRow.state == State.RUNNING), unmet=Changed())
        commit.update(page, ready, PageRow.ready == False, unmet=Changed())  # noqa: E712 - pynamodb's
        for when, clients in slots.items():
            commit.put(opened(row.number, datetime.fromisoformat(when), f"{int(row.pages)}", clients))
        Stats.shift(commit, row, {"pending": size, "recipients": new})


def opened(run: int, at: datetime, name: str, clients: Iterable[int], attempt: int = 1) -> SlotRow:
    """A new slot, which asks the table's stream to have it sent at its time."""
    slot = SlotRow(*SlotRow.key(run, at, name), clients=json.dumps(list(clients)), attempt=attempt, outbox="slot")
    slot.due, slot.due_at = "SLOT", clock.wire(at)
    return slot


def _undo(page: PageRow, number: int) -> None:
    """Take back the messages of a page that was not counted before its run was called off, or was deleted with it."""
    kept = PageRow.find(page.pk, page.sk)
    if kept is not None and kept.ready:
        return
    for clients in json.loads(page.slots).values():
        for client in clients:
            message = MessageRow(*MessageRow.key(client, number))
            try:
                message.delete(MessageRow.state.is_in(*OPEN) & (MessageRow.page == page.sk))
            except DeleteError as error:
                if not condition_failed(error):
                    raise
    page.delete()
