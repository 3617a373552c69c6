"""Messages as they are shown, listed, and made by hand; and their end, alone, with their client or their campaign."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from pynamodb.expressions.update import Action

from kalit.kit import clock, queues
from kalit.kit.caller import Caller
from kalit.kit.errors import Invalid, Unavailable
from kalit.kit.pages import Page, PageQuery
from kalit.kit.resources import Grant, Queue, Table
from kalit.kit.tables import Commit, Row, find_both

from . import client_store, messages, run_store, runs, stats_store, store
from .campaigns import Plan, Status
from .clients import ClientNotFound
from .messages import ANOTHERS, FIXED, Message, MessageChange, MessageLeft, MessageNotFound, NewMessage, State
from .runs import OVER, Purge
from .store import (
    CHANGES,
    PAGE_SIZE,
    AlreadyMade,
    CampaignRow,
    Changed,
    ClientRow,
    KeyRow,
    MessageRow,
    PageRow,
    RunIdRow,
    RunRow,
    Stats,
    batch,
)

# Messages that are deleted in one transaction, each with its page and its counts; the last ones with their client.
TOGETHER = 30

READ: tuple[Grant, ...] = (Table.CAMPAIGNS.batch_get,)
LIST: tuple[Grant, ...] = stats_store.LIST
CREATE: tuple[Grant, ...] = (
    Table.CAMPAIGNS.get,
    Table.CAMPAIGNS.batch_get,
    Table.CAMPAIGNS.query,
    Table.CAMPAIGNS.put,
    Table.CAMPAIGNS.update,
)
CHANGE: tuple[Grant, ...] = (Table.CAMPAIGNS.batch_get, Table.CAMPAIGNS.update)
DELETE: tuple[Grant, ...] = (*CHANGE, Table.CAMPAIGNS.delete, Table.CAMPAIGNS.query)
DELETE_CLIENT: tuple[Grant, ...] = (*DELETE, Table.CAMPAIGNS.get)
PURGE: tuple[Grant, ...] = (
    Table.CAMPAIGNS.get,
    Table.CAMPAIGNS.query,
    Table.CAMPAIGNS.delete,
    Queue.CAMPAIGNS.send,
)


def create(new: NewMessage, caller: Caller, at: datetime, key: UUID | None) -> Message:
    """A message by hand; its run goes on for it. Raises `Invalid`. Three reads, a Query and a transaction."""
    for _ in range(CHANGES):
        campaign, client = find_both(
            (CampaignRow, CampaignRow.key(new.campaign)), (ClientRow, ClientRow.key(new.client))
        )
        if campaign is None or not store.sees(caller, campaign.owner):
            raise messages.no_such("campaign", new.campaign)
        run = _run(new)
        if client is None or client.owner != campaign.owner:
            raise messages.no_such("client", new.client)
        try:
            with Commit() as commit:
                KeyRow.mark(commit, key, new.client, at)
                row = _by_hand(commit, new, campaign, run, at)
            return _shown(row, run, at)
        except AlreadyMade:
            return show(messages.id_of(run.number, new.client), caller, at)
        except Changed:
            continue
    raise Unavailable


def show(id: int, caller: Caller, at: datetime) -> Message:
    """Raises `MessageNotFound`. One read."""
    return _shown(*found(id, caller), at)


def found(id: int, caller: Caller) -> tuple[MessageRow, RunRow]:
    """A message that the caller may see, and its run. Raises `MessageNotFound`. One read."""
    number, client = messages.place_of(id)
    row, run = find_both((MessageRow, MessageRow.key(client, number)), (RunRow, RunRow.key(number)))
    if row is None or run is None or run.state == runs.State.DELETED or not store.sees(caller, row.owner):
        raise MessageNotFound
    return row, run


def listed(query: PageQuery, caller: Caller, at: datetime) -> Page[Message]:
    """A page of the messages of the caller's campaigns, the newest run first; staff's are all. Raises `InvalidPage`.

    A Query for the counts (for staff one more and one for each owner), one for the pages of a run up to the asked one,
    a BatchGetItem for the messages and one for their runs.
    """
    totals: dict[int, int] = {}
    for owner in stats_store.owners(caller):
        for row in Stats.of(owner):
            _, run = row.place
            totals[run] = totals.get(run, 0) + runs.total(Stats.added_up([row]))
    count = sum(totals.values())
    number = query.number(count, PAGE_SIZE)
    keys = list(_slice(totals, (number - 1) * PAGE_SIZE, PAGE_SIZE))
    rows = batch(MessageRow, keys)
    of = batch(RunRow, {RunRow.key(row.number) for row in rows.values()})
    shown = [_shown(rows[key], of[RunRow.key(rows[key].number)], at) for key in keys if key in rows]
    return Page(shown, count, number, PAGE_SIZE)


def change(id: int, told: MessageChange, caller: Caller, at: datetime) -> Message:
    """Another text. Raises `MessageNotFound`, `MessageLeft`, `Invalid`. A read and a transaction."""
    row, run = found(id, caller)
    said = told.model_dump(exclude_unset=True)
    is_now = {"campaign": int(row.campaign), "client": row.client, "run": UUID(row.run)}
    if others := [name for name, value in is_now.items() if said.get(name, value) != value]:
        raise Invalid({name: [(FIXED, {})] for name in others})
    if "message_text" in said:
        with Commit() as commit:
            waits = MessageRow.state == State.PENDING
            left = MessageLeft(status=messages.shown(State(row.state), datetime.fromisoformat(row.planned_at), at))
            commit.update(row, [MessageRow.text.set(told.message_text)], waits, unmet=left)
            commit.update(run, [RunRow.edited.add({row.client})])
        row.text, row.state = told.message_text, State.PENDING
    return _shown(row, run, at)


def delete(id: int, caller: Caller, at: datetime) -> None:
    """Raises `MessageNotFound`, and `Unavailable` while a sender has it in hand. A read, a Query, a transaction."""
    for _ in range(CHANGES):
        row, run = found(id, caller)
        others = [other for other in _of_client(row.client) if other.sk != row.sk]
        with suppress(Changed), Commit() as commit:
            _remove(commit, row, run, others)
            return
    raise Unavailable


def delete_client(id: int, caller: Caller) -> None:
    """A client with all messages to him. Raises `ClientNotFound`, and `Unavailable` while one is being sent.

    A read, a Query, a BatchGetItem and a transaction; one more for each thirty messages that he has beyond thirty.
    """
    client = client_store.found(id, caller)
    for _ in range(CHANGES):
        rows = _of_client(id)
        of = batch(RunRow, {RunRow.key(row.number) for row in rows})
        with suppress(Changed):
            while len(rows) > TOGETHER:
                some, rows = rows[:TOGETHER], rows[TOGETHER:]
                with Commit() as commit:
                    _remove_all(commit, some, of, rows)
            with Commit() as commit:
                _remove_all(commit, rows, of, [])
                client_store.remove(commit, client)
            return
        fresh = ClientRow.find(client.pk, client.sk)
        if fresh is None:
            raise ClientNotFound
        client = fresh
    raise Unavailable


def start_purge(run: RunRow) -> None:
    queues.send(Queue.CAMPAIGNS, Purge(run=run.number), name="purge")


def purge(order: Purge) -> None:
    """Delete a page of a deleted run's messages, and ask for the next; at last what else there is of the run.

    A Query, a BatchGetItem and a transaction for each hundred, and a SendMessage.
    """
    run = run_store.get(order.run)
    if run is None:
        return
    pages = list(PageRow.query(run.pk, PageRow.sk.startswith("PAGE#"), consistent_read=True, limit=1))
    for page in pages:
        clients = [client for slot in json.loads(page.slots).values() for client in slot]
        for some in store.batches(clients, store.AT_ONCE):
            with Commit() as commit:
                for client in some:
                    commit.delete(MessageRow(*MessageRow.key(client, run.number)))
        page.delete()
    if pages:
        start_purge(run)
        return
    rest: list[Row] = [*store.SlotRow.query(run.pk, store.SlotRow.sk.startswith("SLOT#"), consistent_read=True)]
    rest += Stats.of(run.owner, int(run.campaign), run.number)
    for row in [*rest, RunIdRow(*RunIdRow.key(run.uuid)), run]:
        row.delete()


def _run(new: NewMessage) -> RunRow:
    place = RunIdRow.find(*RunIdRow.key(new.run))
    run = run_store.get(int(place.number)) if place else None
    if run is None or run.state in (runs.State.CANCELLED, runs.State.DELETED):
        raise messages.no_such("run", new.run)
    if int(run.campaign) != new.campaign:
        raise Invalid.field("run", ANOTHERS)
    return run


def _by_hand(commit: Commit, new: NewMessage, campaign: CampaignRow, run: RunRow, at: datetime) -> MessageRow:
    """Put a message with a page and a slot of its own into a transaction; a run that was over goes on."""
    due = at.replace(second=0, microsecond=0) + timedelta(minutes=1)
    page = PageRow(f"RUN#{run.number}", f"PAGE#hand#{new.client}", size=1, next="", ready=True)
    page.slots = json.dumps({clock.wire(due): [new.client]})
    row = MessageRow(*MessageRow.key(new.client, run.number), owner=run.owner, campaign=new.campaign, run=run.uuid)
    row.page, row.text, row.state = page.sk, new.message_text, State.PENDING
    row.created_at, row.planned_at = clock.wire(at), clock.wire(due)
    commit.put(row, MessageRow.pk.does_not_exist(), unmet=messages.twice())
    commit.put(page)
    # A slot of its own each time: one for a message that was deleted may still be there.
    commit.put(run_store.opened(run.number, due, f"hand{new.client}-{uuid4().hex[:8]}", [new.client]))
    further: list[Action] = [RunRow.open_slots.add(1), RunRow.total.add(1), RunRow.edited.add({new.client})]
    if run.state in OVER:
        further += [RunRow.state.set(runs.State.RUNNING), RunRow.finished_at.remove(), RunRow.planned.set(True)]
        further += [RunRow.due.set("RUN"), RunRow.due_at.set(clock.wire(due + runs.PATIENCE))]
        if run.plan is None:
            further.append(RunRow.plan.set(campaign.told))
        if campaign.active_run == run.uuid:
            run_store.move_campaign(commit, campaign, Status.RUNNING)
    commit.update(run, further, RunRow.state == run.state, unmet=Changed())
    first = all(other.campaign != new.campaign for other in _of_client(new.client))
    Stats.shift(commit, run, {"pending": 1, "recipients": int(first)})
    return row


def _remove(commit: Commit, row: MessageRow, run: RunRow | None, others: Iterable[MessageRow]) -> None:
    """Put the end of a message into a transaction. Three writes; meets `Changed`. `others`: what its client keeps."""
    commit.delete(row, (MessageRow.state == row.state) & (MessageRow.state != State.SENDING), unmet=Changed())
    if run and run.state != runs.State.DELETED:
        name = "pending" if row.state in messages.OPEN else str(row.state).lower()
        last = all(other.campaign != row.campaign for other in others)
        Stats.shift(commit, run, {name: -1, "recipients": -int(last)})
        commit.update(PageRow(run.pk, row.page), [PageRow.gone.add({row.client})])


def _remove_all(
    commit: Commit, rows: list[MessageRow], of: Mapping[tuple[str, str], RunRow], kept: list[MessageRow]
) -> None:
    """Put the end of a client's messages into a transaction, beside those that are kept. Likewise."""
    for place, row in enumerate(rows):
        _remove(commit, row, of.get(RunRow.key(row.number)), [*rows[place + 1 :], *kept])


