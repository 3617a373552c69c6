"""Orders, in the shop's table.

pk              sk        what
ORDER#<n>       ORDER     an order with its lines; in index `by_owner` below its account, in `listed` and `by_worth`
                          below its status by date and by total; in `open` while unpaid, by when it expires
COUNTS#orders   #<shard>  how many orders, by status

An order moves from a status to another in one transaction with the goods that it holds, on the condition that nobody
else has moved it; so goods are taken and returned once, whoever comes first and however often.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from heapq import merge
from itertools import islice
from typing import TypeGuard
from uuid import UUID

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection

from kalit.kit import clock, metrics, queues, steps
from kalit.kit.caller import Caller
from kalit.kit.counts import Counts
from kalit.kit.errors import Unavailable
from kalit.kit.ids import derived
from kalit.kit.pages import Page, part, part_of
from kalit.kit.resources import Grant, Machine, Queue, Table
from kalit.kit.tables import Commit, Followed, TableName

from . import cart_store, letters, orders, store
from .cart_store import CartRow, Piece
from .carts import Holder
from .errors import EmptyCart, OrderMoved, ShortStock
from .orders import (
    CAN_BE_CANCELLED,
    CAUSES,
    COUNTED,
    HOLD,
    MOST_SEARCHED,
    OVERDUE,
    PAGE_SIZE,
    Checkout,
    Held,
    Line,
    ListOrders,
    Next,
    Order,
    OrderChange,
    OrderLine,
    OrderNotFound,
    Status,
)
from .search import Place
from .store import Changed, ShopCounter, VariantRow, made, moved, record

PLACE: tuple[Grant, ...] = (
    Table.SHOP.get,
    Table.SHOP.batch_get,
    Table.SHOP.put,
    Table.SHOP.update,
    Table.SHOP.delete,
)
READ: tuple[Grant, ...] = (Table.SHOP.get,)
LIST_ALL: tuple[Grant, ...] = (
    Table.SHOP.query,
    Table.SHOP.batch_get,
    Table.SHOP.query_index("listed"),
    Table.SHOP.query_index("by_worth"),
)
LIST: tuple[Grant, ...] = (*LIST_ALL, Table.SHOP.query_index("by_owner"))
BOUGHT: tuple[Grant, ...] = (Table.SHOP.query_index("by_owner"), Table.SHOP.batch_get)
MOVE: tuple[Grant, ...] = (Table.SHOP.get, Table.SHOP.put, Table.SHOP.update)
OVERDUE_ONES: tuple[Grant, ...] = (*MOVE, Table.SHOP.query_index("open"))
FOLLOW: tuple[Grant, ...] = (Queue.EMAIL.send, Machine.HOLD.start)

REFUND = "refund"  # the outbox of a payment that is to be given back
CLOSE = "close"  # the outbox of a page that is to be closed
PLACED = "placed"  # the outbox of an order that its buyer is to be written of, and that is to be waited for
SHARDS = 8  # of the index of open orders: one key would cap all writes at a single partition's rate
CLOSING = timedelta(days=2)  # by then a page has closed by itself
TRIES = 10  # of a checkout or a move that others cross


class ByOwner(GlobalSecondaryIndex["OrderRow"]):
    class Meta:
        index_name = "by_owner"
        projection = IncludeProjection(["listing"])

    owner = UnicodeAttribute(hash_key=True)
    ordinal = UnicodeAttribute(range_key=True)
    listing = UnicodeAttribute()


class ByDate(GlobalSecondaryIndex["OrderRow"]):
    class Meta:
        index_name = "listed"
        projection = KeysOnlyProjection()

    listing = UnicodeAttribute(hash_key=True)
    ordinal = UnicodeAttribute(range_key=True)


class ByWorth(GlobalSecondaryIndex["OrderRow"]):
    class Meta:
        index_name = "by_worth"
        projection = KeysOnlyProjection()

    listing = UnicodeAttribute(hash_key=True)
    worth = UnicodeAttribute(range_key=True)


class Open(GlobalSecondaryIndex["OrderRow"]):
    class Meta:
        index_name = "open"
        projection = KeysOnlyProjection()

    open = UnicodeAttribute(hash_key=True)
    expires_at = UnicodeAttribute(range_key=True)


class OrderRow(Followed):
    class Meta:
        table_name = TableName(Table.SHOP)

    owner = UnicodeAttribute(null=True)  # an account's UUID; none of a guest's
    username = UnicodeAttribute(null=True)
    holder = UnicodeAttribute()  # of whose cart it was made
    full_name = UnicodeAttribute()
    address = UnicodeAttribute()
    phone = UnicodeAttribute()
    email = UnicodeAttribute()
    total = NumberAttribute()  # cents
    lines = UnicodeAttribute()  # JSON
    status = UnicodeAttribute()
    moves = NumberAttribute(default=1)  # each is on the condition of the last
    created_at = UnicodeAttribute()
    expires_at = UnicodeAttribute()
    refund_status = UnicodeAttribute(null=True)
    payment_intent = UnicodeAttribute(null=True)  # what it was paid by
    attempt = NumberAttribute(default=0)  # how many pages were asked for
    session = UnicodeAttribute(null=True)  # the open page's id, and its address
    page = UnicodeAttribute(null=True)
    page_until = UnicodeAttribute(null=True)
    origin = UnicodeAttribute(null=True)  # the shop's address, as whoever pays knows it
    listing = UnicodeAttribute()
    ordinal = UnicodeAttribute()
    worth = UnicodeAttribute()
    open = UnicodeAttribute(null=True)
    by_owner = ByOwner()
    listed = ByDate()
    by_worth = ByWorth()
    open_index = Open()

    @staticmethod
    def key(id: int) -> Place:
        return Place(f"ORDER#{id}", "ORDER")

    @property
    def id(self) -> int:
        return store.number_of(self.pk)

    @property
    def goods(self) -> list[Line]:
        return [Line(**line) for line in json.loads(self.lines)]

    @property
    def expires(self) -> datetime:
        return datetime.fromisoformat(self.expires_at)


class RefundRow(Followed):
    """A payment that is to be given back."""

    class Meta:
        table_name = TableName(Table.SHOP)

    payment = UnicodeAttribute()
    order = NumberAttribute()
    status = UnicodeAttribute(default="pending")

    @staticmethod
    def key(payment: str) -> Place:
        return Place(f"REFUND#{payment}", "REFUND")


class PageRow(Followed):
    """A page that is to be closed."""

    class Meta:
        table_name = TableName(Table.SHOP)

    ttl = NumberAttribute()


class OrderCounts(Counts):
    class Meta:
        table_name = TableName(Table.SHOP)

    pending = NumberAttribute(default=0)
    paid = NumberAttribute(default=0)
    shipped = NumberAttribute(default=0)
    delivered = NumberAttribute(default=0)
    cancelled = NumberAttribute(default=0)

    KEY = "COUNTS#orders"


def place(told: Checkout, holder: Holder, caller: Caller | None, at: datetime, key: UUID | None) -> int:
    """An order of what is in the cart, at the prices of that moment; returns its id. Raises `EmptyCart`, `ShortStock`.

    The cart, two BatchGetItems, a counter, and one transaction: goods, order, cart, key, and by its outbox the letter
    and the end of its time. With a known key, the order that it made.
    """
    id = 0
    for _ in range(TRIES):
        if key and (before := store.made_before(key, at)):
            return before
        lines, cart = cart_store.lines(holder, at)
        pieces = cart_store.pieces(lines)
        if cart is None or not pieces:
            raise EmptyCart
        for piece in pieces:
            if piece.quantity > piece.variant.available:
                raise ShortStock(product=piece.product.name, left=int(piece.variant.available))
        id = id or ShopCounter.next("order")
        row = _row(id, told, holder, caller, pieces, at)
        try:
            with Commit() as commit:
                if key:
                    store.kept(commit, key, id, at, unmet=Changed())
                _place(commit, row, cart, pieces, at)
        except Changed:
            continue
        metrics.count("orders_placed")
        return id
    raise Unavailable


def get(id: int, caller: Caller) -> Order:
    """An order of the caller's; staff see all. Raises `OrderNotFound`. One read."""
    row = find(id)
    if row is None or not (row.owner == str(caller.uuid) or orders.is_staff(caller)):
        raise OrderNotFound
    return shown(row)


