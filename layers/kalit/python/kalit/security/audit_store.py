"""The audit log in the OPS table, and the key that seals its end. All AWS of it is here.

pk            sk         what
AUDIT         <number>   an entry in its place: its text, the hash before and its own
AUDIT#HEAD    HEAD       how many there are, the newest one's hash, and the key's seal over both
CHAINED#<id>  CHAINED    that this entry is in the chain, and where

Entries are only ever added. Numbers have no gaps, so a page of the list is a range of sort keys.
"""

import base64
from collections.abc import Iterator
from contextlib import suppress
from hmac import compare_digest
from typing import Any

from pydantic import ValidationError
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from kalit.kit import aws
from kalit.kit.audit import Entry
from kalit.kit.doors import Again
from kalit.kit.log import log
from kalit.kit.resources import Grant, Mac, Table
from kalit.kit.tables import Commit, Row, TableName
from kalit.kit.v1 import Paged, PagedQuery

from .chain import (
    BEGINNING,
    MOST_PROBLEMS,
    End,
    Head,
    Link,
    Logged,
    Numbered,
    Report,
    check,
    joined,
    number_of,
    place,
)

APPEND: tuple[Grant, ...] = (Table.OPS.get, Table.OPS.put, Mac.AUDIT.generate)
LIST: tuple[Grant, ...] = (Table.OPS.get, Table.OPS.query)
VERIFY: tuple[Grant, ...] = (*LIST, Mac.AUDIT.generate)

LOG = "AUDIT"
ATTEMPTS = 10  # to be the one who moves the head; its queue lets one appender work at a time


class _Text(UnicodeAttribute):
    """A text, or what somebody has made of it: a row that was tampered with must be readable to be found."""

    def get_value(self, value: dict[str, Any]) -> str:
        return str(value.get("S", value))


class _Number(NumberAttribute):
    """A number; 0 where somebody has made something else of it."""

    def get_value(self, value: dict[str, Any]) -> str:
        return str(value.get("N", "0"))


class LinkRow(Row):
    class Meta:
        table_name = TableName(Table.OPS)

    text = _Text(default="")
    previous = _Text(default="")
    hash = _Text(default="")


class HeadRow(Row):
    class Meta:
        table_name = TableName(Table.OPS)

    number = _Number(default=0)
    hash = _Text(default="")
    seal = _Text(default="")

    KEY = ("AUDIT#HEAD", "HEAD")

    @classmethod
    def of(cls, head: Head) -> "HeadRow":
        """The row of a head, sealed. One kms:GenerateMac."""
        return cls(*cls.KEY, number=head.number, hash=head.hash, seal=_seal(head))

    @property
    def head(self) -> Head:
        return Head(int(self.number), self.hash)

    def sealed(self) -> bool:
        """Whether the key made this row's seal for this head. One kms:GenerateMac."""
        return compare_digest(self.seal.encode(), _seal(self.head).encode())


class ChainedRow(Row):
    class Meta:
        table_name = TableName(Table.OPS)

    number = NumberAttribute()


class BrokenSeal(Exception):
    """The head was not written by us. Nothing may follow it: the next seal would make it good."""


class HeadMoved(Again):
    """Another appender was faster."""


class _Chained(Exception):
    """The entry is in the chain already."""


def append(entry: Entry) -> None:
    """Put an entry at the end of the chain, once however often it comes. Raises `BrokenSeal`, `HeadMoved`.

    A read, two kms:GenerateMac (one for the first entry), one transaction of three puts; again if the head moved.
    """
    for _ in range(ATTEMPTS):
        with suppress(HeadMoved):
            return _append(entry)
    raise HeadMoved


def listed(query: PagedQuery) -> Paged[Logged]:
    """A page of the log, the newest first. Raises `InvalidPage`. A read and a Query, whatever its length."""
    count, size = _head().number, query.size
    number = query.number(count, size)
    last = count - (number - 1) * size
    rows = _links(max(1, last - size + 1), last, forward=False) if last > 0 else ()
    return Paged(list(_logged(rows)), count, number, size)


def verify(after: int) -> Report:
    """What is wrong with the next part of the chain. A read, a kms:GenerateMac and two Queries, paged by 1 MB."""
    end = _end()
    links = _links(after, end.head.number) if after <= end.head.number else ()
    return check((Link(row.sk, row.text, row.previous, row.hash) for row in links), end, after)


def _append(entry: Entry) -> None:
    row = HeadRow.find(*HeadRow.KEY)
    if row and not row.sealed():
        raise BrokenSeal
    head = row.head if row else BEGINNING
    link = joined(entry, head)
    new = Head(head.number + 1, link.hash)
    as_read = (HeadRow.hash == head.hash) if row else HeadRow.pk.does_not_exist()
    mark = ChainedRow(f"CHAINED#{entry.id}", "CHAINED", number=new.number)
    try:
        with Commit() as commit:
            commit.put(mark, ChainedRow.pk.does_not_exist(), unmet=_Chained())
            commit.put(HeadRow.of(new), as_read, unmet=HeadMoved())
            # An entry is there already only where somebody has put an older head back: it must not be written over.
            kept = LinkRow(LOG, link.place, text=link.text, previous=link.previous, hash=link.hash)
            commit.put(kept, LinkRow.pk.does_not_exist())
    except _Chained:
        log.info("chained before", extra={"entry_id": str(entry.id)})
    else:
        # What the log says of the newest entry tells an older head, put back with its chain, from the real one.
        log.info("chained", extra={"entry_id": str(entry.id), "number": new.number, "hash": new.hash})


def _head() -> Head:
    row = HeadRow.find(*HeadRow.KEY)
    return row.head if row else BEGINNING


def _end() -> End:
    kept = HeadRow.find(*HeadRow.KEY)
    head = kept.head if kept else BEGINNING
    behind = LinkRow.sk > place(head.number)
    few = LinkRow.query(LOG, behind, consistent_read=True, limit=MOST_PROBLEMS, attributes_to_get=["pk", "sk"])
    beyond = [row.sk for row in few]
    if beyond:  # what was chained since the head was read is no stranger
        latest = _head().number
        beyond = [place for place in beyond if (number_of(place) or latest + 1) > latest]
    return End(head, sealed=kept.sealed() if kept else not beyond, beyond=beyond)


def _links(first: int, last: int, forward: bool = True) -> Iterator[LinkRow]:
    """Rows from one number to another; from 0 on also those that sort before all numbers."""
    places = LinkRow.sk.between(place(first), place(last)) if first > 0 else LinkRow.sk <= place(last)
    return LinkRow.query(LOG, places, consistent_read=True, scan_index_forward=forward)


def _logged(rows: Iterator[LinkRow] | tuple[()]) -> Iterator[Logged]:
    for row in rows:
        try:
            yield Logged(**Numbered.model_validate_json(row.text).model_dump(), hash=row.hash)
        except ValidationError:  # one that was spoilt must not hide the others; the check tells of it
            log.error("unreadable entry", extra={"place": row.sk})


def _seal(head: Head) -> str:
    message = f"audit {head.number} {head.hash}".encode()
    answer = aws.client("kms").generate_mac(KeyId=Mac.AUDIT.id, Message=message, MacAlgorithm="HMAC_SHA_256")
    return base64.b64encode(answer["Mac"]).decode()
