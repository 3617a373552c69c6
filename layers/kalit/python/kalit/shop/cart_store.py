"""Carts, in the shop's table: a row each, at pk = CART#<whose>, which DynamoDB forgets a day after its time.

Each change is written on the condition that the cart is as it was read; `revision` is another each time.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from kalit.kit import clock
from kalit.kit.errors import Unavailable
from kalit.kit.resources import Grant, Table
from kalit.kit.tables import Commit, Row, TableName

from . import carts, catalogue_store, money, pictures, store
from .carts import KEPT, MOST_LINES, AddToCart, Cart, CartLine, Holder
from .errors import CartFull, NoSuchVariant, NotEnough
from .store import AttributeRow, Changed, ProductRow, ValueRow, VariantRow, made

SHOW: tuple[Grant, ...] = (Table.SHOP.get, Table.SHOP.batch_get, Table.SHOP.put, Table.SHOP.delete)
CHANGE: tuple[Grant, ...] = SHOW
TRIES = 10  # of a change that others cross: double clicks come in bursts

Lines = dict[int, int]  # variant -> quantity, in the order in which they came


class CartRow(Row):
    class Meta:
        table_name = TableName(Table.SHOP)

    lines = UnicodeAttribute()  # JSON
    revision = UnicodeAttribute()
    expires_at = UnicodeAttribute()
    ttl = NumberAttribute()

    @staticmethod
    def key(holder: str) -> tuple[str, str]:
        return f"CART#{holder}", "CART"

    def at(self, now: datetime) -> Lines:
        """What is in it, if its time is not over."""
        if self.expires_at <= clock.wire(now):
            return {}
        return {int(variant): quantity for variant, quantity in json.loads(self.lines).items()}

    @property
    def as_read(self) -> Condition:
        return CartRow.revision == self.revision


class Piece:
    """A line of a cart with what it is about."""

    def __init__(self, variant: VariantRow, product: ProductRow, quantity: int) -> None:
        self.variant, self.product, self.quantity = variant, product, quantity

    @property
    def total(self) -> int:
        return int(self.variant.price) * self.quantity


def show(holder: Holder, origin: str, at: datetime) -> Cart:
    """The cart as it would cost now. A read and two BatchGetItems; who brings a visitor's cart, another and a write."""
    return _shown(lines(holder, at)[0], origin)


def add(holder: Holder, told: AddToCart, origin: str, at: datetime) -> Cart:
    """Put some more of a variant in. Raises `NoSuchVariant`, `NotEnough`, `CartFull`. A read and a transaction more."""

    def more(lines: Lines) -> Lines:
        row = store.variant(told.variant_id)
        if row is None or not row.is_active:
            raise NoSuchVariant
        quantity = lines.get(told.variant_id, 0) + told.quantity
        if quantity > row.available:
            raise NotEnough
        if told.variant_id not in lines and len(lines) >= MOST_LINES:
            raise CartFull(most=MOST_LINES)
        return lines | {told.variant_id: quantity}

    return _shown(_changed(holder, more, at), origin)


def remove(holder: Holder, variant: int | None, origin: str, at: datetime) -> Cart:
    """Take a variant out, or everything. A transaction more."""

    def fewer(lines: Lines) -> Lines:
        return {id: quantity for id, quantity in lines.items() if variant is not None and id != variant}

    return _shown(_changed(holder, fewer, at), origin)


def lines(holder: Holder, at: datetime) -> tuple[Lines, CartRow | None]:
    """What is in a cart, and its row; a visitor's that comes along is taken in. A read, or two and a transaction."""
    for _ in range(TRIES):
        row = CartRow.find(*CartRow.key(holder.key))
        own = row.at(at) if row else {}
        guest = CartRow.find(*CartRow.key(holder.taken_in)) if holder.taken_in else None
        if guest is None or not (others := guest.at(at)):
            return own, row
        try:
            with Commit() as commit:
                commit.delete(guest, guest.as_read, unmet=Changed())
                _put(commit, holder, row, carts.merged(own, others), at)
        except Changed:
            continue
    raise Unavailable


def pieces(lines: Lines) -> list[Piece]:
    """The lines of a cart that can be bought, with what they are about. Two BatchGetItems."""
    return _pieces(lines)[0]


def _changed(holder: Holder, change: Callable[[Lines], Lines], at: datetime) -> Lines:
    for _ in range(TRIES):
        was, row = lines(holder, at)
        now = change(was)
        if now == was:
            return now
        try:
            with Commit() as commit:
                _put(commit, holder, row, now, at)
            return now
        except Changed:
            continue
    raise Unavailable


def _put(commit: Commit, holder: Holder, was: CartRow | None, lines: Lines, at: datetime) -> None:
    """Put a cart's new contents into a transaction, if it is as it was read. Unmet by `Changed`."""
    row = CartRow(*CartRow.key(holder.key), lines=json.dumps(lines), revision=uuid4().hex)
    row.expires_at = clock.wire(at + KEPT)
    row.ttl = int((at + KEPT + timedelta(days=1)).timestamp())
    commit.put(row, was.as_read if was else CartRow.pk.does_not_exist(), unmet=Changed())


def _shown(lines: Lines, origin: str) -> Cart:
    found, images = _pieces(lines)
    total = sum(piece.total for piece in found)
    return Cart(
        items=[_line(piece, images, origin) for piece in found],
        total_price=money.number(total),
        count=sum(piece.quantity for piece in found),
    )


def _pieces(lines: Lines) -> tuple[list[Piece], dict[Any, Any]]:
    variants = {id: row for id, row in store.variants(lines).items() if row.is_active} if lines else {}
    products = [ProductRow.key(int(row.product)) for row in variants.values()]
    pairs = {pair for row in variants.values() for pair in row.pairs}
    told = [place for a, v in pairs for place in (AttributeRow.key(a), ValueRow.key(v))]
    images = store.read([*products, *told]) if variants else {}
    found = []
    for id, quantity in lines.items():
        if id in variants and (place := ProductRow.key(int(variants[id].product))) in images:
            found.append(Piece(variants[id], made(ProductRow, images[place]), quantity))
    return found, images


def _line(piece: Piece, images: dict[Any, Any], origin: str) -> CartLine:
    attributes = catalogue_store.attributes(piece.variant, images)
    return CartLine(
        variant_id=piece.variant.id,
        product_name=piece.product.name,
        sku=piece.variant.sku,
        attributes=", ".join(f"{each.attribute_name}: {each.value}" for each in attributes),
        price=money.number(int(piece.variant.price)),
        quantity=piece.quantity,
        total=money.number(piece.total),
        image=pictures.address(piece.product.image, origin),
    )
