"""Faults on AWS calls: a process that dies, an answer that is lost, a conflict, another actor in between.

Every call of botocore, boto3 and pynamodb ends in `BaseClient._make_api_call`. A plan says which of the calls made
inside `injected` meet which fault, by their place in the order or by looking at them:

    with injected({2: crash_after}) as calls:
        cloud.http("tasks.create", ...)

    with injected(every(is_transaction, conflict)):
        ...
"""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any, NoReturn, TypeVar
from unittest import mock

from botocore.client import BaseClient
from botocore.exceptions import ReadTimeoutError


@dataclass(frozen=True)
class Call:
    """One AWS call: its place in the order, and what it asks for."""

    index: int
    client: BaseClient
    operation: str
    asked: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.client.meta.service_model.service_name}.{self.operation}"

    def __str__(self) -> str:
        return f"call {self.index}, {self.name}"


# goal -> what the enumerations of this process have tried: deaths, and others in between
enumerated: Counter[str] = Counter()

Effect = Callable[[], Any]  # makes the call and returns its answer
Fault = Callable[[Call, Effect], Any]
Plan = Mapping[int, Fault] | Callable[[Call], Fault | None]
Answer = TypeVar("Answer")

_aside: ContextVar[bool] = ContextVar("aside", default=False)


@contextmanager
def injected(plan: Plan | None = None) -> Iterator[list[Call]]:
    """Let the calls made inside, of all threads, meet their faults. Gives the list of calls, which fills as they come.

    Stands on whatever is in `_make_api_call`'s place already, such as `tests.cloud.hold_to_rights`.
    """
    original, calls, lock = BaseClient._make_api_call, list[Call](), threading.Lock()
    choose = plan if callable(plan) else lambda call: (plan or {}).get(call.index)

    def hooked(client: BaseClient, operation: str, asked: dict[str, Any]) -> Any:
        effect = partial(original, client, operation, asked)
        if _aside.get():
            return effect()
        with lock:
            call = Call(len(calls), client, operation, asked)
            calls.append(call)
        fault = choose(call)
        return fault(call, effect) if fault else effect()

    with mock.patch.object(BaseClient, "_make_api_call", hooked):
        yield calls


@contextmanager
def spared() -> Iterator[None]:
    """What this thread calls meets no fault, and is not in the list."""
    token = _aside.set(True)
    try:
        yield
    finally:
        _aside.reset(token)


def every(chosen: Callable[[Call], bool], fault: Fault) -> Plan:
    """The fault at all calls that are chosen."""
    return lambda call: fault if chosen(call) else None


def first_tries(chosen: Callable[[Call], bool], fault: Fault, tries: int = 1) -> Plan:
    """The fault at the first `tries` of the chosen calls, then none at the next, and so on: a retry comes through."""
    seen = threading.local()

    def plan(call: Call) -> Fault | None:
        if not chosen(call):
            return None
        seen.count = getattr(seen, "count", -1) + 1
        return fault if seen.count % (tries + 1) < tries else None

    return plan


def now_and_then(chosen: Callable[[Call], bool], fault: Fault, share: float, seed: int = 0) -> Plan:
    """The fault at a share of the chosen calls."""
    dice = random.Random(seed)
    return lambda call: fault if chosen(call) and dice.random() < share else None


class Unlucky:
    """A plan: death at a share of all calls, conflicts at a share of the transactions; each actor has luck at last."""

    MOST_DEATHS = 6

    def __init__(self, share: float, conflicts: float, seed: int) -> None:
        self.share, self.conflicts = share, conflicts
        self.faults = 0
        self._dice, self._lock, self._deaths = random.Random(seed), threading.Lock(), threading.local()

    def begin(self) -> None:
        """Another actor begins in this thread."""
        self._deaths.count = 0

    def __call__(self, call: Call) -> Fault | None:
        with self._lock:
            fate, how = self._dice.random(), self._dice.random()
            fault: Fault | None = None
            if fate < self.share and self._deaths.count < self.MOST_DEATHS:
                self._deaths.count += 1
                fault = crash_before if how < 0.5 else crash_after
            elif is_transaction(call) and how < self.conflicts:
                fault = conflict
            self.faults += fault is not None
            return fault


def is_transaction(call: Call) -> bool:
    return call.operation == "TransactWriteItems"


# Death


class Crash(BaseException):
    """The process died. Not an Exception: dying runs no handler of it."""


def crash_before(call: Call, effect: Effect) -> NoReturn:
    """Death just before the call."""
    raise Crash(call)


