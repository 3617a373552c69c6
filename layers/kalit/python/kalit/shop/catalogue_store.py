"""The catalogue as everybody reads it. What a page costs, whatever the size of the catalogue:

asked for            calls                                                  rows read
all, or a category   Query of a list, BatchGetItem; a category: + GetItem   the list up to the page's end, the page
`page=last`, 100 …   one BatchGetItem more, for the count                   the list from its nearer end, the page
prices               Query of what costs that, BatchGetItem                 one for each price that fits, the page
a word               Query, BatchGetItem                                    one for each product with it, the page
words, a category    Query of the longest, two BatchGetItems                the same, and two for each of these products

The page is ten products, their variants, categories and attributes, and the count: by a BatchGetItem for each hundred
of them, consistently read, so prices, stock and ratings are those of now. Lists change with the product; words and
prices follow within two seconds (`index_store`).

A Query brings at most 1 MB, some three thousand rows; what fits more products than that, or lies so far from a list's
ends, takes another. Words that each more than a hundred products have take a Query each; prices that very many have,
one through the whole list.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from pynamodb.expressions.condition import Condition

from kalit.kit.pages import Page, part_of
from kalit.kit.resources import Grant, Table

from . import catalogue, index_store, money, pictures, search, store
from .catalogue import PAGE_SIZE, AttributeValue, Category, ListProducts, Product, ProductNotFound, Variant
from .index_store import TermsRow
from .search import ALL, Card, Place
from .store import AttributeRow, CategoryRow, CountRow, EntryRow, ProductRow, SlugRow, ValueRow, VariantRow, made

LIST: tuple[Grant, ...] = (Table.SHOP.get, Table.SHOP.query, Table.SHOP.batch_get)
SHOW: tuple[Grant, ...] = (Table.SHOP.get, Table.SHOP.batch_get)
DEAREST = 10**12 - 1
FEW = 99  # products whose words are read at once, beside a category's slug
MANY = 2_500  # rows below prices, 1 MB of them; from there on the list of all products is shorter

Images = dict[Place, dict[str, Any]]


def listed(query: ListProducts, origin: str) -> Page[Product]:
    """A page of products. Raises `InvalidPage`. The calls are told above."""
    if query.search:
        return _page(_searched(query) if query.words else [], query, origin)
    scope = _scope(query.category)
    if scope is None:
        return _page([], query, origin)
    return _page(_priced(query, scope), query, origin) if query.is_priced else _all(query, scope, origin)


def show(id: int, origin: str) -> Product:
    """Raises `ProductNotFound`. A read and a BatchGetItem."""
    row = store.product(id)
    found = _products([row.card], origin) if row else []
    if not found:
        raise ProductNotFound
    return found[0]


def _scope(slug: str) -> str | None:
    """The lists of a category, or of all; None when there is no such category. One read, or none."""
    if not slug:
        return ALL
    row = SlugRow.find(*SlugRow.key(slug))
    return str(int(row.category)) if row else None


def _page(found: Iterable[Card], query: ListProducts, origin: str) -> Page[Product]:
    """A page of what was found."""
    cards = part_of(search.ordered(found, query.ordering), query, PAGE_SIZE)
    return Page.of(cards, _products(cards.things, origin))


def _all(query: ListProducts, scope: str, origin: str) -> Page[Product]:
    """A page of all products of a scope, by walking to it; where the count is not known, it is read with the page."""
    counted = CountRow.key("products") if scope == ALL else CategoryRow.key(int(scope))
    ordering, forward = search.walk(query.ordering)
    listing = search.listing(scope, ordering)
    if query.page == "last" or len(query.page) > 2:  # nobody makes us walk far for a page that is not there
        count = _count(store.read([counted]), counted)
        cards = _far(listing, forward, query.number(count, PAGE_SIZE), count)
    else:
        end = query.number(DEAREST, PAGE_SIZE) * PAGE_SIZE
        cards = _walked(listing, forward, end)[end - PAGE_SIZE :]
    images = store.read([counted, *_places(cards)])
    total = _count(images, counted)
    return Page(_read_products(cards, images, origin), total, query.number(total, PAGE_SIZE), PAGE_SIZE)


def _far(listing: str, forward: bool, number: int, count: int) -> list[Card]:
    """A page of a list of so many, reached from its nearer end."""
    begin, end = (number - 1) * PAGE_SIZE, min(number * PAGE_SIZE, count)
    if end <= count - begin:
        return _walked(listing, forward, end)[begin:]
    return _walked(listing, not forward, count - begin)[count - end :][::-1]


def _walked(listing: str, forward: bool, most: int) -> list[Card]:
    """The first of a list; none where none are wanted."""
    entries = EntryRow.query(listing, consistent_read=True, scan_index_forward=forward, limit=most) if most else ()
    return _cards(entries)


def _count(images: Images, place: Place) -> int:
    image = images.get(place, {})
    told = image.get("number") or image.get("products") or {"N": "0"}
    return int(told["N"])


def _searched(query: ListProducts) -> list[Card]:
    """The products that have a word of each beginning, and fit otherwise."""
    first, *others = query.words
    found = {card.id: card for card in _cards(EntryRow.query(*_below(first)))}
    few = others and len(found) <= FEW
    slug = SlugRow.key(query.category)
    asked = [slug] if found and query.category else []
    images = store.read([*asked, *(TermsRow.key(id) for id in found if few)])
    if few:
        having = {id for id in found if search.has(index_store.places(images.get(TermsRow.key(id))), others)}
        found = {id: card for id, card in found.items() if id in having}
    else:
        found = _with(found, others)
    if asked:
        shelf = int(made(SlugRow, images[slug]).category) if slug in images else None
        found = {id: card for id, card in found.items() if card.category == shelf}
    least, most = _bounds(query)
    return [card for card in found.values() if card.costs(least, most)]


def _with(found: dict[int, Card], words: Iterable[str]) -> dict[int, Card]:
    """Those that have a word of each beginning. A Query for each, while there is something left."""
    for word in words:
        if not found:
            break
        having = {store.number_of(entry.sk) for entry in EntryRow.query(*_below(word), attributes_to_get=["pk", "sk"])}
        found = {id: card for id, card in found.items() if id in having}
    return found


def _below(word: str) -> tuple[str, Condition]:
    return search.initial(word), EntryRow.sk.startswith(word)


def _priced(query: ListProducts, scope: str) -> list[Card]:
    """The products of a scope of which an active variant costs that, each once."""
    least, most = _bounds(query)
    cheapest, dearest = max(least or 0, 0), DEAREST if most is None else most
    if cheapest > dearest:
        return []
    between = EntryRow.sk.between(f"{cheapest:012}", f"{dearest:012}~")
    entries = list(EntryRow.query(search.priced(scope), between, limit=MANY))
    cards = _cards(entries if len(entries) < MANY else EntryRow.query(search.listing(scope, "created_at")))
    return [card for card in {card.id: card for card in cards}.values() if card.costs(least, most)]


def _bounds(query: ListProducts) -> tuple[int | None, int | None]:
    """The least and the most that a variant may cost, in cents."""
    least = None if query.min_price is None else money.at_least(query.min_price)
    return least, None if query.max_price is None else money.at_most(query.max_price)


def _cards(entries: Iterable[EntryRow]) -> list[Card]:
    return [Card.model_validate_json(entry.card) for entry in entries]


def _places(cards: Iterable[Card]) -> Iterator[Place]:
    """All rows that products are shown from."""
    for card in cards:
        yield ProductRow.key(card.id)
        yield CategoryRow.key(card.category)
        yield from map(VariantRow.key, card.variants)
        for attribute, value in card.values:
            yield AttributeRow.key(attribute)
            yield ValueRow.key(value)


def _products(cards: list[Card], origin: str) -> list[Product]:
    return _read_products(cards, store.read(_places(cards)), origin)


def _read_products(cards: list[Card], images: Images, origin: str) -> list[Product]:
    """The products of these cards, in their order, without those deleted since.

    A card from below a term may be a moment old: what is new of a product is read then. A BatchGetItem, or none.
    """
    rows = [made(ProductRow, images[place]) for card in cards if (place := ProductRow.key(card.id)) in images]
    rows = [row for row in rows if not row.deleted_at]
    if missing := [place for place in _places(row.card for row in rows) if place not in images]:
        images = images | store.read(missing)
    return [_product(row, images, origin) for row in rows if CategoryRow.key(int(row.category)) in images]


def _product(row: ProductRow, images: Images, origin: str) -> Product:
    category = made(CategoryRow, images[CategoryRow.key(int(row.category))])
    places = [place for id in row.card.variants if (place := VariantRow.key(id)) in images]
    variants = [made(VariantRow, images[place]) for place in places]
    return Product(
        id=row.id,
        category=Category(id=category.id, name=category.name, slug=category.slug),
        name=row.name,
        slug=row.slug,
        description=row.description,
        image=pictures.address(row.image, origin),
        variants=[_variant(variant, images) for variant in variants if variant.is_active and not variant.deleted_at],
        average_rating=catalogue.average(int(row.rating_total), int(row.rating_count)),
        reviews_count=int(row.rating_count),
        created_at=datetime.fromisoformat(row.created_at),
    )


def _variant(row: VariantRow, images: Images) -> Variant:
    return Variant(
        id=row.id,
        sku=row.sku,
        price=int(row.price),
        stock=int(row.available),
        attributes=attributes(row, images),
        is_active=row.is_active,
    )


def attributes(row: VariantRow, images: Images) -> list[AttributeValue]:
    """What tells a variant apart, without what was deleted."""
    return [
        AttributeValue(
            id=value,
            attribute_name=made(AttributeRow, images[AttributeRow.key(attribute)]).name,
            value=made(ValueRow, images[ValueRow.key(value)]).value,
        )
        for attribute, value in row.pairs
        if AttributeRow.key(attribute) in images and ValueRow.key(value) in images
    ]
