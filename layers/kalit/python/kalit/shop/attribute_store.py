"""Attributes and their values, as staff keep them."""

from datetime import datetime

from kalit.kit.caller import Caller
from kalit.kit.pages import Page, PageQuery
from kalit.kit.resources import Grant, Table
from kalit.kit.tables import Commit

from . import admin
from .admin import Attribute, AttributeNotFound, InUse, NewAttribute, NewValue, Value, ValueChange, ValueNotFound
from .store import AttributeRow, ShopCounter, ValueRow, counted, numbered, record

LIST: tuple[Grant, ...] = (Table.SHOP.get, Table.SHOP.query)
READ: tuple[Grant, ...] = (Table.SHOP.get,)
CREATE: tuple[Grant, ...] = (Table.SHOP.put, Table.SHOP.update)
CHANGE: tuple[Grant, ...] = (Table.SHOP.get, Table.SHOP.put, Table.SHOP.update)
DELETE: tuple[Grant, ...] = (*CHANGE, Table.SHOP.delete)


def listed(query: PageQuery) -> Page[Attribute]:
    """A page of attributes by id. Raises `InvalidPage`. `numbered`."""
    found = numbered(AttributeRow, AttributeRow.PK, "attributes", query)
    return Page.of(found, [_attribute(row) for row in found.things])


def get(id: int) -> Attribute:
    """Raises `AttributeNotFound`. One read."""
    return _attribute(_row(id))


def create(new: NewAttribute, caller: Caller, at: datetime) -> Attribute:
    """A new attribute. A counter and a transaction."""
    row = AttributeRow(*AttributeRow.key(ShopCounter.next("attribute")), name=new.name)
    with Commit() as commit:
        commit.put(row)
        counted(commit, "attributes", 1)
        record(commit, caller, "attribute.create", row.id, None, _attribute(row), at)
    return _attribute(row)


def change(id: int, told: NewAttribute, caller: Caller, at: datetime) -> Attribute:
    """Call an attribute otherwise. Raises `AttributeNotFound`. A read and a transaction."""
    row, after = _row(id), Attribute(id=id, name=told.name)
    with Commit() as commit:
        still = AttributeRow.pk.exists()
        commit.update(row, [AttributeRow.name.set(told.name)], still, unmet=AttributeNotFound())
        record(commit, caller, "attribute.update", id, _attribute(row), after, at)
    return after


def delete(id: int, caller: Caller, at: datetime) -> None:
    """Raises `AttributeNotFound`, or `InUse` while it has values. A read and a transaction."""
    row = _row(id)
    with Commit() as commit:
        commit.delete(row, AttributeRow.values == 0, unmet=InUse())
        counted(commit, "attributes", -1)
        record(commit, caller, "attribute.delete", id, _attribute(row), None, at)


def values(query: PageQuery) -> Page[Value]:
    """A page of all attributes' values by id. Raises `InvalidPage`. `numbered`."""
    found = numbered(ValueRow, ValueRow.PK, "values", query)
    return Page.of(found, [_value(row) for row in found.things])


def value(id: int) -> Value:
    """Raises `ValueNotFound`. One read."""
    return _value(_value_row(id))


def create_value(new: NewValue, caller: Caller, at: datetime) -> Value:
    """A new value. Raises `Invalid` when there is no such attribute. A counter and a transaction."""
    row = ValueRow(*ValueRow.key(ShopCounter.next("value")), attribute=new.attribute, value=new.value)
    with Commit() as commit:
        commit.put(row)
        _one_more(commit, new.attribute)
        counted(commit, "values", 1)
        record(commit, caller, "attribute-value.create", row.id, None, _value(row), at)
    return _value(row)


def change_value(id: int, told: ValueChange, caller: Caller, at: datetime) -> Value:
    """Write a value otherwise. Raises `ValueNotFound`. A read and a transaction."""
    row = _value_row(id)
    after = Value(id=id, attribute=int(row.attribute), value=told.value)
    with Commit() as commit:
        commit.update(row, [ValueRow.value.set(told.value)], ValueRow.pk.exists(), unmet=ValueNotFound())
        record(commit, caller, "attribute-value.update", id, _value(row), after, at)
    return after


def delete_value(id: int, caller: Caller, at: datetime) -> None:
    """Variants that have it go on without it. Raises `ValueNotFound`. A read and a transaction."""
    row = _value_row(id)
    with Commit() as commit:
        commit.delete(row, ValueRow.pk.exists(), unmet=ValueNotFound())
        commit.update(AttributeRow(*AttributeRow.key(int(row.attribute))), [AttributeRow.values.add(-1)])
        counted(commit, "values", -1)
        record(commit, caller, "attribute-value.delete", id, _value(row), None, at)


def _one_more(commit: Commit, attribute: int) -> None:
    row, there = AttributeRow(*AttributeRow.key(attribute)), AttributeRow.pk.exists()
    commit.update(row, [AttributeRow.values.add(1)], there, unmet=admin.no_such("attribute", attribute))


def _attribute(row: AttributeRow) -> Attribute:
    return Attribute(id=row.id, name=row.name)


def _value(row: ValueRow) -> Value:
    return Value(id=row.id, attribute=int(row.attribute), value=row.value)


def _row(id: int) -> AttributeRow:
    row = AttributeRow.find(*AttributeRow.key(id))
    if row is None:
        raise AttributeNotFound
    return row


def _value_row(id: int) -> ValueRow:
    row = ValueRow.find(*ValueRow.key(id))
    if row is None:
        raise ValueNotFound
    return row
