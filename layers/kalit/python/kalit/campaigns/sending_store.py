"""Sending: each message is claimed, its client's wish and its run are read after that, and only then it leaves.

Who dies in between leaves messages in his hands: when his lease is over they are unknown, and never sent again.
A handful costs five requests for 99 messages beside what the provider costs: one reads the clients, four claim; then
one reads who opted out, one settles all, and one keeps the pace. A slot costs about ten more.
"""

import json
import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from kalit.kit import bulk, clock, metrics
from kalit.kit.doors import Again
from kalit.kit.errors import Unavailable
from kalit.kit.log import log
from kalit.kit.resources import Grant, Table
from kalit.kit.tables import Commit, condition_failed
from kalit.kit.tunables import tunable
from kalit.providers import sms
from kalit.providers.outcomes import NotTaken, Unanswered

from . import opt_out_store, opt_outs, run_store, runs, sending, slot_store
from .campaigns import Plan
from .messages import State, id_of
from .runs import OVER, Send
from .sending import BEGUN, HANDFUL, LEASE, LINK, Act, Decision, Outcome, Verdict
from .store import CHANGES, Changed, ClientRow, MessageRow, OptedRow, RateRow, RunRow, SlotRow, Stats, batch

AT_ONCE = 20  # calls of the provider in one process
RATE = 100  # messages a second that the provider is handed, by all senders together
KEPT = 60  # seconds that a second's count is kept
PATIENCE = 15.0  # seconds that a handful waits for its turn

SEND: tuple[Grant, ...] = (
    *run_store.FINISH,
    *slot_store.RELEASE,
    *sms.SEND,
    *opt_out_store.LINK,
    Table.CAMPAIGNS.put,
    Table.CAMPAIGNS.delete,
    Table.CAMPAIGNS.batch_get,
    Table.CAMPAIGNS.update_many,
)


class StillSending(Again):
    """Another process has some of the messages in its hands; SQS brings the slot again."""


class TooFast(Again):
    """Others use up all that the provider may be handed; SQS brings the slot again."""


@dataclass
class Left:
    """What a slot leaves to be done: who is tried once more, who is moved to when, whom there was no time for."""

    refused: list[int] = field(default_factory=list)
    moved: dict[datetime, list[int]] = field(default_factory=dict)
    back: list[int] = field(default_factory=list)
    held: bool = False  # somebody else has some of them in his hands


@dataclass(frozen=True)
class Claim:
    """Messages that are in this sender's hands."""

    token: str
    clients: Sequence[int]


@dataclass(frozen=True)
class Slot:
    """A slot at work: `attempt` is that of its messages, `plan` None where their run was called off."""

    run: RunRow
    attempt: int
    plan: Plan | None

    @property
    def text(self) -> str:
        return self.plan.text_message if self.plan else ""

    @property
    def tried_before(self) -> int:
        """Messages with as many attempts are not this slot's; where the run was called off, none has too many."""
        return self.attempt if self.plan else len(runs.RETRIES) + 2


def send(order: Send, deadline: float) -> None:
    """Send what a slot holds; what is left at the deadline (of `time.monotonic`) is handed over once more.

    Raises `StillSending` or `TooFast`.
    """
    row, run, at = SlotRow.find(f"RUN#{order.run}", order.slot), run_store.get(order.run), clock.now()
    if row is None or run is None:
        return
    off = run.state in OVER
    if run.state == runs.State.PAUSED:
        slot_store.park(row)
        return
    if not off and ((row.at > at and int(row.attempt) == 1) or run.plan is None):
        later = row.at if run.plan else max(row.at, at + runs.LOOK)
        row.update([SlotRow.due_at.set(clock.wire(later))], SlotRow.pk.exists())
        return
    slot = Slot(run, int(row.attempt), None if off else Plan.model_validate_json(run.plan or ""))
    left, clients = Left(), json.loads(row.clients)
    for begin in range(0, len(clients), HANDFUL):
        if time.monotonic() > deadline:
            slot_store.release(row, at)
            return
        _handful(slot, clients[begin : begin + HANDFUL], left)
    if left.held:
        raise StillSending
    _close(slot, row, left)
    run_store.finish(run.number, clock.now())


def _handful(slot: Slot, ids: Sequence[int], left: Left) -> None:
    keys = {id: ClientRow.key(id) for id in ids}
    rows = bulk.get(Table.CAMPAIGNS, list(keys.values()), ("phone_number", "digits", "timezone"))
    clients = {id: rows[key] for id, key in keys.items() if key in rows}  # others were deleted, with their messages
    if slot.plan is None:
        claim = _claim(slot, list(clients), left)
        _settle(slot, claim, dict.fromkeys(claim.clients, sending.CALLED_OFF))
        return
    at = clock.now()
    zones = {row["timezone"]["S"] for row in clients.values()}
    decided = {zone: sending.decide(slot.plan, zone, at) for zone in zones}
    acts = {id: decided[row["timezone"]["S"]] for id, row in clients.items()}
    _move(slot, acts, left)
    if due := sum(decision.act is Act.SEND for decision in acts.values()):
        _keep_pace(due)
    begun_by = clock.now() + BEGUN
    claim = _claim(slot, [id for id, decision in acts.items() if decision.act is not Act.MOVE], left)
    wanted = {id: clients[id] for id in claim.clients if acts[id].act is Act.SEND}
    outcomes = dict.fromkeys((id for id in claim.clients if id not in wanted), sending.CLOSED)
    outcomes |= _sent(slot, wanted, begun_by)
    _settle(slot, claim, outcomes)
    left.refused += [id for id, outcome in outcomes.items() if outcome.again]
    left.back += [id for id, outcome in outcomes.items() if outcome == sending.GIVEN_BACK]


