"""Variants, as staff make and change them, and their stock."""

import json
from collections.abc import Iterable
from contextlib import suppress
from copy import deepcopy
from datetime import datetime
from uuid import UUID

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from kalit.kit.caller import Caller
from kalit.kit.errors import Invalid, Unavailable
from kalit.kit.pages import Page, PageQuery, part, part_of
from kalit.kit.resources import Grant, Table
from kalit.kit.tables import Commit

from . import admin, money, product_store, stock, store
from .admin import (
    MOST_VARIANTS,
    NOT_IN_STOCK,
    TOO_MANY_VARIANTS,
    AdminVariant,
    ListVariants,
    Movement,
    NewVariant,
    StockChange,
    VariantChange,
    VariantNotFound,
)
from .catalogue import PAGE_SIZE
from .store import (
    TRIES,
    Changed,
    MoveRow,
    ProductRow,
    ShopCounter,
    SkuRow,
    ValueRow,
    VariantRow,
    counted,
    made,
    moved,
    record,
)

LIST: tuple[Grant, ...] = (Table.SHOP.get, Table.SHOP.query_index("listed"), Table.SHOP.batch_get)
READ: tuple[Grant, ...] = (Table.SHOP.get,)
CREATE: tuple[Grant, ...] = (
    Table.SHOP.get,
    Table.SHOP.batch_get,
    Table.SHOP.put,
    Table.SHOP.update,
    Table.SHOP.delete,
)
CHANGE: tuple[Grant, ...] = CREATE
STOCK: tuple[Grant, ...] = (Table.SHOP.get, Table.SHOP.put, Table.SHOP.update)
MOVEMENTS: tuple[Grant, ...] = (Table.SHOP.get, Table.SHOP.query)
LISTING = "VARIANTS"
MOST_MOVEMENTS = 1_000  # the newest, that are told


class Before(Exception):
    """The same was asked, and done, before."""


def listed(query: ListVariants) -> Page[AdminVariant]:
    """A page of variants by id, of one product where it is named. Raises `InvalidPage`.

    A read of the product, or a Query of the index and a read where there is more; a BatchGetItem.
    """
    if query.product is not None:
        product = store.product(query.product)
        found = part_of(product.card.variants if product else [], query, PAGE_SIZE)
    else:

        def first(most: int) -> Iterable[int]:
            return (row.id for row in VariantRow.listed.query(LISTING, limit=most))

        found = part(query, PAGE_SIZE, first, lambda: store.how_many("variants"))
    rows = store.variants(found.things)
    return Page.of(found, [shown(rows[id]) for id in sorted(rows)])


def get(id: int) -> AdminVariant:
    """Raises `VariantNotFound`. One read."""
    return shown(_row(id))


def create(new: NewVariant, caller: Caller, at: datetime) -> AdminVariant:
    """A variant of a product. Raises `Invalid` for what is not there, or taken.

    A counter, two reads, a BatchGetItem and a transaction.
    """
    id = ShopCounter.next("variant")
    for _ in range(TRIES):
        product = store.product(new.product)
        if product is None:
            raise admin.no_such("product", new.product)
        if len(product.card.variants) >= MOST_VARIANTS:
            raise Invalid.field("product", TOO_MANY_VARIANTS)
        row = VariantRow(
            *VariantRow.key(id),
            product=new.product,
            sku=new.sku,
            price=money.cents(new.price),
            available=new.stock,
            values=_pairs(new.attributes),
            is_active=new.is_active,
            listing=LISTING,
            ordinal=f"{id:019}",
        )
        try:
            with Commit() as commit:
                commit.put(row)
                _name(commit, row)
                _reprice(commit, product, row, at)
                counted(commit, "variants", 1)
                if new.stock:
                    moved(commit, id, new.stock, stock.FIRST, at, user=caller.username)
                record(commit, caller, "variant.create", id, None, shown(row), at)
            return shown(row)
        except Changed:
            continue
    raise Unavailable


def change(id: int, told: VariantChange, caller: Caller, at: datetime) -> AdminVariant:
    """Change a variant. Raises `VariantNotFound`, or `Invalid` for what is not there, or taken.

    Two reads, a BatchGetItem or two, and a transaction.
    """
    for _ in range(TRIES):
        was = _row(id)
        product = _product(was)
        now = deepcopy(was)
        asked = told.model_dump(exclude_unset=True)
        now.sku = asked.get("sku", was.sku)
        now.price = money.cents(told.price) if "price" in asked else was.price
        now.available = asked.get("stock", was.available)
        now.values = _pairs(told.attributes) if "attributes" in asked else was.values
        now.is_active = asked.get("is_active", was.is_active)
        try:
            with Commit() as commit:
                _put(commit, was, now)
                if now.sku != was.sku:
                    commit.delete(SkuRow(*SkuRow.key(was.sku)))
                    _name(commit, now)
                _reprice(commit, product, now, at)
                if delta := int(now.available) - int(was.available):
                    moved(commit, id, delta, stock.SET, at, user=caller.username)
                record(commit, caller, "variant.update", id, shown(was), shown(now), at)
        except Changed:
            continue
        return shown(now)
    raise Unavailable


