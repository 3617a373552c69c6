"""A catalogue on a laptop: what a page of it asks of AWS, and that ten times the products do not make it dearer.

    make bench                            # PRODUCTS=10000

The doors run in this process against the local engine in another, so what is asked of AWS is counted here. A page's
time is told in two parts: ours, the SDK's included, and the engine's. The engine looks at every row of a partition for
each Query, which DynamoDB does not, so its part grows with the catalogue. A product has five variants of five prices.
What is asked for is the same in the small catalogue and in the large one: a category of a hundred, a word that forty
have, and so on.
"""

import hashlib
import json
import logging
import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest import mock
from urllib.parse import urlencode

from botocore.client import BaseClient

from infra.catalog import catalog
from infra.events import sample
from infra.local.deployer import Aws
from kalit.kit import clock
from kalit.kit.resources import Table
from kalit.kit.tables import Row
from kalit.shop import search, store
from kalit.shop.catalogue import PAGE_SIZE
from kalit.shop.index_store import TermsRow
from kalit.shop.store import (
    AttributeRow,
    CategoryRow,
    CountRow,
    EntryRow,
    ProductRow,
    SlugRow,
    ValueRow,
    VariantRow,
)
from tests.speed.engine import engine, table

VARIANTS, COLORS = 5, 8
SHELF, SERIES = 100, 40  # products of a category, and those that have a word in common
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
DOORS = {door.name: door for door in catalog()}
AT_ONCE = 25  # rows that one request writes, of the products that are there before
EDGE = "the edge's secret"
LEAST = 10_000  # products: a tenth of them must have what is asked for
TIMES, TIMES_WIDE = 30, 3  # that each page is asked for
READ, UNIT = 0.125, 4096  # dollars a million read units, and the bytes of one
AIMS = {"calls": 3, "items": 1.0, "growth": 1.25}
# What is asked for; the last ones are as large as the catalogue, or walk through it.
SHAPES = {
    "all, the newest first": {},
    "all, by name": {"ordering": "name"},
    "all, the dearest first": {"ordering": "-price"},
    "all, page 10": {"page": "10"},
    "a category": {"category": "SHELF-3"},
    "a category, by price, page 7": {"category": "shelf-3", "ordering": "price", "page": "7"},
    "a word that one has": {"search": "model00007"},
    "a word that forty have": {"search": "series003", "page": "4"},
    "a rare word and two that all have": {"search": "smart lock model00007"},
    "words of forty, category, price": {"search": "smart series003", "category": "{shelf}", "max_price": "{series}"},
    "prices that eleven have": {"min_price": "{dear}", "ordering": "price"},
    "prices in a category": {"category": "shelf-3", "max_price": "{cheap}"},
    "nothing": {"search": "zebra"},
}
WIDE = {
    "the last page": {"page": "last"},
    "the page in the middle": {"page": "{middle}"},
    "a word that all have": {"search": "smart"},
    "a price that all have": {"min_price": "1"},
}


