"""How many things there are, kept with the things themselves: in the same transaction, so never off by one.

Each kind of count is spread over some rows, so that transactions at the same moment seldom meet in one.
"""

import random
from collections.abc import Iterable
from typing import Any, Self

from pynamodb.attributes import NumberAttribute
from pynamodb.expressions.update import Action

from .tables import Commit, Row

SHARDS = 16


class Counts(Row):
    """Base of counts: a subclass names its table, and each of its number attributes is a count.

    At pk = the subject, sk = <bucket>#<shard>; a bucket is what is forgotten together, such as a day.
    """

    ttl = NumberAttribute(null=True)

    @classmethod
    def names(cls) -> list[str]:
        return [name for name in cls.get_attributes() if name not in ("pk", "sk", "ttl")]

    @classmethod
    def add(
        cls,
        commit: Commit,
        pk: str,
        changes: dict[str, int],
        bucket: str = "",
        ttl: int | None = None,
        worker: int | None = None,
    ) -> None:
        """Put changes, such as {"pending": -1, "running": 1}, into a transaction. One update.

        Workers who are at it at the same time, up to 16, do not meet where each tells his number.
        """
        shard = random.randrange(SHARDS) if worker is None else worker % SHARDS  # noqa: S311 - spread
        row = cls(pk, f"{bucket}#{shard}")
        actions: list[Action] = [getattr(cls, name).add(change) for name, change in changes.items() if change]
        if ttl:
            actions.append(cls.ttl.set(ttl))
        if actions:
            commit.update(row, actions)

    @classmethod
    def total(cls, pk: str, since: str = "") -> dict[str, int]:
        """All counts of a subject, over its buckets from `since` on. One Query; reads only what it adds up."""
        return cls.added_up(cls.buckets(pk, since))

    @classmethod
    def buckets(cls, pk: str, since: str = "") -> list[Self]:
        """The rows of a subject's buckets from `since` on. One Query."""
        later: Any = cls.sk >= since if since else None
        return list(cls.query(pk, later, consistent_read=True))

    @classmethod
    def added_up(cls, rows: Iterable[Self]) -> dict[str, int]:
        """Count -> how many, over these rows."""
        rows = list(rows)
        return {name: sum(int(getattr(row, name) or 0) for row in rows) for name in cls.names()}
