from ..shop.market import Market


def test_it_names_its_variants(market: Market) -> None:
    variant = market.variant()
    assert market.staff("show_admin_product", id=1).json["variants"] == [variant]
    assert market.staff("show_admin_product", id=2).json == {"detail": "Product not found."}