def find(id: int) -> OrderRow | None:
    """An order. One read."""
    return OrderRow.find(*OrderRow.key(id))


def listed(query: ListOrders, caller: Caller) -> Page[Order]:
    """A page of the caller's orders. Raises `InvalidPage`. A Query, and a BatchGetItem a hundred."""
    keys = OrderRow.by_owner.query(str(caller.uuid), scan_index_forward=False)
    wanted = {_listing(status) for status in query.statuses}
    ids = [key.id for key in keys if key.listing in wanted]
    if query.search or query.ordering != "-created_at":
        return _found(map(shown, _rows(ids)), query)
    found = part_of(ids, query, PAGE_SIZE)
    return Page.of(found, [shown(row) for row in _rows(found.things)])


def listed_all(query: ListOrders) -> Page[Order]:
    """A page of everybody's orders. Raises `InvalidPage`.

    Each status's list up to the page's end, and a BatchGetItem; the counts where there is more. A search reads the
    newest ones.
    """
    if query.search:
        newest = [key.id for key in _walked(query.model_copy(update={"ordering": "-created_at"}), MOST_SEARCHED)]
        named = int(query.search) if query.search.isascii() and query.search.isdigit() and len(query.search) < 19 else 0
        return _found(map(shown, _rows(dict.fromkeys([*newest, named]))), query)

    def all_of_them() -> int:
        counts = OrderCounts.total(OrderCounts.KEY)
        return sum(counts[status] for status in query.statuses)

    found = part(query, PAGE_SIZE, lambda most: _walked(query, most), all_of_them)
    return Page.of(found, [shown(row) for row in _rows(key.id for key in found.things)])