@dataclass
class Asked:
    """What a page asked of AWS, and how long it took."""

    calls: Counter[str] = field(default_factory=Counter)
    items: int = 0
    units: float = 0.0
    waited: float = 0.0  # seconds for the engine
    ours: float = 0.0

    @contextmanager
    def on(self) -> Iterator[None]:
        original = BaseClient._make_api_call

        def noted(client: BaseClient, name: str, asked: dict[str, Any]) -> Any:
            began = time.perf_counter()
            answer = original(client, name, asked)
            self.waited += time.perf_counter() - began
            self.calls[name] += 1
            self.note(name, asked, answer)
            return answer

        with mock.patch.object(BaseClient, "_make_api_call", noted):
            began = time.perf_counter()
            yield
            self.ours = time.perf_counter() - began - self.waited

    def note(self, name: str, asked: dict[str, Any], answer: dict[str, Any]) -> None:
        """The items read and their price: a Query's rows together, all others one by one."""
        if name == "Query":
            self.items += answer["ScannedCount"]
            share = 1.0 if asked.get("ConsistentRead") else 0.5
            self.units += max(1, -(-sum(map(size, answer["Items"])) // UNIT)) * share
        elif name == "BatchGetItem":
            rows = [row for rows in answer["Responses"].values() for row in rows]
            self.items += len(rows)
            self.units += sum(-(-size(row) // UNIT) for row in rows)
        elif name == "GetItem":
            self.items += 1
            self.units += 1


def size(row: dict[str, Any]) -> int:
    """About a row's bytes: of names and texts."""
    return sum(len(name) + len(str(next(iter(told.values())))) for name, told in row.items())


class Bench:
    """The catalogue's door, on a table of the engine."""

    def __init__(self, engine: Aws, template: dict[str, Any]) -> None:
        self.dynamodb, self.template = engine.client("dynamodb"), template
        self.products = self.shelves = 0

    def settle_in(self, products: int) -> None:
        """A catalogue of so many products, as the doors and the stream would leave it; not measured."""
        self.products, self.shelves, name = products, products // SHELF, f"shop-{products}"
        table(self.dynamodb, self.template, Table.SHOP, name)
        images = [row.serialize() for row in rows(products, self.shelves)]
        for begin in range(0, len(images), AT_ONCE):
            asked = [{"PutRequest": {"Item": image}} for image in images[begin : begin + AT_ONCE]]
            self.dynamodb.batch_write_item(RequestItems={name: asked})

    def page(self, query: dict[str, str]) -> tuple[Asked, Any]:
        """A page, and what it asked for."""
        named = {
            "cheap": price(20 * self.shelves, 0) // 100,  # what twenty of each category cost at most
            "dear": price(self.products - 10, 0) // 100,
            "middle": self.products // PAGE_SIZE // 2,
            "series": price(4 * SERIES, 0) // 100,
            "shelf": f"shelf-{1 + 3 * SERIES % self.shelves}",  # of the first of series 3
        }
        told = {name: text.format(**named) for name, text in query.items()}
        event = sample(DOORS["catalog.list_products"])
        event |= {"rawQueryString": urlencode(told), "headers": {**event["headers"], "x-kalit-edge": EDGE}}
        context = SimpleNamespace(aws_request_id="bench", get_remaining_time_in_millis=lambda: 30_000)
        asked = Asked()
        with asked.on():
            answer = DOORS["catalog.list_products"](event, context)
        assert answer["statusCode"] == 200, answer["body"]
        return asked, json.loads(answer["body"])


def price(product: int, variant: int) -> int:
    """In cents: a later product is dearer, and its variants a little more each."""
    return 1_000 + 100 * product + 10 * variant


def rows(products: int, shelves: int) -> Iterator[Row]:
    """All rows of a catalogue that its readers read."""
    for shelf in range(1, shelves + 1):
        yield CategoryRow(*CategoryRow.key(shelf), name=f"Shelf {shelf}", slug=f"shelf-{shelf}", products=SHELF)
        yield SlugRow(*SlugRow.key(f"shelf-{shelf}"), category=shelf)
    yield AttributeRow(*AttributeRow.key(1), name="Color", values=COLORS)
    for color in range(1, COLORS + 1):
        yield ValueRow(*ValueRow.key(color), attribute=1, value=f"Color {color}")
    yield CountRow(*CountRow.key("products"), number=products)
    for id in range(1, products + 1):
        yield from product(id, 1 + id % shelves)


def product(id: int, shelf: int) -> Iterator[Row]:
    variants = [
        VariantRow(
            *VariantRow.key(VARIANTS * id + number),
            product=id,
            sku=f"SKU-{id}-{number}",
            price=price(id, number),
            available=10,
            values=json.dumps([[1, 1 + (id + number) % COLORS]]),
            is_active=True,
        )
        for number in range(VARIANTS)
    ]
    row = ProductRow(
        *ProductRow.key(id),
        category=shelf,
        name=f"Smart Lock Model{id:05}",
        slug=f"model-{id}",
        description=f"Opens by phone, PIN and card. Of the series{id // SERIES:03}, since {id // SERIES:03}.",
        told="",
        created_at=clock.wire(BEGAN + timedelta(minutes=id)),
    )
    card = store.card(row, variants)
    row.told = card.model_dump_json()
    words = search.words(row.name, row.description, *(variant.sku for variant in variants))
    yield row
    yield from variants
    terms = search.terms(card, words)
    yield TermsRow(*TermsRow.key(id), places=json.dumps(sorted(terms)), card=row.told, version=1)
    for place in search.lists(card) | terms:
        yield EntryRow(*place, card=row.told)


def measured(bench: Bench, shapes: dict[str, dict[str, str]], times: int) -> dict[str, Asked]:
    """The median of each shape; all take turns, so that the machine's noise meets all alike."""
    seen: dict[str, list[Asked]] = {name: [] for name in shapes}
    for turn in range(times + 1):
        for name, query in shapes.items():
            asked, body = bench.page(query)
            assert body["results"] or name == "nothing", name
            if turn:  # the first one makes connections
                seen[name].append(asked)
    return {name: median(told) for name, told in seen.items()}


def median(told: list[Asked]) -> Asked:
    first = told[0]
    assert all(one.calls == first.calls and one.items == first.items for one in told)
    waited, ours = (statistics.median(getattr(one, name) for one in told) for name in ("waited", "ours"))
    return Asked(first.calls, first.items, first.units, waited, ours)


def line(name: str, few: Asked, many: Asked) -> str:
    times = "".join(f"{seconds * 1000:8.1f}" for seconds in (few.ours, many.ours, few.waited, many.waited))
    made = " ".join(f"{number} {call}" for call, number in many.calls.items())
    return f"  {name:<34}{few.items:>7}{many.items:>7}{times}{many.units * READ:>8.2f}  {made}"


def main(products: int) -> None:
    os.environ["EDGE_SECRET_SHA256"] = hashlib.sha256(EDGE.encode()).hexdigest()
    logging.disable(logging.INFO)  # what each page would say of itself
    with engine() as (told, template):
        bench = Bench(told, template)
        bench.settle_in(products // 10)
        few = measured(bench, SHAPES, TIMES) | measured(bench, WIDE, TIMES_WIDE)
        bench.settle_in(products)
        many = measured(bench, SHAPES, TIMES) | measured(bench, WIDE, TIMES_WIDE)
    sizes = f"{products // 10:>7}{products:>7}"
    print(f"\nA page, of {products // 10} and of {products} products with {VARIANTS} variants each, p50 of {TIMES}:")
    print(f"  {'':<34}{'items read':>14}{'ours, ms':>16}{'the engine, ms':>16}{'$ per':>8}")
    print(f"  {'':<34}{sizes}{sizes:>16}{sizes:>16}{'million':>8}")
    for name in SHAPES:
        print(line(name, few[name], many[name]))
    print("  as wide as the catalogue:")
    for name in WIDE:
        print(line(name, few[name], many[name]))
    asked = {name: (few[name], many[name]) for name in SHAPES if few[name].items}
    measures = {
        "calls": (max(many[name].calls.total() for name in SHAPES), "calls of a page, at most"),
        "items": (max(now.items / was.items for was, now in asked.values()), "items, as many times as of the tenth"),
        "growth": (statistics.median(now.ours / was.ours for was, now in asked.values()), "our time, as many times"),
    }
    for name, (value, what) in measures.items():
        print(f"  {what:<52}{value:>9.2f}   aim {AIMS[name]}{'' if value <= AIMS[name] else ', missed'}")


if __name__ == "__main__":
    products = int(os.environ.get("PRODUCTS") or LEAST)
    if products < LEAST:
        sys.exit(f"PRODUCTS={products}: at least {LEAST} are needed, since a tenth of them must have what is asked for")
    main(products)
