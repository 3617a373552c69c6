"""The shop's table: the rows of the catalogue, and how many of them are read at once.

pk                     sk                what
CATEGORIES             CATEGORY#<n>      a category, and how many products are in it
SLUG#<slug>            SLUG              which category a slug names, in small letters
ATTRIBUTES             ATTRIBUTE#<n>     an attribute, and how many values it has
VALUES                 VALUE#<n>         a value of an attribute
PRODUCT#<n>            PRODUCT           a product, its card, and the sum of its ratings
PRODUCT#<n>            TERMS             below which words and prices it lies (`index_store`)
LIST#<scope>#<order>   <value><n>        a product in a list of all, or of its category, in that order
WORD#<letter>          <word>#<n>        a product below one of its words
PRICE#<scope>          <cents>#<n>       a product below the price of an active variant
VARIANT#<n>            VARIANT           a variant: its price, and its stock: available, reserved, sold
VARIANT#<n>            MOVE#<uuid>       a change of its stock, and the cause
SKU#<sku>              SKU               which variant has it
KEY#<uuid>             KEY               what an Idempotency-Key made
COUNT#<kind>           COUNT             how many there are
COUNTER#<kind>         COUNTER           the last integer id
AUDIT#<id>             AUDIT             what staff did, on its way to the audit log

A product is changed on the condition of its `version`, and with it, in one transaction, the lists that it stands in; so
lists are never behind. Stock changes touch the variant alone. Words and prices follow by the stream.
"""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel
from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from kalit.kit import audit, bulk, clock
from kalit.kit.audit import Act, AuditRow
from kalit.kit.caller import Caller
from kalit.kit.ids import Counter, ordered
from kalit.kit.pages import PageQuery, Part, part
from kalit.kit.resources import Grant, Table
from kalit.kit.tables import Commit, Followed, Row, TableName

from . import search
from .admin import Movement
from .catalogue import PAGE_SIZE
from .search import Card, Place

TRIES = 5  # of a change that others cross
KEY_KEPT = timedelta(hours=25)  # longer than the answers of `kit.once`
INDEX = "index"  # the outbox of a product whose words or prices may be others now
MADE: tuple[Grant, ...] = (Table.SHOP.put, Table.SHOP.update)

Kind = TypeVar("Kind", bound=Row)


class Changed(Exception):
    """Somebody else changed it since it was read."""


class CategoryRow(Row):
    class Meta:
        table_name = TableName(Table.SHOP)

    name = UnicodeAttribute()
    slug = UnicodeAttribute()
    products = NumberAttribute(default=0)

    PK = "CATEGORIES"

    @classmethod
    def key(cls, id: int) -> Place:
        return Place(cls.PK, f"CATEGORY#{id:019}")

    @property
    def id(self) -> int:
        return number_of(self.sk)


class SlugRow(Row):
    class Meta:
        table_name = TableName(Table.SHOP)

    category = NumberAttribute()

    @staticmethod
    def key(slug: str) -> Place:
        return Place(f"SLUG#{slug.casefold()}", "SLUG")


class AttributeRow(Row):
    class Meta:
        table_name = TableName(Table.SHOP)

    name = UnicodeAttribute()
    values = NumberAttribute(default=0)

    PK = "ATTRIBUTES"

    @classmethod
    def key(cls, id: int) -> Place:
        return Place(cls.PK, f"ATTRIBUTE#{id:019}")

    @property
    def id(self) -> int:
        return number_of(self.sk)


class ValueRow(Row):
    class Meta:
        table_name = TableName(Table.SHOP)

    attribute = NumberAttribute()
    value = UnicodeAttribute()

    PK = "VALUES"

    @classmethod
    def key(cls, id: int) -> Place:
        return Place(cls.PK, f"VALUE#{id:019}")

    @property
    def id(self) -> int:
        return number_of(self.sk)