def _move(slot: Slot, acts: Mapping[int, Decision], left: Left) -> None:
    """Tell messages that they leave later. One that a dead sender left in his hands does not: it is seen to here."""
    now = int(clock.now().timestamp())
    for when in {decision.at for decision in acts.values() if decision.at}:
        clients = [id for id, decision in acts.items() if decision.at == when]
        keys = [MessageRow.key(client, slot.run.number) for client in clients]
        others = bulk.update(Table.CAMPAIGNS, keys, {"planned_at": clock.wire(when)}, {"state": State.PENDING})
        if moved := [client for place, client in enumerate(clients) if place not in others]:
            left.moved.setdefault(when, []).extend(moved)
        if others:
            _of_others(slot, [keys[place] for place in sorted(others)], "", now, left)


def _claim(slot: Slot, clients: Sequence[int], left: Left) -> Claim:
    """Take messages in hand that are pending and were not tried as often as this. What others left is seen to."""
    token, now = uuid4().hex, int(clock.now().timestamp())
    mine: dict[str, bulk.Value] = {
        "state": State.SENDING,
        "claim": token,
        "until": now + int(LEASE.total_seconds()),
        "attempts": slot.attempt,
    }
    keys = [MessageRow.key(client, slot.run.number) for client in clients]
    others = bulk.update(Table.CAMPAIGNS, keys, mine, {"state": State.PENDING}, attempts=slot.tried_before)
    claimed = [client for place, client in enumerate(clients) if place not in others]
    if others:
        claimed += _of_others(slot, [keys[place] for place in sorted(others)], token, now, left)
    return Claim(token, claimed)


def _of_others(slot: Slot, keys: list[tuple[str, str]], token: str, now: int, left: Left) -> list[int]:
    """See to messages that could not be claimed; returns those that were, though the answer got lost."""
    mine: list[int] = []
    lost: dict[str, list[int]] = {}
    for row in batch(MessageRow, keys).values():
        if row.state == State.SENDING and row.claim == token:
            mine.append(row.client)
        elif row.state == State.SENDING and int(row.until or 0) > now:
            left.held = True
        elif row.state == State.SENDING:
            lost.setdefault(str(row.claim), []).append(row.client)
        elif row.state == State.PENDING:
            left.refused.append(row.client)
    for claim, clients in lost.items():
        log.warning("messages unanswered", extra={"run": slot.run.number, "number": len(clients)})
        _settle(slot, Claim(claim, clients), dict.fromkeys(clients, sending.LOST))
    return mine


def _sent(slot: Slot, clients: Mapping[int, bulk.Item], begun_by: datetime) -> dict[int, Outcome]:
    """Hand messages to the provider, but for those who opted out; what the run says now counts."""
    if not clients:
        return {}
    phones = {id: row["digits"]["S"] for id, row in clients.items()}
    run_key, opted_keys = RunRow.key(slot.run.number), {id: OptedRow.key(digits) for id, digits in phones.items()}
    found = bulk.get(Table.CAMPAIGNS, [run_key, *dict.fromkeys(opted_keys.values())], ("state", "edited"))
    run = found.get(run_key, {})
    state = run.get("state", {}).get("S", runs.State.DELETED)
    if state in OVER:
        return dict.fromkeys(clients, sending.CALLED_OFF)
    if state == runs.State.PAUSED:
        return dict.fromkeys(clients, sending.GIVEN_BACK)
    edited = {int(id) for id in run.get("edited", {}).get("NS", [])}.intersection(clients)
    own = batch(MessageRow, [MessageRow.key(id, slot.run.number) for id in edited])
    texts = {row.client: row.text for row in own.values()}

    def hand_over(id: int) -> Outcome:
        if opted_keys[id] in found:
            return sending.OPTED_OUT
        text = texts.get(id) or slot.text
        if LINK in text:
            text = text.replace(LINK, opt_outs.link(slot.run.origin, opt_out_store.token_of(id)))
        message = sms.Message(
            id=str(id_of(slot.run.number, id)),
            phone=clients[id]["phone_number"]["S"],
            text=text,
            campaign=int(slot.run.campaign),
        )
        at = clock.now()
        return (
            sending.outcome(_handed(message, slot.attempt, at), slot.attempt) if at < begun_by else sending.GIVEN_BACK
        )

    def hand_over_some(ids: Sequence[int]) -> list[tuple[int, Outcome]]:
        return [(id, hand_over(id)) for id in ids]

    ids = list(clients)
    shares = [ids[place::AT_ONCE] for place in range(min(AT_ONCE, len(ids)))]
    with ThreadPoolExecutor(len(shares)) as threads:
        # Each in a copy of this context: the log's keys are in it.
        begun = [threads.submit(copy_context().run, hand_over_some, share) for share in shares]
        return dict(told for one in begun for told in one.result())


