from .market import Market


def test_anybody_sees_it(market: Market) -> None:
    told = market.review(market.product(), 5)
    assert market.ask("shop.show_review", id=1).json == told
    assert market.ask("shop.show_review", id=2).json == {"detail": "Review not found."}
