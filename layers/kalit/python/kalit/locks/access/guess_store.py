"""Wrong codes of late, and tries under way, in the locks table: each try takes a place first, so none is looked at
beside another that might turn out to be one too many.
"""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from kalit.kit import clock
from kalit.kit.resources import Grant, Table
from kalit.kit.tables import Row, TableName, condition_failed

from .. import store
from ..store import moment
from .guesses import KEPT, Guesses
from .verifying import TooManyGuesses, UnknownCode

GUESS: tuple[Grant, ...] = (Table.LOCKS.get, Table.LOCKS.update)
PATIENCE = 4.0  # seconds that a try waits for places which others hold


class GuessRow(Row):
    class Meta:
        table_name = TableName(Table.LOCKS)

    missed = NumberAttribute(default=0)
    missed_at = UnicodeAttribute(null=True)
    trying = NumberAttribute(default=0)
    trying_since = UnicodeAttribute(null=True)
    ttl = NumberAttribute(null=True)

    @property
    def guesses(self) -> Guesses:
        return Guesses(int(self.missed), moment(self.missed_at), int(self.trying), moment(self.trying_since))

    @property
    def as_counted(self) -> Condition:
        """That nobody has guessed wrong since it was read."""
        if self.missed_at is None:
            never: Condition = GuessRow.missed_at.does_not_exist()
            return never
        same: Condition = (GuessRow.missed == self.missed) & (GuessRow.missed_at == self.missed_at)
        return same


@contextmanager
def guess(pk: str, whose: str, at: datetime) -> Iterator[None]:
    """Let the body try a code of a lock; ending by `UnknownCode` counts.

    Raises `TooManyGuesses`. A read and two UpdateItems; more while others hold all places.
    """
    row = _take(pk, f"GUESSES#{whose}", at)
    try:
        yield
    except UnknownCode:
        _miss(row, at)
        raise
    except Exception:
        _give_back(row)
        raise
    _give_back(row)


def _take(pk: str, sk: str, at: datetime) -> GuessRow:
    deadline = time.monotonic() + PATIENCE
    while True:
        row = GuessRow.find(pk, sk) or GuessRow(pk, sk)
        now = row.guesses
        places = now.places(at)
        if not places:
            raise TooManyGuesses(now.pause(at))
        actions: list[Action] = [
            GuessRow.trying_since.set(clock.wire(at)),
            GuessRow.ttl.set(int(at.timestamp()) + KEPT),
        ]
        if now.are_stale(at):
            if _written(row, [GuessRow.trying.set(1), *actions], GuessRow.trying_since == row.trying_since):
                return row
        elif now.trying < places:
            room = GuessRow.trying.does_not_exist() | (GuessRow.trying < places)
            if _written(row, [GuessRow.trying.add(1), *actions], row.as_counted & room):
                return row
        elif time.monotonic() > deadline:
            raise TooManyGuesses(1)
        else:
            time.sleep(random.uniform(0.02, 0.1))  # noqa: S311 - jitter


def _miss(row: GuessRow, at: datetime) -> None:
    for _ in store.tries():
        now = GuessRow.get(row.pk, row.sk, consistent_read=True)
        newest = max(at, now.guesses.missed_at or at)
        counted: list[Action] = [
            GuessRow.missed.set(now.guesses.counted(at) + 1),
            GuessRow.missed_at.set(clock.wire(newest)),
            GuessRow.trying.add(-1),
        ]
        if _written(now, counted, now.as_counted & (GuessRow.trying > 0)):
            return


def _give_back(row: GuessRow) -> None:
    with suppress(Exception):  # not given back, it is free again when its lease is over
        row.update([GuessRow.trying.add(-1)], GuessRow.trying > 0)


def _written(row: GuessRow, actions: list[Action], condition: Condition) -> bool:
    try:
        row.update(actions, condition)
    except UpdateError as error:
        if not condition_failed(error):
            raise
        return False
    return True