def _handed(message: sms.Message, attempt: int, at: datetime) -> Verdict:
    try:
        sms.send(message, attempt, at)
    except NotTaken as error:
        log.warning("message refused", extra={"sms": message.id, "reason": str(error)})
        return Verdict.REFUSED
    except Unanswered:
        return Verdict.UNANSWERED
    except Exception:
        log.exception("message unanswered", extra={"sms": message.id})
        return Verdict.UNANSWERED
    return Verdict.TAKEN


def _settle(slot: Slot, claim: Claim, outcomes: Mapping[int, Outcome]) -> None:
    """Write what became of the messages of a claim, and the counts with it. One transaction."""
    for _ in range(CHANGES):
        if not outcomes:
            return
        try:
            with Commit() as commit:
                _write(commit, slot, claim.token, outcomes)
        except Changed:
            # Some were deleted, or somebody found that our lease was over.
            rows = batch(MessageRow, [MessageRow.key(id, slot.run.number) for id in outcomes]).values()
            ours = {row.client for row in rows if row.state == State.SENDING and row.claim == claim.token}
            outcomes = {id: outcome for id, outcome in outcomes.items() if id in ours}
            continue
        for state, number in Counter(outcome.state for outcome in outcomes.values()).items():
            if state is not State.PENDING:
                metrics.count(f"messages_{state.lower()}", number)
        return
    raise Unavailable


def _write(commit: Commit, slot: Slot, token: str, outcomes: Mapping[int, Outcome]) -> None:
    at = clock.wire(clock.now())
    claimed = (MessageRow.state == State.SENDING) & (MessageRow.claim == token)
    for outcome in set(outcomes.values()):
        rows = [MessageRow(*MessageRow.key(id, slot.run.number)) for id, its in outcomes.items() if its == outcome]
        changes: list[Action] = [MessageRow.state.set(outcome.state), MessageRow.until.remove()]
        if outcome.reason:
            changes.append(MessageRow.reason.set(outcome.reason))
        if outcome.state is State.SENT:
            changes.append(MessageRow.sent_at.set(at))
        if outcome == sending.GIVEN_BACK:
            changes.append(MessageRow.attempts.set(slot.attempt - 1))
        commit.update_alike(rows, changes, claimed, unmet=Changed())
    counts = Counter(str(outcome.state).lower() for outcome in outcomes.values() if outcome.state is not State.PENDING)
    if counts:
        Stats.shift(commit, slot.run, {"pending": -counts.total(), **counts})


def _close(slot: Slot, row: SlotRow, left: Left) -> None:
    """Put new slots in the place of one that is done: for those who are tried again, or later. One transaction."""
    at, name = clock.now(), f"{row.name.partition('-')[0]}-{uuid4().hex[:8]}"
    new = [run_store.opened(slot.run.number, when, name, ids, slot.attempt) for when, ids in left.moved.items()]
    if left.refused:
        again = sending.retry_at(slot.attempt, at, random.random())  # noqa: S311 - jitter
        new.append(run_store.opened(slot.run.number, again, f"{name}r", left.refused, slot.attempt + 1))
    if left.back:
        new.append(run_store.opened(slot.run.number, at, f"{name}b", left.back, slot.attempt))
    with suppress(Changed), Commit() as commit:
        commit.delete(row, SlotRow.pk.exists(), unmet=Changed())
        for one in new:
            commit.put(one)
        commit.update(
            RunRow(slot.run.pk, slot.run.sk), [RunRow.open_slots.add(len(new) - 1)], RunRow.pk.exists(), unmet=Changed()
        )
    if left.moved and (run := run_store.get(slot.run.number)) and run.state in OVER:
        # Who called the run off handed over the slots that there were: these would wait for their day.
        for one in new:
            slot_store.release(one, at)


def _keep_pace(number: int) -> None:
    """Wait until the provider may be handed so many, by all senders together. One UpdateItem for each second.

    By the clock of the wall, whatever time the product thinks it is: the provider counts by that. Raises `TooFast`.
    """
    most = max(1, tunable("SMS_RATE", RATE))
    give_up = time.monotonic() + PATIENCE
    while number > 0:
        second = int(time.time())
        some = min(number, most)
        row = RateRow("RATE", str(second))
        try:
            room = RateRow.taken.does_not_exist() | (RateRow.taken <= most - some)
            row.update([RateRow.taken.add(some), RateRow.ttl.set(second + KEPT)], room)
            number -= some
        except UpdateError as error:
            if not condition_failed(error):
                raise
            if time.monotonic() > give_up:
                raise TooFast from None
            time.sleep(random.uniform(0.1, 1))  # noqa: S311 - jitter
