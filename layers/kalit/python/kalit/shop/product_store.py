"""Products, as staff make and change them."""

from collections.abc import Iterable
from datetime import datetime

from pynamodb.expressions.update import Action

from kalit.kit import clock
from kalit.kit.caller import Caller
from kalit.kit.errors import Unavailable
from kalit.kit.pages import Page, PageQuery, part
from kalit.kit.resources import Grant, Table
from kalit.kit.tables import Commit

from . import admin, pictures, search, store
from .admin import AdminProduct, NewProduct, ProductChange, Reserved
from .catalogue import PAGE_SIZE, ProductNotFound
from .search import ALL, Card
from .store import (
    TRIES,
    CategoryRow,
    Changed,
    EntryRow,
    ProductRow,
    ShopCounter,
    SkuRow,
    VariantRow,
    counted,
    made,
    record,
)

LIST: tuple[Grant, ...] = (Table.SHOP.get, Table.SHOP.query, Table.SHOP.batch_get)
READ: tuple[Grant, ...] = (Table.SHOP.get,)
CREATE: tuple[Grant, ...] = (Table.SHOP.put, Table.SHOP.update)
CHANGE: tuple[Grant, ...] = (Table.SHOP.get, Table.SHOP.put, Table.SHOP.update, Table.SHOP.delete)
PICTURE: tuple[Grant, ...] = (Table.SHOP.get, Table.SHOP.put, Table.SHOP.update)
DELETE: tuple[Grant, ...] = (*CHANGE, Table.SHOP.batch_get)


def listed(query: PageQuery, origin: str) -> Page[AdminProduct]:
    """A page of products, the oldest first. Raises `InvalidPage`.

    A Query up to the page's end and a BatchGetItem; a read where there is more.
    """

    def first(most: int) -> Iterable[EntryRow]:
        listing = search.listing(ALL, "created_at")
        return EntryRow.query(listing, consistent_read=True, limit=most, attributes_to_get=["card"])

    found = part(query, PAGE_SIZE, first, lambda: store.how_many("products"))
    cards = [Card.model_validate_json(entry.card) for entry in found.things]
    images = store.read(ProductRow.key(card.id) for card in cards)
    rows = [made(ProductRow, images[key]) for card in cards if (key := ProductRow.key(card.id)) in images]
    return Page.of(found, [shown(row, origin) for row in rows])


def get(id: int, origin: str) -> AdminProduct:
    """Raises `ProductNotFound`. One read."""
    return shown(row(id), origin)


def create(new: NewProduct, caller: Caller, origin: str, at: datetime) -> AdminProduct:
    """A product without variants. Raises `Invalid` when there is no such category. A counter and a transaction."""
    id = ShopCounter.next("product")
    made = ProductRow(
        *ProductRow.key(id),
        category=new.category,
        name=new.name,
        slug=new.slug or admin.slug(new.name) or str(id),
        description=new.description,
        created_at=clock.wire(at),
        outbox=store.INDEX,
        asked_at=clock.wire(at),
    )
    card = store.card(made, [])
    made.told = card.model_dump_json()
    with Commit() as commit:
        commit.put(made)
        _shelve(commit, new.category, 1)
        store.relist(commit, None, card)
        counted(commit, "products", 1)
        record(commit, caller, "product.create", id, None, shown(made, ""), at)
    return shown(made, origin)


def change(id: int, told: ProductChange, caller: Caller, origin: str, at: datetime) -> AdminProduct:
    """Change a product. Raises `ProductNotFound`, or `Invalid` when there is no such category.

    A read and a transaction.
    """
    for _ in range(TRIES):
        was = row(id)
        now = told.model_dump(exclude_unset=True)
        changes: list[Action] = [getattr(ProductRow, name).set(value) for name, value in now.items()]
        card = was.card.model_copy(update={name: now[name] for name in {"category", "name"} & now.keys()})
        before = shown(was, "")
        after = before.model_copy(update=now)
        try:
            with Commit() as commit:
                store.rewrite(commit, was, card, changes, at)
                if card.category != was.category:
                    _shelve(commit, card.category, 1)
                    _shelve(commit, int(was.category), -1)
                record(commit, caller, "product.update", id, before, after, at)
        except Changed:
            continue
        return shown(was, origin).model_copy(update=now)
    raise Unavailable


def picture(id: int, place: str | None, caller: Caller, origin: str, at: datetime) -> AdminProduct:
    """Give a product a picture, or none. Raises `ProductNotFound`. A read and a transaction."""
    was = row(id)
    change = ProductRow.image.set(place) if place else ProductRow.image.remove()
    before = shown(was, "")
    after = before.model_copy(update={"image": pictures.address(place, "")})
    with Commit() as commit:
        commit.update(was, [change], ProductRow.deleted_at.does_not_exist(), unmet=ProductNotFound())
        record(commit, caller, "product.picture", id, before, after, at)
    return shown(was, origin).model_copy(update={"image": pictures.address(place, origin)})


def delete(id: int, caller: Caller, at: datetime) -> None:
    """Delete a product with its variants; orders keep what they say of it. Raises `ProductNotFound` or `Reserved`.

    Rows stay, marked: what is returned to a variant's stock must find it. A read, a BatchGetItem and a transaction.
    """
    for _ in range(TRIES):
        was = row(id)
        its = store.variants(was.card.variants).values()
        try:
            with Commit() as commit:
                store.rewrite(commit, was, None, [], at)
                for variant in its:
                    forget(commit, variant, at)
                _shelve(commit, int(was.category), -1)
                counted(commit, "products", -1)
                if its:
                    counted(commit, "variants", -len(its))
                record(commit, caller, "product.delete", id, shown(was, ""), None, at)
            return
        except Changed:
            continue
    raise Unavailable


def forget(commit: Commit, variant: VariantRow, at: datetime) -> None:
    """Put a variant's deletion into a transaction. An update and a delete. Unmet by `Reserved`."""
    gone: list[Action] = [VariantRow.deleted_at.set(clock.wire(at)), VariantRow.listing.remove()]
    gone.append(VariantRow.is_active.set(False))
    commit.update(variant, gone, (VariantRow.reserved == 0) & (VariantRow.sku == variant.sku), unmet=Reserved())
    commit.delete(SkuRow(*SkuRow.key(variant.sku)))


def shown(row: ProductRow, origin: str) -> AdminProduct:
    return AdminProduct(
        id=row.id,
        category=int(row.category),
        name=row.name,
        slug=row.slug,
        description=row.description,
        image=pictures.address(row.image, origin),
        variants=row.card.variants,
        created_at=datetime.fromisoformat(row.created_at),
    )


def row(id: int) -> ProductRow:
    """Raises `ProductNotFound`. One read."""
    found = store.product(id)
    if found is None:
        raise ProductNotFound
    return found


def _shelve(commit: Commit, category: int, change: int) -> None:
    """Put one more product, or one fewer, into a category, in a transaction. One update."""
    there = CategoryRow.pk.exists()
    shelf = CategoryRow(*CategoryRow.key(category))
    commit.update(shelf, [CategoryRow.products.add(change)], there, unmet=admin.no_such("category", category))
