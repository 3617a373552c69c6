"""Numbers and keys: integer ids from a counter per kind, UUIDs derived from what makes a thing unique."""

import os
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from pynamodb.attributes import NumberAttribute

from .tables import Row

KALIT = uuid5(NAMESPACE_URL, "https://kalit.uz/ids")


def derived(*parts: str) -> UUID:
    """The same UUID for the same parts, so that a repeated request names the same thing."""
    return uuid5(KALIT, "\x1f".join(parts))


def ordered(at: datetime) -> UUID:
    """A random UUID that sorts by time (RFC 9562, version 7)."""
    milliseconds = int(at.timestamp() * 1000)
    random = int.from_bytes(os.urandom(10), "big")
    return UUID(int=milliseconds << 80 | 7 << 76 | (random >> 68 & 0xFFF) << 64 | 2 << 62 | random & (1 << 62) - 1)


class Counter(Row):
    """The last number given out, at pk = COUNTER#<kind>. Domains subclass it to name their table."""

    value = NumberAttribute()

    @classmethod
    def next(cls, kind: str) -> int:
        """A rising integer, never given twice; gaps are allowed. One UpdateItem."""
        return cls.block(kind, 1)

    @classmethod
    def block(cls, kind: str, size: int) -> int:
        """The first of so many integers in a row. One UpdateItem."""
        row = cls(f"COUNTER#{kind}", "COUNTER")
        row.update([cls.value.add(size)])
        return int(row.value) - size + 1