def bought(account: UUID, product: int) -> bool:
    """Whether an account has paid for a product. A Query, and a BatchGetItem a hundred of its paid orders."""
    paid = {_listing(status) for status in Status if COUNTED[status] == "sold"}
    ids = [key.id for key in OrderRow.by_owner.query(str(account)) if key.listing in paid]
    return any(line.product == product for row in _rows(ids) for line in row.goods)


def change(id: int, told: OrderChange, caller: Caller, at: datetime) -> Order:
    """Change an order, by staff. Raises `OrderNotFound`, or `ShortStock` when it would take what is not there.

    A read and a transaction.
    """
    asked = told.model_dump(exclude_unset=True)
    for _ in range(TRIES):
        row = find(id)
        if row is None:
            raise OrderNotFound
        before, status = shown(row), Status(asked.get("status", row.status))
        contact: list[Action] = [getattr(OrderRow, name).set(asked[name]) for name in asked if name != "status"]
        try:
            with Commit() as commit:
                after = before.model_copy(update=asked)
                move(commit, row, status, at, CAUSES.get(status, ""), contact)
                record(commit, caller, "order.update", id, before, after, at)
        except Changed:
            continue
        return shown(_there(id))
    raise Unavailable


def cancel(id: int, caller: Caller, at: datetime) -> None:
    """Cancel an order, by staff; it is kept. Raises `OrderNotFound` or `OrderMoved`. A read and a transaction."""
    for _ in range(TRIES):
        row = find(id)
        if row is None:
            raise OrderNotFound
        if row.status == Status.CANCELLED:
            return
        if row.status not in CAN_BE_CANCELLED:
            raise OrderMoved
        before = shown(row)
        try:
            with Commit() as commit:
                move(commit, row, Status.CANCELLED, at, CAUSES[Status.CANCELLED])
                after = before.model_copy(update={"status": Status.CANCELLED})
                record(commit, caller, "order.cancel", id, before, after, at)
            return
        except Changed:
            continue
    raise Unavailable


def expire(id: int, at: datetime) -> Next:
    """End an unpaid order whose time is over, and return its goods; once. A read and a transaction."""
    for _ in range(TRIES):
        row = find(id)
        if row is None or row.status != Status.PENDING:
            return Next(at=at, done=True)
        if at < row.expires:
            return Next(at=row.expires)
        try:
            with Commit() as commit:
                move(commit, row, Status.CANCELLED, at, orders.EXPIRED)
            metrics.count("orders_expired")
            return Next(at=at, done=True)
        except Changed:
            continue
    raise Unavailable


