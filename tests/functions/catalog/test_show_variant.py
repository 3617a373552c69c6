from ..shop.market import Market


def test_it_shows_its_stock(market: Market) -> None:
    id = market.variant(stock=5)
    assert market.stock(id) == (5, 0, 0)
    assert market.staff("show_variant", id=9).json == {"detail": "Variant not found."}
