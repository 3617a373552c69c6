"""Reviews, in the shop's table.

pk                          sk         what
REVIEW#<n>                  REVIEW     a review; in index `listed` among all, in `by_owner` among its product's
REVIEWER#<uuid>#<product>   REVIEWER   that an account has reviewed a product, and by which review
COUNTS#reviews              #<shard>   how many there are

A product's sum of ratings and their number are kept in the review's own transaction; so the average is exact at once.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection

from kalit.kit import clock
from kalit.kit.caller import Caller
from kalit.kit.counts import Counts
from kalit.kit.errors import Unavailable
from kalit.kit.pages import Page, part
from kalit.kit.resources import Grant, Table
from kalit.kit.tables import Commit, Row, TableName

from . import admin, order_store, reviews, store
from .reviews import PAGE_SIZE, AlreadyReviewed, ListReviews, NewReview, Review, ReviewChange, ReviewNotFound
from .search import Place
from .store import TRIES, Changed, ProductRow, ShopCounter, made, record

LIST: tuple[Grant, ...] = (
    Table.SHOP.get,
    Table.SHOP.query,
    Table.SHOP.query_index("listed"),
    Table.SHOP.query_index("by_owner"),
    Table.SHOP.batch_get,
)
READ: tuple[Grant, ...] = (Table.SHOP.get,)
CREATE: tuple[Grant, ...] = (*order_store.BOUGHT, Table.SHOP.put, Table.SHOP.update)
CHANGE: tuple[Grant, ...] = (Table.SHOP.get, Table.SHOP.put, Table.SHOP.update)
DELETE: tuple[Grant, ...] = (*CHANGE, Table.SHOP.delete)
LISTING = "REVIEWS"


class Newest(GlobalSecondaryIndex["ReviewRow"]):
    class Meta:
        index_name = "listed"
        projection = KeysOnlyProjection()

    listing = UnicodeAttribute(hash_key=True)
    ordinal = UnicodeAttribute(range_key=True)


class ByProduct(GlobalSecondaryIndex["ReviewRow"]):
    class Meta:
        index_name = "by_owner"
        projection = IncludeProjection(["listing"])

    owner = UnicodeAttribute(hash_key=True)
    ordinal = UnicodeAttribute(range_key=True)


class ReviewRow(Row):
    class Meta:
        table_name = TableName(Table.SHOP)

    author = UnicodeAttribute()  # the account's UUID
    user = NumberAttribute()
    username = UnicodeAttribute()
    product = NumberAttribute()
    rating = NumberAttribute()
    comment = UnicodeAttribute()
    verified_buyer = BooleanAttribute()
    created_at = UnicodeAttribute()
    listing = UnicodeAttribute(default=LISTING)
    owner = UnicodeAttribute()  # PRODUCT#<n>
    ordinal = UnicodeAttribute()
    newest = Newest()
    by_product = ByProduct()

    @staticmethod
    def key(id: int) -> Place:
        return Place(f"REVIEW#{id}", "REVIEW")

    @property
    def id(self) -> int:
        return store.number_of(self.pk)

    @property
    def as_read(self) -> Condition:
        told: Condition = (ReviewRow.rating == self.rating) & (ReviewRow.comment == self.comment)
        return told


class ReviewerRow(Row):
    class Meta:
        table_name = TableName(Table.SHOP)

    review = NumberAttribute()

    @staticmethod
    def key(author: str, product: int) -> Place:
        return Place(f"REVIEWER#{author}#{product}", "REVIEWER")


class ReviewCounts(Counts):
    class Meta:
        table_name = TableName(Table.SHOP)

    reviews = NumberAttribute(default=0)

    KEY = "COUNTS#reviews"


def create(new: NewReview, caller: Caller, at: datetime) -> Review:
    """A review. Raises `AlreadyReviewed`, or `Invalid` when there is no such product.

    The caller's orders, a counter and a transaction.
    """
    id = ShopCounter.next("review")
    row = ReviewRow(
        *ReviewRow.key(id),
        author=str(caller.uuid),
        user=caller.id,
        username=caller.username,
        **new.model_dump(),
        verified_buyer=order_store.bought(caller.uuid, new.product),
        created_at=clock.wire(at),
        owner=ProductRow.key(new.product).pk,
        ordinal=f"{clock.wire(at)}#{id:019}",
    )
    reviewer = ReviewerRow(*ReviewerRow.key(row.author, new.product), review=id)
    with Commit() as commit:
        commit.put(reviewer, ReviewerRow.pk.does_not_exist(), unmet=AlreadyReviewed())
        commit.put(row)
        there = ProductRow.pk.exists() & ProductRow.deleted_at.does_not_exist()
        _rate(commit, new.product, new.rating, 1, there, admin.no_such("product", new.product))
        ReviewCounts.add(commit, ReviewCounts.KEY, {"reviews": 1})
    return shown(row)


def get(id: int) -> Review:
    """Raises `ReviewNotFound`. One read."""
    return shown(_row(id))


def listed(query: ListReviews) -> Page[Review]:
    """A page of reviews. Raises `InvalidPage`.

    A Query up to the page's end and a BatchGetItem; a count where there is more.
    """

    def first(most: int) -> Iterable[ReviewRow]:
        if query.product is None:
            return ReviewRow.newest.query(LISTING, scan_index_forward=False, limit=most)
        return ReviewRow.by_product.query(ProductRow.key(query.product).pk, scan_index_forward=False, limit=most)

    def all_of_them() -> int:
        if query.product is None:
            return ReviewCounts.total(ReviewCounts.KEY)["reviews"]
        product = store.product(query.product)
        return int(product.rating_count) if product else 0

    found = part(query, PAGE_SIZE, first, all_of_them)
    places = [ReviewRow.key(key.id) for key in found.things]
    images = store.read(places)
    return Page.of(found, [shown(made(ReviewRow, images[place])) for place in places if place in images])


def change(id: int, told: ReviewChange, caller: Caller, at: datetime) -> Review:
    """Change a review. Raises `ReviewNotFound` or `Forbidden`. A read and a transaction."""
    for _ in range(TRIES):
        row = _row(id)
        reviews.check_may_change(UUID(row.author), caller)
        before = shown(row)
        after = before.model_copy(update=told.model_dump(exclude_unset=True))
        try:
            with Commit() as commit:
                changes = [ReviewRow.rating.set(after.rating), ReviewRow.comment.set(after.comment)]
                commit.update(row, changes, row.as_read, unmet=Changed())
                if after.rating != before.rating:
                    _rate(commit, before.product, after.rating - before.rating, 0)
                if row.author != str(caller.uuid):
                    record(commit, caller, "review.update", id, before, after, at)
            return after
        except Changed:
            continue
    raise Unavailable


def delete(id: int, caller: Caller, at: datetime) -> None:
    """Raises `ReviewNotFound` or `Forbidden`. A read and a transaction."""
    for _ in range(TRIES):
        row = _row(id)
        reviews.check_may_change(UUID(row.author), caller)
        try:
            with Commit() as commit:
                commit.delete(row, row.as_read, unmet=Changed())
                commit.delete(ReviewerRow(*ReviewerRow.key(row.author, int(row.product))))
                _rate(commit, int(row.product), -int(row.rating), -1)
                ReviewCounts.add(commit, ReviewCounts.KEY, {"reviews": -1})
                if row.author != str(caller.uuid):
                    record(commit, caller, "review.delete", id, shown(row), None, at)
            return
        except Changed:
            continue
    raise Unavailable


def shown(row: ReviewRow) -> Review:
    told = {name: getattr(row, name) for name in ("username", "comment", "verified_buyer", "created_at")}
    return Review(id=row.id, user=int(row.user), product=int(row.product), rating=int(row.rating), **told)


def _rate(
    commit: Commit,
    product: int,
    total: int,
    count: int,
    condition: Condition | None = None,
    unmet: Exception | None = None,
) -> None:
    """Put into a transaction that a product's ratings are so much more together, and so many. One update."""
    row = ProductRow(*ProductRow.key(product))
    commit.update(row, [ProductRow.rating_total.add(total), ProductRow.rating_count.add(count)], condition, unmet)


def _row(id: int) -> ReviewRow:
    row = ReviewRow.find(*ReviewRow.key(id))
    if row is None:
        raise ReviewNotFound
    return row