def _of_client(id: int) -> list[MessageRow]:
    of_runs = MessageRow.sk.startswith("MESSAGE#")
    return list(MessageRow.query(ClientRow.key(id)[0], of_runs, consistent_read=True))


def _slice(totals: dict[int, int], begin: int, most: int) -> Iterator[tuple[str, str]]:
    """The keys of `most` messages behind the first `begin`, the newest run first; within one as it was planned."""
    for number in sorted(totals, reverse=True):
        if begin >= totals[number]:
            begin -= totals[number]
            continue
        for page in PageRow.query(f"RUN#{number}", PageRow.sk.startswith("PAGE#"), consistent_read=True):
            clients = _clients(page) if page.ready else []
            for client in clients[begin : begin + most]:
                yield MessageRow.key(client, number)
            most -= len(clients[begin : begin + most])
            begin = max(0, begin - len(clients))
            if not most:
                return


def _clients(page: PageRow) -> list[int]:
    gone = {int(id) for id in page.gone or ()}
    slots: Iterable[list[int]] = json.loads(page.slots).values()
    return [client for slot in slots for client in slot if client not in gone]


def _shown(row: MessageRow, run: RunRow, at: datetime) -> Message:
    planned_at = datetime.fromisoformat(row.planned_at)
    text = row.text or (Plan.model_validate_json(run.plan).text_message if run.plan else "")
    return Message(
        id=messages.id_of(row.number, row.client),
        created_at=row.created_at,
        planned_send_at=planned_at,
        status=messages.shown(State(row.state), planned_at, at),
        campaign=row.campaign,
        client=row.client,
        run=row.run,
        message_text=text,
        reason=row.reason,
    )
