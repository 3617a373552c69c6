"""Categories, for everybody to see and for staff to change."""

from datetime import datetime

from kalit.kit.caller import Caller
from kalit.kit.errors import Unavailable
from kalit.kit.pages import Page, PageQuery
from kalit.kit.resources import Grant, Table
from kalit.kit.tables import Commit

from . import admin
from .admin import CategoryChange, InUse, NewCategory
from .catalogue import Category, CategoryNotFound
from .store import TRIES, CategoryRow, Changed, ShopCounter, SlugRow, counted, numbered, record

LIST: tuple[Grant, ...] = (Table.SHOP.get, Table.SHOP.query)
READ: tuple[Grant, ...] = (Table.SHOP.get,)
CREATE: tuple[Grant, ...] = (Table.SHOP.put, Table.SHOP.update)
CHANGE: tuple[Grant, ...] = (Table.SHOP.get, Table.SHOP.put, Table.SHOP.update, Table.SHOP.delete)
DELETE: tuple[Grant, ...] = CHANGE


def listed(query: PageQuery) -> Page[Category]:
    """A page of categories by id. Raises `InvalidPage`. `numbered`."""
    found = numbered(CategoryRow, CategoryRow.PK, "categories", query)
    return Page.of(found, [shown(row) for row in found.things])


def get(id: int) -> Category:
    """Raises `CategoryNotFound`. One read."""
    return shown(_row(id))


def create(new: NewCategory, caller: Caller, at: datetime) -> Category:
    """A new category. Raises `Invalid` when its slug is taken. A counter and a transaction."""
    id = ShopCounter.next("category")
    row = CategoryRow(*CategoryRow.key(id), name=new.name, slug=new.slug or admin.slug(new.name) or str(id))
    with Commit() as commit:
        _name(commit, row)
        commit.put(row)
        counted(commit, "categories", 1)
        record(commit, caller, "category.create", id, None, shown(row), at)
    return shown(row)


def change(id: int, told: CategoryChange, caller: Caller, at: datetime) -> Category:
    """Change a category. Raises `CategoryNotFound`, or `Invalid` when its slug is taken. A read and a transaction."""
    for _ in range(TRIES):
        row = _row(id)
        before = shown(row)
        name, slug = told.name or row.name, told.slug or row.slug
        as_read = (CategoryRow.name == row.name) & (CategoryRow.slug == row.slug)
        try:
            with Commit() as commit:
                changes = [CategoryRow.name.set(name), CategoryRow.slug.set(slug)]
                commit.update(row, changes, as_read, unmet=Changed())
                if SlugRow.key(slug) != SlugRow.key(before.slug):
                    commit.delete(SlugRow(*SlugRow.key(before.slug)))
                    _name(commit, CategoryRow(row.pk, row.sk, slug=slug))
                after = Category(id=id, name=name, slug=slug)
                record(commit, caller, "category.update", id, before, after, at)
            return after
        except Changed:
            continue
    raise Unavailable


def delete(id: int, caller: Caller, at: datetime) -> None:
    """Raises `CategoryNotFound`, or `InUse` while products are in it. A read and a transaction."""
    row = _row(id)
    empty = (CategoryRow.products == 0) & (CategoryRow.slug == row.slug)
    with Commit() as commit:
        commit.delete(row, empty, unmet=InUse())
        commit.delete(SlugRow(*SlugRow.key(row.slug)))
        counted(commit, "categories", -1)
        record(commit, caller, "category.delete", id, shown(row), None, at)


def shown(row: CategoryRow) -> Category:
    return Category(id=row.id, name=row.name, slug=row.slug)


def _name(commit: Commit, row: CategoryRow) -> None:
    """Take a slug for a category, in a transaction. One put."""
    free = SlugRow.pk.does_not_exist()
    commit.put(SlugRow(*SlugRow.key(row.slug), category=row.id), free, unmet=admin.taken("slug"))


def _row(id: int) -> CategoryRow:
    row = CategoryRow.find(*CategoryRow.key(id))
    if row is None:
        raise CategoryNotFound
    return row