def delete(id: int, caller: Caller, at: datetime) -> None:
    """Raises `VariantNotFound` or `Reserved`. Two reads, a BatchGetItem and a transaction."""
    for _ in range(TRIES):
        was = _row(id)
        product = _product(was)
        others = store.variants(other for other in product.card.variants if other != id)
        try:
            with Commit() as commit:
                product_store.forget(commit, was, at)
                store.rewrite(commit, product, store.card(product, others.values()), [], at)
                counted(commit, "variants", -1)
                record(commit, caller, "variant.delete", id, shown(was), None, at)
            return
        except Changed:
            continue
    raise Unavailable


def add(id: int, told: StockChange, caller: Caller, at: datetime, key: UUID | None) -> AdminVariant:
    """Bring or take some of a variant; with a known key, nothing more. Raises `VariantNotFound`, or `Invalid`.

    A read, a transaction and a read.
    """
    row = _row(id)
    enough: Condition = VariantRow.deleted_at.does_not_exist() & (VariantRow.available >= -told.delta)
    too_few = Invalid.field("delta", NOT_IN_STOCK, stock=int(row.available))
    after = shown(row).model_copy(update={"stock": int(row.available) + told.delta})
    with suppress(Before), Commit() as commit:
        if key:
            store.kept(commit, key, id, at, unmet=Before())
        commit.update(row, [VariantRow.available.add(told.delta)], enough, unmet=too_few)
        moved(commit, id, told.delta, told.cause, at, user=caller.username)
        record(commit, caller, "variant.stock", id, shown(row), after, at)
    return get(id)


def movements(id: int, query: PageQuery) -> Page[Movement]:
    """A page of a variant's newest movements. Raises `VariantNotFound`, `InvalidPage`. A read and a Query."""
    _row(id)
    moves = MoveRow.sk.startswith("MOVE#")
    pk = VariantRow.key(id).pk
    rows = list(MoveRow.query(pk, moves, scan_index_forward=False, consistent_read=True, limit=MOST_MOVEMENTS))
    newest = part_of(rows, query, PAGE_SIZE)
    return Page.of(newest, [Movement.model_validate_json(row.told) for row in newest.things])


def shown(row: VariantRow) -> AdminVariant:
    return AdminVariant(
        id=row.id,
        product=int(row.product),
        sku=row.sku,
        price=int(row.price),
        stock=int(row.available),
        reserved=int(row.reserved),
        sold=int(row.sold),
        attributes=[value for _, value in row.pairs],
        is_active=row.is_active,
    )


def _put(commit: Commit, was: VariantRow, now: VariantRow) -> None:
    """Put the change of a variant into a transaction, if it is as it was read. Unmet by `Changed`."""
    names = [name for name in ("sku", "price", "values", "is_active", "available") if _differ(name, was, now)]
    changes: list[Action] = [getattr(VariantRow, name).set(getattr(now, name)) for name in names]
    as_read: Condition = VariantRow.deleted_at.does_not_exist() & (VariantRow.sku == was.sku)
    if "available" in names:
        as_read &= VariantRow.available == was.available
    commit.update(now, changes or [VariantRow.sku.set(was.sku)], as_read, unmet=Changed())


def _differ(name: str, was: VariantRow, now: VariantRow) -> bool:
    return bool(getattr(was, name) != getattr(now, name))


def _reprice(commit: Commit, product: ProductRow, row: VariantRow, at: datetime) -> None:
    """Put a product's new card into a transaction, of which a variant is new or another now."""
    its = store.variants(product.card.variants) | {row.id: row}
    store.rewrite(commit, product, store.card(product, its.values()), [], at)


def _pairs(values: Iterable[int]) -> str:
    """Attribute values with their attributes, as JSON. Raises `Invalid` for one that is not there."""
    asked = list(dict.fromkeys(values))
    found = store.read(ValueRow.key(id) for id in asked)
    pairs = []
    for id in asked:
        image = found.get(ValueRow.key(id))
        if image is None:
            raise admin.no_such("attributes", id)
        pairs.append((int(made(ValueRow, image).attribute), id))
    return json.dumps(pairs)


def _name(commit: Commit, row: VariantRow) -> None:
    """Take a SKU for a variant, in a transaction. One put."""
    sku, free = SkuRow(*SkuRow.key(row.sku), variant=row.id), SkuRow.pk.does_not_exist()
    commit.put(sku, free, unmet=admin.taken("sku"))


def _row(id: int) -> VariantRow:
    row = store.variant(id)
    if row is None:
        raise VariantNotFound
    return row


def _product(row: VariantRow) -> ProductRow:
    """The product that has this variant. Raises `VariantNotFound` when it has not: somebody has just deleted it."""
    product = store.product(int(row.product))
    if product is None or row.id not in product.card.variants:
        raise VariantNotFound
    return product
