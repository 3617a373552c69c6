from ..shop.market import Market
from .test_set_image import PNG, uploaded


def test_the_product_is_shown_without_it(market: Market) -> None:
    product = market.product()
    market.staff("set_image", {"image": uploaded(market, product, PNG)}, id=product)
    answer = market.staff("remove_image", id=product)
    assert (answer.status, answer.json["image"]) == (200, None)
    assert market.ask("catalog.show_product", id=product).json["image"] is None
    assert market.staff("remove_image", id=9).status == 404
