from datetime import datetime

import pytest

from kalit.shop import catalogue_store

from ..rows import Once, once
from ..shop.market import Market
from ..world import Killed, killed_after, meanwhile, upset

GOODS = {
    # name -> (category, description, (sku, price, is_active) of its variants)
    "Kalit One": ("Locks", "A smart lock that opens by phone", [("ONE-B", "100.00", True), ("ONE-W", "120.00", True)]),
    "Kalit Two": ("Locks", "A smart lock with a camera", [("TWO-B", "200.00", True), ("TWO-W", "90.00", False)]),
    "Eshik": ("Doors", "Oʻzbekcha eshik", [("DOOR", "300.00", True)]),
    "Gift card": ("Cards", "", []),
}


@pytest.fixture(scope="module")
def _shelved() -> Once[datetime]:
    """When all goods stood on their shelves."""
    return []


@pytest.fixture
def goods(market: Market, _shelved: Once[datetime]) -> Market:
    market.clock.turn(once(_shelved, lambda: shelve(market)))
    return market


def shelve(market: Market) -> datetime:
    shelves: dict[str, int] = {}
    for name, (shelf, description, variants) in GOODS.items():
        shelves[shelf] = shelves.get(shelf) or market.category(shelf)
        market.clock.move(seconds=1)
        product = market.product(name, shelves[shelf], description=description)
        for sku, price, is_active in variants:
            market.variant(product, price, sku=sku, is_active=is_active)
    market.follow()
    return market.clock.now


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["Gift card", "Eshik", "Kalit Two", "Kalit One"]),
        ({"ordering": "created_at"}, ["Kalit One", "Kalit Two", "Eshik", "Gift card"]),
        ({"ordering": "name"}, ["Eshik", "Gift card", "Kalit One", "Kalit Two"]),
        ({"ordering": "-name"}, ["Kalit Two", "Kalit One", "Gift card", "Eshik"]),
        ({"ordering": "price"}, ["Kalit One", "Kalit Two", "Eshik", "Gift card"]),
        ({"ordering": "-price"}, ["Eshik", "Kalit Two", "Kalit One", "Gift card"]),
        ({"ordering": "color"}, ["Gift card", "Eshik", "Kalit Two", "Kalit One"]),
        ({"category": "LOCKS"}, ["Kalit Two", "Kalit One"]),
        ({"category": "locks", "ordering": "name"}, ["Kalit One", "Kalit Two"]),
        ({"category": "unknown"}, []),
        ({"search": "KALIT"}, ["Kalit Two", "Kalit One"]),
        ({"search": "kal"}, ["Kalit Two", "Kalit One"]),
        ({"search": "alit"}, []),
        ({"search": "lock cam"}, ["Kalit Two"]),
        ({"search": "lock door"}, []),
        ({"search": "one-w"}, ["Kalit One"]),
        ({"search": "ozbekcha"}, ["Eshik"]),
        ({"search": "o'zbekcha"}, ["Eshik"]),
        ({"search": "smart", "category": "doors"}, []),
        ({"search": "smart", "ordering": "price"}, ["Kalit One", "Kalit Two"]),
        ({"search": "smart", "min_price": "150"}, ["Kalit Two"]),
        ({"search": "..."}, []),
        ({"search": " "}, ["Gift card", "Eshik", "Kalit Two", "Kalit One"]),
        ({"min_price": "100", "max_price": "100"}, ["Kalit One"]),
        ({"min_price": "101", "max_price": "119.99"}, []),
        ({"min_price": "80", "max_price": "95"}, []),
        ({"max_price": "200"}, ["Kalit Two", "Kalit One"]),
        ({"min_price": "200.001"}, ["Eshik"]),
        ({"min_price": "0", "category": "locks"}, ["Kalit Two", "Kalit One"]),
        ({"min_price": "300", "max_price": "100"}, []),
        ({"min_price": "-5", "max_price": "-1"}, []),
        ({"min_price": "", "max_price": ""}, ["Gift card", "Eshik", "Kalit Two", "Kalit One"]),
        ({"min_price": "1", "ordering": "-price"}, ["Eshik", "Kalit Two", "Kalit One"]),
        ({"page": "last"}, ["Gift card", "Eshik", "Kalit Two", "Kalit One"]),
    ],
)
def test_what_is_asked_for_is_found(goods: Market, query: dict[str, str], names: list[str]) -> None:
    answer = goods.ask("catalog.list_products", query=query)
    assert [product["name"] for product in answer.json["results"]] == names
    assert answer.json["count"] == len(names)


@pytest.mark.parametrize("name", ["min_price", "max_price"])
@pytest.mark.parametrize("value", ["cheap", "NaN", "Infinity", "1e30", "1,5"])
def test_what_is_not_a_number_is_refused(market: Market, name: str, value: str) -> None:
    answer = market.ask("catalog.list_products", query={name: value})
    assert (answer.status, answer.json) == (400, {name: ["Enter a number."]})


