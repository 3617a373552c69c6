"""Numbers and keys: integer ids from a counter per kind, UUIDs derived from what makes a thing unique."""

from uuid import NAMESPACE_URL, UUID, uuid5

from pynamodb.attributes import NumberAttribute

from .tables import Row

KALIT = uuid5(NAMESPACE_URL, "https://kalit.uz/ids")


def derived(*parts: str) -> UUID:
    """The same UUID for the same parts, so that a repeated request names the same thing."""
    return uuid5(KALIT, "\x1f".join(parts))


class Counter(Row):
    """The last number given out, at pk = COUNTER#<kind>. Domains subclass it to name their table."""

    value = NumberAttribute()

    @classmethod
    def next(cls, kind: str) -> int:
        """A rising integer, never given twice; gaps are allowed. One UpdateItem."""
        row = cls(f"COUNTER#{kind}", "COUNTER")
        row.update([cls.value.add(1)])
        return int(row.value)
