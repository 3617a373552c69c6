"""What stands still around the doors until a test moves it: time and queues; and AWS calls that go wrong."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import Context
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any, TypeVar
from unittest import mock

from botocore.client import BaseClient
from botocore.exceptions import ClientError, ReadTimeoutError

from kalit.accounts import passwords

Result = TypeVar("Result")
Call = Callable[[], Any]
Fault = Callable[[Call], Any]

BEGINNING = datetime(2026, 1, 5, 12, tzinfo=UTC)


@contextmanager
def quick_passwords() -> Iterator[None]:
    """Argon2id with the least work."""
    with mock.patch.dict(passwords.COST, time_cost=1, memory_cost=8):
        passwords._hasher.cache_clear()
        yield
    passwords._hasher.cache_clear()


class Clock:
    """The doors' clock, which stands."""

    def __init__(self, file: Path) -> None:
        self.file, self.now = file, BEGINNING
        self.move()

    def move(self, **by: float) -> None:
        """Let time pass, e.g. `clock.move(seconds=90)`; less than nothing sets the clock back."""
        self.turn(self.now + timedelta(**by))

    def turn(self, to: datetime) -> None:
        self.now = to
        self.file.write_text(self.now.isoformat())


class Killed(BaseException):
    """The process died: no handler runs. Not an Exception, so nothing catches it."""


@contextmanager
def upset(operation: str, fault: Fault, first: int = 1, after: int = 0, own: bool = False) -> Iterator[None]:
    """The first calls of an AWS operation, after some that go well, are handed to a fault instead of being made.

    `own`: only a worker's own, without the transactions around them that keep the history of jobs.
    """
    original, plan = BaseClient._make_api_call, [_well] * after + [fault] * first

    def hooked(client: BaseClient, name: str, asked: dict[str, Any]) -> Any:
        def call() -> Any:
            return original(client, name, asked)

        return plan.pop(0)(call) if name == operation and plan and not (own and of_history(asked)) else call()

    with mock.patch.object(BaseClient, "_make_api_call", hooked):
        yield
    assert len(plan) < first, f"nobody called {operation}"


def of_history(asked: dict[str, Any]) -> bool:
    """Whether a transaction only keeps the history of jobs."""
    written = [told for write in asked.get("TransactItems", []) for told in write.values()]
    keys = [(told.get("Item") or told["Key"])["pk"]["S"] for told in written]
    return bool(keys) and all(key.startswith("JOB") for key in keys)


def _well(call: Call) -> Any:
    return call()


def killed_after(call: Call) -> Any:
    """The effect is there, but the process does not live to see it."""
    call()
    raise Killed


def lost(call: Call) -> Any:
    """The effect is there, but the answer gets lost."""
    call()
    raise ReadTimeoutError(endpoint_url="https://dynamodb")


def sent_twice(call: Call) -> Any:
    """The SDK gets no answer, and sends the same again."""
    with suppress(ClientError):
        call()
    return call()


def refused(code: str, **more: Any) -> Fault:
    """AWS says no, with this error code."""

    def fault(call: Call) -> Any:
        raise ClientError({"Error": {"Code": code, "Message": "no"}, **more}, "Any")

    return fault


throttled = refused("ThrottlingException")
conflicting = refused("TransactionCanceledException", CancellationReasons=[{"Code": "TransactionConflict"}])


def meanwhile(act: Callable[[], object]) -> Fault:
    """Somebody else acts just before the call."""

    def fault(call: Call) -> Any:
        Context().run(act)
        return call()

    return fault


def followed_by(act: Callable[[], object]) -> Fault:
    """Somebody else acts just after the call, whatever comes of it."""

    def fault(call: Call) -> Any:
        try:
            return call()
        finally:
            Context().run(act)

    return fault


def at_once(acts: Sequence[Callable[[], Result]]) -> list[Result]:
    """The results of all acts, begun at the same moment in a thread each."""
    start = Barrier(len(acts))

    def begin(act: Callable[[], Result]) -> Result:
        start.wait(timeout=60)
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(begin, acts))
