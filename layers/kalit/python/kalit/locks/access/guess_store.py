"""Wrong codes of late, and tries under way, in the locks table: each try takes a place first, so none is looked at
beside another that might turn out to be one too many.

Every write may be sent twice when its answer is lost: a place is one member of a set, so it is taken and freed once.
"""

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition, size
from pynamodb.expressions.update import Action

from kalit.kit import clock
from kalit.kit.errors import Unavailable
from kalit.kit.resources import Grant, Table
from kalit.kit.tables import Row, TableName, condition_failed

from .. import store
from ..store import moment
from .guesses import KEPT, Guesses
from .verifying import CodeRefused, TooManyGuesses

GUESS: tuple[Grant, ...] = (Table.LOCKS.get, Table.LOCKS.update)
PATIENCE = 4.0  # seconds that a try waits for places which others hold


class GuessRow(Row):
    """`tries`: those under way, each by a name of its own."""

    class Meta:
        table_name = TableName(Table.LOCKS)

    missed = NumberAttribute(default=0)
    missed_at = UnicodeAttribute(null=True)
    tries = UnicodeSetAttribute(null=True)
    trying_since = UnicodeAttribute(null=True)
    ttl = NumberAttribute(null=True)

    @property
    def guesses(self) -> Guesses:
        return Guesses(int(self.missed), moment(self.missed_at), len(self.tries or ()), moment(self.trying_since))

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
    """Let the body try a code of a lock; it counts unless the body finds that there is such a code.

    Raises `TooManyGuesses`. A read and two UpdateItems; a read more for a wrong one, and more while others hold all
    places. What fails counts as wrong: a look must not be free because its record could not be kept.
    """
    name = os.urandom(8).hex()
    row = _take(pk, f"GUESSES#{whose}", name, at)
    try:
        yield
    except CodeRefused:
        _give_back(row, name)
        raise
    except Exception:
        _miss(row, name, at)
        raise
    _give_back(row, name)


def _take(pk: str, sk: str, name: str, at: datetime) -> GuessRow:
    deadline = time.monotonic() + PATIENCE
    while True:
        row = GuessRow.find(pk, sk) or GuessRow(pk, sk)
        now = row.guesses
        places = now.places(at)
        if name in (row.tries or ()):
            return row  # the answer was lost
        if not places:
            raise TooManyGuesses(now.pause(at))
        seen: list[Action] = [
            GuessRow.trying_since.set(clock.wire(at)),
            GuessRow.ttl.set(int(at.timestamp()) + KEPT),
        ]
        if now.are_stale(at):
            if _written(row, [GuessRow.tries.set({name}), *seen], GuessRow.trying_since == row.trying_since):
                return row
        elif now.trying < places:
            room = GuessRow.tries.does_not_exist() | (size(GuessRow.tries) < places)
            if _written(row, [GuessRow.tries.add({name}), *seen], row.as_counted & room):
                return row
        elif time.monotonic() > deadline:
            raise TooManyGuesses(1)
        else:
            time.sleep(random.uniform(0.02, 0.1))  # noqa: S311 - jitter


def _miss(row: GuessRow, name: str, at: datetime) -> None:
    """Count a try as wrong, once. Raises `Unavailable`; then its place stays taken until its lease is over."""
    for _ in store.tries():
        now = GuessRow.get(row.pk, row.sk, consistent_read=True)
        if name not in (now.tries or ()):
            return  # counted already, and the answer was lost
        newest = max(at, now.guesses.missed_at or at)
        counted: list[Action] = [
            GuessRow.missed.set(now.guesses.counted(at) + 1),
            GuessRow.missed_at.set(clock.wire(newest)),
            GuessRow.tries.delete({name}),
        ]
        if _written(now, counted, now.as_counted & GuessRow.tries.contains(name)):
            return
    raise Unavailable


def _give_back(row: GuessRow, name: str) -> None:
    with suppress(Exception):  # not given back, it is free again when its lease is over
        row.update([GuessRow.tries.delete({name})])


def _written(row: GuessRow, actions: list[Action], condition: Condition) -> bool:
    try:
        row.update(actions, condition)
    except UpdateError as error:
        if not condition_failed(error):
            raise
        return False
    return True