def overdue(at: datetime) -> Iterator[int]:
    """Unpaid orders that should be over by now. A Query for each shard."""
    for shard in range(SHARDS):
        late = OrderRow.expires_at <= clock.wire(at - OVERDUE)
        for key in OrderRow.open_index.query(str(shard), late):
            yield key.id


def follow(row: OrderRow) -> None:
    """Write to a buyer, and have the end of the order's time waited for; both once. A SendMessage, a StartExecution."""
    letter = letters.confirmation(row.id, row.email, row.goods, row.expires)
    queues.send(Queue.EMAIL, letter, job=derived("order-letter", str(row.id)))
    held = Held(id=row.id, next=Next(at=row.expires))
    steps.start(Machine.HOLD, f"order-{row.id}-{int(row.expires.timestamp())}", held)


def move(
    commit: Commit,
    row: OrderRow,
    to: Status,
    at: datetime,
    cause: str,
    changes: Iterable[Action] = (),
    *,
    paid_by: str = "",
) -> None:
    """Put an order's way into a status into a transaction, with its goods and its money. Unmet by `Changed`.

    What was paid is given back when it is cancelled, and when it is paid anew; a page on which it could still be paid
    is closed.
    """
    was = Status(row.status)
    told: list[Action] = [*changes, OrderRow.moves.add(1)]
    is_cancelled = was is not Status.CANCELLED and to is Status.CANCELLED
    is_paid_anew = bool(paid_by) and row.payment_intent != paid_by
    if (is_cancelled or is_paid_anew) and _is_to_be_given_back(row.payment_intent):
        refund(commit, row.payment_intent, row.id, unmet=Changed())
        told.append(OrderRow.refund_status.set("pending"))
    if paid_by:
        told.append(OrderRow.payment_intent.set(paid_by))
    elif was is Status.PENDING != to and row.session and row.page_until and clock.wire(at) < row.page_until:
        commit.put(PageRow(f"PAGE#{row.session}", "PAGE", outbox=CLOSE, ttl=int((at + CLOSING).timestamp())))
    if to != was:
        told += [OrderRow.status.set(to), OrderRow.listing.set(_listing(to))]
        if to is Status.PENDING:
            told += [OrderRow.open.set(_shard(row.id)), OrderRow.expires_at.set(clock.wire(at + HOLD))]
            told += [OrderRow.outbox.set(PLACED), OrderRow.asked_at.set(clock.wire(at))]
        else:
            told.append(OrderRow.open.remove())
        OrderCounts.add(commit, OrderCounts.KEY, {was.value: -1, to.value: 1})
    commit.update(row, told, OrderRow.moves == row.moves, unmet=Changed())
    if COUNTED[was] != COUNTED[to]:
        for line in row.goods:
            _recount(commit, line, COUNTED[was], COUNTED[to], cause, row.id, at)


def refund(commit: Commit, payment: str, order: int, unmet: Exception) -> None:
    """Put into a transaction that a payment is given back; `unmet` where that was asked for before. One put."""
    row = RefundRow(*RefundRow.key(payment), payment=payment, order=order, outbox=REFUND)
    commit.put(row, RefundRow.pk.does_not_exist(), unmet=unmet)


def _is_to_be_given_back(payment: str | None) -> TypeGuard[str]:
    """Whether there is a payment, and nobody gave it back before, since staff may set an order back. At most a read."""
    return payment is not None and RefundRow.find(*RefundRow.key(payment)) is None


def shown(row: OrderRow) -> Order:
    return Order(
        id=row.id,
        user=row.username,
        full_name=row.full_name,
        address=row.address,
        phone=row.phone,
        email=row.email,
        total_price=int(row.total),
        status=Status(row.status),
        refund_status=row.refund_status,
        items=[
            OrderLine(id=row.id * 100 + number, **line.model_dump(exclude={"variant", "product"}))
            for number, line in enumerate(row.goods, 1)
        ],
        expires_at=row.expires,
        created_at=datetime.fromisoformat(row.created_at),
    )


