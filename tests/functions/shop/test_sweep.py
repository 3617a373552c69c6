from .market import Market


def test_what_no_machine_has_ended_is_ended(market: Market) -> None:
    early = market.order()
    market.clock.move(minutes=10)
    late = market.order(1)
    market.clock.move(days=1, minutes=-9)
    for tick in range(2):
        market.aws.call("shop.sweep", {"id": f"tick-{tick}"})
    assert (market.status(early), market.status(late)) == ("cancelled", "pending")
    assert market.stock(1) == (9, 1, 0)


def test_the_machine_is_waited_for_at_first(market: Market) -> None:
    order = market.order()
    market.clock.move(days=1, seconds=29)
    market.aws.call("shop.sweep", {"id": "tick"})
    assert market.status(order) == "pending"
