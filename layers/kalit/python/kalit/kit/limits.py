"""How often somebody may do something: a count in a window of time that begins with the first.

    with limits.tries(LOGINS, f"{account} {address}", at, failure=WrongPassword):
        ...

holds for parallel tries as well: each takes a place first, and gives it back unless it fails.
"""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from pynamodb.attributes import NumberAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from .errors import Throttled
from .ids import derived
from .resources import Grant, Table
from .tables import Row, TableName, condition_failed

COUNT: tuple[Grant, ...] = (Table.OPS.update, Table.OPS.get)
PATIENCE = 2.5  # seconds that a try waits for places which other tries hold


class Limit(NamedTuple):
    """At most so many in a window."""

    name: str
    most: int
    window: timedelta


class _Window(Row):
    """One subject's window. `taken` are places, of which `failed` stay taken until the window ends."""

    class Meta:
        table_name = TableName(Table.OPS)

    taken = NumberAttribute()
    failed = NumberAttribute(default=0)
    until = NumberAttribute()
    ttl = NumberAttribute()

    @staticmethod
    def key(limit: Limit, who: str) -> tuple[str, str]:
        """Hashed: `who` may hold names and addresses."""
        return f"LIMIT#{limit.name}#{derived(who)}", "LIMIT"


def spend(limit: Limit, who: str, at: datetime) -> None:
    """Count one. Raises `Throttled` when all are spent. One UpdateItem."""
    _take(limit, who, at, patience=0)


@contextmanager
def tries(limit: Limit, who: str, at: datetime, failure: type[Exception]) -> Iterator[None]:
    """Let the body try once; ending by `failure` counts. Raises `Throttled` when too many have failed.

    Two UpdateItems; more while others hold all places.
    """
    window = _take(limit, who, at, PATIENCE)
    try:
        yield
    except failure:
        with suppress(UpdateError):  # the window is over
            window.update([_Window.failed.add(1)], _Window.until == window.until)
        raise
    except Exception:
        _give_back(window)
        raise
    _give_back(window)


def _take(limit: Limit, who: str, at: datetime, patience: float) -> _Window:
    now, end = int(at.timestamp()), int((at + limit.window).timestamp())
    window, deadline = _Window(*_Window.key(limit, who)), time.monotonic() + patience
    opening = [_Window.until.set(_Window.until | end), _Window.ttl.set(_Window.ttl | end)]
    room = _Window.pk.does_not_exist() | ((_Window.until > now) & (_Window.taken < limit.most))
    while True:
        try:
            window.update([_Window.taken.add(1), *opening], room)
            return window
        except UpdateError as error:
            if not condition_failed(error):
                raise
        found = _Window.find(window.pk, window.sk)
        if found and found.until <= now:
            if fresh := _opened_anew(found, end):
                return fresh
        elif found and found.taken < limit.most:
            continue  # somebody has opened a new window, or given a place back, in between
        elif found and (found.failed >= limit.most or time.monotonic() >= deadline):
            raise Throttled(max(1, int(found.until) - now))
        elif found:
            time.sleep(random.uniform(0.02, 0.1))  # noqa: S311 - jitter


def _opened_anew(old: _Window, end: int) -> _Window | None:
    """A new window in the place of one that is over; None when somebody else was faster."""
    fresh = _Window(old.pk, old.sk)
    opened: list[Action] = [_Window.taken.set(1), _Window.failed.set(0), _Window.until.set(end), _Window.ttl.set(end)]
    try:
        fresh.update(opened, _Window.until == old.until)
    except UpdateError as error:
        if not condition_failed(error):
            raise
        return None
    return fresh


def _give_back(window: _Window) -> None:
    with suppress(UpdateError):  # not given back, it counts as failed until the window ends
        window.update([_Window.taken.add(-1)], _Window.until == window.until)