def _place(commit: Commit, row: OrderRow, cart: CartRow, pieces: Iterable[Piece], at: datetime) -> None:
    commit.delete(cart, cart.as_read, unmet=Changed())
    commit.put(row, OrderRow.pk.does_not_exist(), unmet=Changed())
    OrderCounts.add(commit, OrderCounts.KEY, {Status.PENDING.value: 1})
    for piece in pieces:
        as_read: Condition = (VariantRow.available >= piece.quantity) & (VariantRow.price == piece.variant.price)
        as_read &= (VariantRow.is_active == True) & VariantRow.deleted_at.does_not_exist()  # noqa: E712 - a condition
        taken = [VariantRow.available.add(-piece.quantity), VariantRow.reserved.add(piece.quantity)]
        commit.update(piece.variant, taken, as_read, unmet=Changed())
        moved(commit, piece.variant.id, -piece.quantity, CAUSES[Status.PENDING], at, order=row.id)


def _recount(commit: Commit, line: Line, was: str, now: str, cause: str, order: int, at: datetime) -> None:
    """Put into a transaction that a line's goods are counted otherwise. An update and, where stock changes, a put."""
    row = VariantRow(*VariantRow.key(line.variant))
    changes = [getattr(VariantRow, was).add(-line.quantity), getattr(VariantRow, now).add(line.quantity)]
    enough: Condition = VariantRow.pk.exists() & (getattr(VariantRow, was) >= line.quantity)
    commit.update(row, changes, enough, unmet=ShortStock(product=line.product_name, left=0))
    if "available" in (was, now):
        delta = line.quantity if now == "available" else -line.quantity
        moved(commit, line.variant, delta, cause, at, order=order)


def _row(
    id: int, told: Checkout, holder: Holder, caller: Caller | None, pieces: Iterable[Piece], at: datetime
) -> OrderRow:
    lines = [
        Line(
            variant=piece.variant.id,
            product=piece.product.id,
            product_name=piece.product.name,
            sku=piece.variant.sku,
            quantity=piece.quantity,
            price=int(piece.variant.price),
        )
        for piece in pieces
    ]
    total = orders.total(lines)
    return OrderRow(
        *OrderRow.key(id),
        owner=str(caller.uuid) if caller else None,
        username=caller.username if caller else None,
        holder=holder.key,
        **told.model_dump(),
        total=total,
        lines=json.dumps([line.model_dump() for line in lines], ensure_ascii=False),
        status=Status.PENDING,
        created_at=clock.wire(at),
        expires_at=clock.wire(at + HOLD),
        listing=_listing(Status.PENDING),
        ordinal=f"{clock.wire(at)}#{id:019}",
        worth=f"{total:019}#{id:019}",
        open=_shard(id),
        outbox=PLACED,
    )


def _walked(query: ListOrders, most: int) -> Iterator[OrderRow]:
    """The keys of everybody's orders of these statuses in their order, at most so many."""
    index, key = (OrderRow.by_worth, "worth") if query.by_total else (OrderRow.listed, "ordinal")
    forward = not query.downward
    lists = (index.query(_listing(status), scan_index_forward=forward, limit=most) for status in query.statuses)
    return islice(merge(*lists, key=lambda row: str(getattr(row, key)), reverse=not forward), most)


def _found(found: Iterable[Order], query: ListOrders) -> Page[Order]:
    told = part_of(orders.ordered((order for order in found if query.says(order)), query), query, PAGE_SIZE)
    return Page.of(told, told.things)


def _rows(ids: Iterable[int]) -> list[OrderRow]:
    """Orders as last written, in this order. A BatchGetItem a hundred."""
    places = [OrderRow.key(id) for id in ids]
    images = store.read(places)
    return [made(OrderRow, images[place]) for place in places if place in images]


def _there(id: int) -> OrderRow:
    row = find(id)
    if row is None:
        raise OrderNotFound
    return row


def _listing(status: Status) -> str:
    return f"ORDERS#{status}"


def _shard(id: int) -> str:
    return str(id % SHARDS)