class ProductRow(Followed):
    class Meta:
        table_name = TableName(Table.SHOP)

    category = NumberAttribute()
    name = UnicodeAttribute()
    slug = UnicodeAttribute()
    description = UnicodeAttribute()
    image = UnicodeAttribute(null=True)
    told = UnicodeAttribute()  # its card
    created_at = UnicodeAttribute()
    version = NumberAttribute(default=1)  # each change is on the condition of the last
    rating_total = NumberAttribute(default=0)
    rating_count = NumberAttribute(default=0)
    deleted_at = UnicodeAttribute(null=True)

    @staticmethod
    def key(id: int) -> Place:
        return Place(f"PRODUCT#{id}", "PRODUCT")

    @property
    def id(self) -> int:
        return number_of(self.pk)

    @property
    def card(self) -> Card:
        return Card.model_validate_json(self.told)


class Listed(GlobalSecondaryIndex["VariantRow"]):
    class Meta:
        index_name = "listed"
        projection = KeysOnlyProjection()

    listing = UnicodeAttribute(hash_key=True)
    ordinal = UnicodeAttribute(range_key=True)


class VariantRow(Row):
    class Meta:
        table_name = TableName(Table.SHOP)

    product = NumberAttribute()
    sku = UnicodeAttribute()
    price = NumberAttribute()  # cents
    available = NumberAttribute()
    reserved = NumberAttribute(default=0)
    sold = NumberAttribute(default=0)
    values = UnicodeAttribute(default="[]")  # JSON: [attribute, value] pairs
    is_active = BooleanAttribute()
    deleted_at = UnicodeAttribute(null=True)
    listing = UnicodeAttribute(null=True)  # in which list of all it stands, and where
    ordinal = UnicodeAttribute(null=True)
    listed = Listed()

    @staticmethod
    def key(id: int) -> Place:
        return Place(f"VARIANT#{id}", "VARIANT")

    @property
    def id(self) -> int:
        return number_of(self.pk)

    @property
    def pairs(self) -> list[tuple[int, int]]:
        return [(attribute, value) for attribute, value in json.loads(self.values)]


class SkuRow(Row):
    class Meta:
        table_name = TableName(Table.SHOP)

    variant = NumberAttribute()

    @staticmethod
    def key(sku: str) -> Place:
        return Place(f"SKU#{sku}", "SKU")


class MoveRow(Row):
    class Meta:
        table_name = TableName(Table.SHOP)

    told = UnicodeAttribute()

    @staticmethod
    def key(variant: int, id: object) -> Place:
        return Place(f"VARIANT#{variant}", f"MOVE#{id}")


class EntryRow(Row):
    """A product in a list, or below a term."""

    class Meta:
        table_name = TableName(Table.SHOP)

    card = UnicodeAttribute()


class KeyRow(Row):
    class Meta:
        table_name = TableName(Table.SHOP)

    made = NumberAttribute()
    ttl = NumberAttribute()

    @staticmethod
    def key(key: UUID) -> Place:
        return Place(f"KEY#{key}", "KEY")


class CountRow(Row):
    class Meta:
        table_name = TableName(Table.SHOP)

    number = NumberAttribute(default=0)

    @staticmethod
    def key(kind: str) -> Place:
        return Place(f"COUNT#{kind}", "COUNT")


class ShopCounter(Counter):
    class Meta:
        table_name = TableName(Table.SHOP)


class ShopAudit(AuditRow):
    class Meta:
        table_name = TableName(Table.SHOP)


def number_of(key: str) -> int:
    """The id in a key such as `PRODUCT#7`."""
    return int(key.rpartition("#")[2])


def made(kind: type[Kind], image: dict[str, Any]) -> Kind:
    """A row from DynamoDB's JSON."""
    row = kind()
    row.deserialize(image)
    return row


def read(places: Iterable[Place]) -> dict[Place, dict[str, Any]]:
    """The rows at these keys as last written, in DynamoDB's JSON; those that are there. A BatchGetItem a hundred."""
    found = bulk.get(Table.SHOP, list(dict.fromkeys(places)))
    return {Place(*key): image for key, image in found.items()}


def product(id: int) -> ProductRow | None:
    """A product, unless it was deleted. One read."""
    row = ProductRow.find(*ProductRow.key(id))
    return row if row and not row.deleted_at else None


def variant(id: int) -> VariantRow | None:
    """A variant, unless it was deleted. One read."""
    row = VariantRow.find(*VariantRow.key(id))
    return row if row and not row.deleted_at else None


