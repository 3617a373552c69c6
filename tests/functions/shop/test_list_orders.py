from datetime import datetime

import pytest

from ..rows import Once, once
from .market import Market


@pytest.fixture(scope="module")
def _sold() -> Once[datetime]:
    """When all was sold."""
    return []


@pytest.fixture
def sales(market: Market, _sold: Once[datetime]) -> Market:
    """Orders 1 to 4: Ali's of 30, Vali's of 10, Ali's of 20 which is paid, and a guest's of 40."""
    market.clock.turn(once(_sold, lambda: sell(market)))
    return market


def sell(market: Market) -> datetime:
    for price, by in (("30", "ali"), ("10", "vali"), ("20", "ali"), ("40", "")):
        market.clock.move(seconds=1)
        market.order(market.variant(market.product(f"For {price}"), price), by=by)
    market.staff_order(3, status="paid")
    return market.clock.now


def ids(market: Market, by: str, door: str = "shop.list_orders", **query: str) -> list[int]:
    answer = market.ask(door, by=by, query=query)
    assert answer.status == 200, answer.text
    assert answer.json["count"] == len(answer.json["results"])
    return [order["id"] for order in answer.json["results"]]


@pytest.mark.parametrize(
    ("by", "query", "found"),
    [
        ("ali", {}, [3, 1]),
        ("ali", {"ordering": "created_at"}, [1, 3]),
        ("ali", {"ordering": "total_price"}, [3, 1]),
        ("ali", {"ordering": "-total_price"}, [1, 3]),
        ("ali", {"ordering": "color"}, [3, 1]),
        ("ali", {"status": "paid"}, [3]),
        ("ali", {"status": "shipped"}, []),
        ("ali", {"search": "nobody"}, []),
        ("ali", {"search": "VALIYEV", "status": "pending"}, [1]),
        ("vali", {}, [2]),
        ("manager", {}, [4, 3, 2, 1]),
        ("boss", {"ordering": "created_at"}, [1, 2, 3, 4]),
        ("manager", {"ordering": "total_price"}, [2, 3, 1, 4]),
        ("manager", {"ordering": "-total_price"}, [4, 1, 3, 2]),
        ("manager", {"status": "paid"}, [3]),
        ("manager", {"status": "pending"}, [4, 2, 1]),
        ("manager", {"search": "90123"}, [4, 3, 2, 1]),
        ("manager", {"search": "nobody"}, []),
        ("manager", {"search": "ali", "ordering": "total_price", "status": "pending"}, [2, 1, 4]),
    ],
)
def test_everybody_sees_his_own_and_staff_all(sales: Market, by: str, query: dict[str, str], found: list[int]) -> None:
    assert ids(sales, by, **query) == found


def test_an_order_is_found_by_its_id(market: Market) -> None:
    variant = market.variant()
    for by in ("ali", "vali", "ali"):
        market.add(variant, by=by)
        market.check_out(by=by, phone="+998 90 100-00-00")
    assert ids(market, "manager", search="2") == [2]
    assert ids(market, "ali", search="2") == []


def test_a_status_that_is_none_is_refused(market: Market) -> None:
    answer = market.ask("shop.list_orders", by="ali", query={"status": "zzz"})
    told = "Select a valid choice. zzz is not one of the available choices."
    assert (answer.status, answer.json) == (400, {"status": [told]})


def test_nobody_sees_orders_without_a_token(market: Market) -> None:
    assert market.ask("shop.list_orders").status == 401


def test_pages_are_of_ten(market: Market) -> None:
    variant = market.variant(stock=30)
    for _ in range(12):
        market.clock.move(seconds=1)
        market.order(variant, by="ali")
    for by in ("ali", "manager"):
        told = market.ask("shop.list_orders", by=by, query={"page": 2}).json
        assert (told["count"], [order["id"] for order in told["results"]], told["next"]) == (12, [2, 1], None)
        assert market.ask("shop.list_orders", by=by, query={"page": "last"}).json["results"] == told["results"]
        assert market.ask("shop.list_orders", by=by, query={"page": 3}).status == 404