def crash_after(call: Call, effect: Effect) -> NoReturn:
    """Death when the call's effect is there and its answer is not."""
    with suppress(Exception):
        effect()
    raise Crash(call)


@dataclass(frozen=True)
class Death:
    """A place to die at."""

    call: Call
    fault: Fault

    def __str__(self) -> str:
        return f"{self.fault.__name__} {self.call}"

    def strike(self, act: Callable[[], object]) -> list[Call]:
        """Let the act die here; the calls that it made, of which this is the last."""
        with injected({self.call.index: self.fault}) as calls:
            try:
                act()
            except Crash:
                return calls
        raise AssertionError(f"{self} was never reached")


def died_everywhere(prepare: Callable[[], object], act: Callable[[], object]) -> Iterator[Death]:
    """The act after each of its deaths in turn: before and after every call that a clean run makes.

    `prepare` puts the system back to where the act begins; what it prepares must be the same each time.
    """
    prepare()
    with injected() as clean:
        act()
    assert clean, "the act made no AWS call"
    deaths = [Death(call, fault) for call in clean for fault in (crash_before, crash_after)]
    for death in deaths:
        prepare()
        calls = death.strike(act)
        assert [call.name for call in calls] == [call.name for call in clean[: len(calls)]]
        enumerated["G1"] += 1
        yield death


# Company


def preempted_by(other: Callable[[], object]) -> Fault:
    """Another actor runs from beginning to end just before the call; its own calls meet no fault."""

    def fault(call: Call, effect: Effect) -> Any:
        with spared():
            other()
        return effect()

    return fault


def preempted_everywhere(
    prepare: Callable[[], object], act: Callable[[], Answer], other: Callable[[], Answer]
) -> Iterator[tuple[Call, Answer, Answer]]:
    """What both actors answer, when the other runs from beginning to end at each call of the first in turn.

    Of queries in a row only the first counts: nothing lies between the empty pages of an index that could be disturbed.
    """
    prepare()
    with injected() as clean:
        act()
    assert clean, "the act made no AWS call"
    for call, before in zip(clean, [None, *clean], strict=False):
        if before and call.operation == before.operation == "Query":
            continue
        prepare()
        others: list[Answer] = []
        with injected({call.index: preempted_by(partial(_noted, other, others))}):
            answer = act()
        assert others, f"{call} was never reached"
        enumerated["G3"] += 1
        yield call, answer, others[0]


def _noted(act: Callable[[], Answer], answers: list[Answer]) -> None:
    answers.append(act())


# Refusals


def refusal(code: str, message: str = "injected", **more: object) -> Fault:
    """The service refuses the call with this error code, before any effect."""

    def fault(call: Call, effect: Effect) -> NoReturn:
        response = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": 400}, **more}
        raise call.client.exceptions.from_code(code)(response, call.operation)

    return fault


throttle = refusal("ThrottlingException", "Rate exceeded")


def conflict(call: Call, effect: Effect) -> NoReturn:
    """DynamoDB refuses a write, because another transaction holds its (first) item."""
    if not is_transaction(call):
        refusal("TransactionConflictException", "Transaction is ongoing for the item")(call, effect)
    free = [{"Code": "None"}] * (len(call.asked["TransactItems"]) - 1)
    reasons = [{"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}, *free]
    codes = ", ".join(reason["Code"] for reason in reasons)
    message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
    refusal("TransactionCanceledException", message, CancellationReasons=reasons)(call, effect)
    raise AssertionError("a refusal always raises")


def timeout(call: Call, effect: Effect) -> NoReturn:
    """The call has its effect, but no answer comes, in all of the SDK's own tries."""
    with suppress(Exception):
        effect()
    raise ReadTimeoutError(endpoint_url=call.client.meta.endpoint_url)


def careless(sk: str) -> Plan:
    """Writes check nothing about rows whose sort key begins so: what a store would be that forgot to."""

    def fault(call: Call, effect: Effect) -> Any:
        for told in _writes(call):
            if "ConditionExpression" in told and (told.get("Item") or told["Key"])["sk"]["S"].startswith(sk):
                told["ConditionExpression"] += " OR attribute_exists(pk) OR attribute_not_exists(pk)"
        return effect()

    return every(lambda call: bool(_writes(call)), fault)


def _writes(call: Call) -> list[Any]:
    """What a call asks to be written, row by row."""
    if call.operation in ("PutItem", "UpdateItem", "DeleteItem"):
        return [call.asked]
    return [told for write in call.asked["TransactItems"] for told in write.values()] if is_transaction(call) else []