def variants(ids: Iterable[int]) -> dict[int, VariantRow]:
    """Id -> variant, of those that were not deleted. A BatchGetItem a hundred."""
    rows = (made(VariantRow, image) for image in read(map(VariantRow.key, ids)).values())
    return {row.id: row for row in rows if not row.deleted_at}


def kept(commit: Commit, key: UUID, made: int, at: datetime, unmet: Exception) -> None:
    """Put into a transaction what a key makes; `unmet` where it made something before. One put."""
    row = KeyRow(*KeyRow.key(key), made=made, ttl=int((at + KEY_KEPT).timestamp()))
    unused = KeyRow.pk.does_not_exist() | (KeyRow.ttl <= int(at.timestamp()))  # DynamoDB forgets it days later
    commit.put(row, unused, unmet=unmet)


def made_before(key: UUID, at: datetime) -> int | None:
    """What a key made, while it stands for that. One read."""
    row = KeyRow.find(*KeyRow.key(key))
    return int(row.made) if row and int(row.ttl) > int(at.timestamp()) else None


def counted(commit: Commit, kind: str, change: int) -> None:
    """Put a change of how many there are into a transaction. One update."""
    commit.update(CountRow(*CountRow.key(kind)), [CountRow.number.add(change)])


def how_many(kind: str) -> int:
    """How many there are of a kind. One read."""
    row = CountRow.find(*CountRow.key(kind))
    return int(row.number) if row else 0


def numbered(model: type[Kind], pk: str, kind: str, query: PageQuery) -> Part[Kind]:
    """What a page shows of a partition in the order of its ids. Raises `InvalidPage`.

    A Query up to the page's end; a read where there is more.
    """
    return part(
        query, PAGE_SIZE, lambda most: model.query(pk, consistent_read=True, limit=most), lambda: how_many(kind)
    )


def relist(commit: Commit, before: Card | None, after: Card | None) -> None:
    """Put into a transaction that a product stands in its lists as it is now. At most eight deletes and eight puts."""
    was = search.lists(before) if before else set()
    now = search.lists(after) if after else set()
    for place in was - now:
        commit.delete(EntryRow(*place))
    if after and after != before:
        for place in now:
            commit.put(EntryRow(*place, card=after.model_dump_json()))


def rewrite(commit: Commit, row: ProductRow, after: Card | None, changes: list[Action], at: datetime) -> None:
    """Put a change of a product into a transaction, and what follows of it. Unmet when it is not as it was read."""
    told = [ProductRow.told.set(after.model_dump_json())] if after else [ProductRow.deleted_at.set(clock.wire(at))]
    asked = [ProductRow.outbox.set(INDEX), ProductRow.asked_at.set(clock.wire(at))]
    commit.update(
        row,
        [*changes, *told, *asked, ProductRow.version.add(1)],
        ProductRow.version == row.version,
        unmet=Changed(),
    )
    relist(commit, row.card, after)


def card(row: ProductRow, its_variants: Iterable[VariantRow]) -> Card:
    """The card of a product with these variants."""
    rows = sorted(its_variants, key=lambda variant: variant.id)
    return Card(
        id=row.id,
        category=int(row.category),
        created_at=row.created_at,
        name=row.name,
        prices=sorted({int(variant.price) for variant in rows if variant.is_active}),
        variants=[variant.id for variant in rows],
        values=sorted({pair for variant in rows for pair in variant.pairs}),
    )


def moved(
    commit: Commit, variant: int, delta: int, cause: str, at: datetime, *, order: int | None = None, user: str = ""
) -> None:
    """Put the record of a change of what can be bought into a transaction. One put."""
    id = ordered(at)
    told = Movement(id=str(id), delta=delta, cause=cause, order=order, user=user or None, created_at=at)
    commit.put(MoveRow(*MoveRow.key(variant, id), told=told.model_dump_json()))


def record(
    commit: Commit, caller: Caller, deed: str, id: int, before: BaseModel | None, after: BaseModel | None, at: datetime
) -> None:
    """Put what staff did into a transaction, for the audit log: what was different. One put."""
    whole = [told.model_dump(mode="json") if told else {} for told in (before, after)]
    different = [{k: v for k, v in one.items() if other.get(k) != v} for one, other in (whole, whole[::-1])]
    act = Act(caller, deed, deed.partition(".")[0], id, *(part or None for part in different))
    audit.write(commit, ShopAudit, act, at)
