import pytest

from ..rows import unchanged
from ..shop.market import Market
from ..world import Killed, killed_after, lost, refused, upset


def test_a_delivery_is_brought_and_a_loss_taken(market: Market) -> None:
    id = market.variant(stock=5)
    assert market.staff("change_stock", {"delta": 10, "cause": "Delivery"}, id=id).json["stock"] == 15
    assert market.staff("change_stock", {"delta": -15, "cause": "Fire"}, id=id).json["stock"] == 0
    told = market.staff("list_movements", id=id).json["results"]
    assert {(each["delta"], each["cause"], each["user"], each["order"]) for each in told} == {
        (5, "in stock at first", "manager", None),
        (10, "Delivery", "manager", None),
        (-15, "Fire", "manager", None),
    }
    assert market.acts.count("variant.stock") == 2


@pytest.mark.parametrize(
    "body",
    [
        {"delta": -6, "cause": "x"},
        {"delta": 1},
        {"delta": True, "cause": "x"},
        {"delta": 10**9 + 1, "cause": "x"},
        {"delta": 1, "cause": " "},
    ],
)
def test_nobody_takes_more_than_there_is_or_without_a_cause(market: Market, body: dict[str, object]) -> None:
    id = market.variant(stock=5)
    with unchanged(market.aws):
        assert market.staff("change_stock", body, id=id).status == 400


def test_there_must_be_such_a_variant(market: Market) -> None:
    assert market.staff("change_stock", {"delta": 1, "cause": "x"}, id=9).status == 404


def test_what_failed_on_our_side_uses_up_no_key(market: Market) -> None:
    id = market.variant(stock=5)
    delivery = {"delta": 10, "cause": "Delivery"}
    with unchanged(market.aws), upset("TransactWriteItems", refused("InternalServerError")):
        assert market.staff("change_stock", delivery, id=id, key="k").status == 500
    assert market.staff("change_stock", delivery, id=id, key="k").json["stock"] == 15


def test_a_delivery_that_is_told_again_is_brought_once(market: Market) -> None:
    """Its key is kept with it, so also when the process died, or the answer was lost, before anybody heard."""
    id = market.variant(stock=5)
    delivery = {"delta": 10, "cause": "Delivery"}
    with pytest.raises(Killed), upset("TransactWriteItems", killed_after):
        market.staff("change_stock", delivery, id=id, key="k")
    market.clock.move(minutes=2)
    for _ in range(2):
        assert market.staff("change_stock", delivery, id=id, key="k").json["stock"] == 15
    with upset("TransactWriteItems", lost):
        assert market.staff("change_stock", delivery, id=id, key="k2").json["stock"] == 25
    assert len(market.moves(id)) == 3