@pytest.mark.parametrize("page", ["0", "-1", "2", "99999999", "x"])
@pytest.mark.parametrize("query", [{}, {"search": "kalit"}, {"category": "none"}])
def test_a_page_that_is_not_there_is_404(goods: Market, page: str, query: dict[str, str]) -> None:
    answer = goods.ask("catalog.list_products", query={"page": page, **query})
    assert (answer.status, answer.json) == (404, {"detail": "Invalid page."})


def test_a_list_goes_on_page_by_page(market: Market) -> None:
    category = market.category()
    for number in range(12):
        market.product(f"Lock {number:02}", category)
    market.follow()
    for query in ({"ordering": "name"}, {"ordering": "name", "search": "lock"}):
        first = market.ask("catalog.list_products", query=query).json
        assert (first["count"], len(first["results"]), first["previous"]) == (12, 10, None)
        assert "page=2" in first["next"]
        assert market.products(page="2", **query) == ["Lock 10", "Lock 11"] == market.products(page="last", **query)


@pytest.mark.parametrize(
    ("query", "most"),
    [
        ({}, ["Query", "BatchGetItem"]),
        ({"page": "last"}, ["BatchGetItem", "Query", "BatchGetItem"]),
        ({"ordering": "-price"}, ["Query", "BatchGetItem"]),
        ({"category": "locks"}, ["GetItem", "Query", "BatchGetItem"]),
        ({"search": "smart"}, ["Query", "BatchGetItem"]),
        ({"search": "smart", "category": "locks"}, ["Query", "BatchGetItem", "BatchGetItem"]),
        ({"search": "smart lock opens"}, ["Query", "BatchGetItem", "BatchGetItem"]),
        ({"search": "smart lock", "category": "locks", "min_price": "9"}, ["Query", "BatchGetItem", "BatchGetItem"]),
        ({"min_price": "1", "category": "locks"}, ["GetItem", "Query", "BatchGetItem"]),
        ({"min_price": "1", "max_price": "250"}, ["Query", "BatchGetItem"]),
    ],
)
def test_a_page_costs_three_calls_at_most(
    goods: Market, calls: list[str], query: dict[str, str], most: list[str]
) -> None:
    calls.clear()
    assert goods.products(**query)
    assert calls == most


@pytest.mark.parametrize("words", ["smart lock", "lock smart pho", "smart door", "kal one"])
def test_words_of_many_products_find_the_same(goods: Market, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    few = goods.products(search=words)
    monkeypatch.setattr(catalogue_store, "FEW", 0)
    assert goods.products(search=words) == few


@pytest.mark.parametrize("query", [{"min_price": "95", "max_price": "250"}, {"max_price": "500", "category": "locks"}])
def test_prices_of_very_many_products_find_the_same(
    goods: Market, calls: list[str], query: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = goods.products(**query)
    monkeypatch.setattr(catalogue_store, "MANY", 2)
    calls.clear()
    assert goods.products(**query) == few == ["Kalit Two", "Kalit One"]
    assert calls.count("Query") == 2


def test_far_pages_are_those_that_one_comes_to_page_by_page(market: Market) -> None:
    category = market.category()
    for number in range(23):
        market.product(f"Lock {number:02}", category)
    for ordering in ("name", "-name", "-price"):
        for page in ("1", "2", "3"):
            query = {"ordering": ordering, "page": page}
            assert market.products(**query) == market.products(**{**query, "page": page.zfill(3)})
    assert market.products(ordering="name", page="last") == ["Lock 20", "Lock 21", "Lock 22"]


def test_prices_and_stock_are_those_of_now_though_the_search_is_behind(goods: Market) -> None:
    [found] = goods.ask("catalog.list_products", query={"search": "camera"}).json["results"]
    [variant] = found["variants"]
    goods.staff("update_variant", {"price": "210.00", "stock": 1}, id=variant["id"])
    goods.variant(found["id"], "220.00", sku="NEW")
    [found] = goods.ask("catalog.list_products", query={"search": "camera"}).json["results"]
    assert [(each["price"], each["stock"]) for each in found["variants"]] == [("210.00", 1), ("220.00", 10)]


def test_who_indexes_a_product_while_another_does_leaves_what_is_true_then(goods: Market) -> None:
    """The product changes, and is indexed anew by another, just before the first is to write what it has read."""

    def overtake() -> None:
        goods.staff("update_product", {"name": "Darvoza"}, id=3)
        goods.follow()

    goods.staff("update_product", {"name": "Gate"}, id=3)
    with upset("TransactWriteItems", meanwhile(overtake)):
        goods.follow()
    assert (goods.products(search="gate"), goods.products(search="darvoza")) == ([], ["Darvoza"])


def test_a_long_description_is_found_by_all_its_words(market: Market) -> None:
    """More words than one transaction takes; also when the worker dies between two of them."""
    words = [f"word{number:03}" for number in range(250)]
    market.product("Kalit One", description=" ".join(words))
    with pytest.raises(Killed), upset("TransactWriteItems", killed_after):
        market.follow()
    market.follow()
    assert [market.products(search=word) for word in (words[0], words[120], words[249])] == [["Kalit One"]] * 3
    market.staff("update_product", {"description": "short"}, id=1)
    market.follow()
    assert [market.products(search=word) for word in ("short", words[0], words[249])] == [["Kalit One"], [], []]
