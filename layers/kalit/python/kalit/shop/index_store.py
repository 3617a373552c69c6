"""The search's rows: a product below each of its words and prices, brought up to date when its outbox asks for it.

Some sixty rows a product, each with its card, written in transactions of a hundred with the list of what is there; that
list's version makes two who work on one product write one after the other, and the later one what is true by then.
"""

import json
from contextlib import suppress
from itertools import islice
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from kalit.kit.doors import Again
from kalit.kit.resources import Grant, Table
from kalit.kit.tables import Commit, Row, TableName

from . import search, store
from .search import Place
from .store import TRIES, Changed, EntryRow, ProductRow

FOLLOW: tuple[Grant, ...] = (
    Table.SHOP.get,
    Table.SHOP.batch_get,
    Table.SHOP.put,
    Table.SHOP.delete,
)
AT_ONCE = 98  # rows of one transaction, beside the list of them


class TermsRow(Row):
    class Meta:
        table_name = TableName(Table.SHOP)

    places = UnicodeAttribute(default="[]")  # JSON: the keys of all rows that may be there
    card = UnicodeAttribute(default="")  # with which they were written; empty while that is not over
    version = NumberAttribute(default=0)

    @staticmethod
    def key(product: int) -> Place:
        return Place(f"PRODUCT#{product}", "TERMS")

    @property
    def there(self) -> set[Place]:
        return {Place(*place) for place in json.loads(self.places)}


class StillIndexing(Again):
    """Others index the same product; the sweep comes back to it."""


def follow(product: int) -> None:
    """Bring a product's words and prices up to date. Two reads, a BatchGetItem, and a transaction or more."""
    for _ in range(TRIES):
        with suppress(Changed):
            _follow(product)
            return
    raise StillIndexing


def places(image: dict[str, Any] | None) -> set[Place]:
    """Below which words and prices a product lies, by its list of them in DynamoDB's JSON."""
    return store.made(TermsRow, image).there if image else set()


def _follow(product: int) -> None:
    # In this order: whoever has written the list since it was read has read the product after us.
    kept = TermsRow.find(*TermsRow.key(product)) or TermsRow(*TermsRow.key(product))
    row = store.product(product)
    was = kept.there
    now = _terms(row) if row else set()
    card = row.told if row else ""
    put = now if card != kept.card else now - was
    left = iter([*sorted(was - now), *sorted(put)])
    if was == now and not put:
        return
    total = len(was - now) + len(put)
    while total > 0:
        total -= AT_ONCE
        last = total <= 0
        kept.places, kept.card = json.dumps(sorted(now if last else was | now)), card if last else ""
        with Commit() as commit:
            for place in islice(left, AT_ONCE):
                if place in now:
                    commit.put(EntryRow(*place, card=card))
                else:
                    commit.delete(EntryRow(*place))
            as_read = (TermsRow.version == kept.version) if kept.version else TermsRow.pk.does_not_exist()
            kept.version += 1
            commit.put(kept, as_read, unmet=Changed())


def _terms(row: ProductRow) -> set[Place]:
    skus = [variant.sku for variant in store.variants(row.card.variants).values() if variant.is_active]
    return search.terms(row.card, search.words(row.name, row.description, *skus))
