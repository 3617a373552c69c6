from ..rows import unchanged
from ..shop.market import Market


def test_an_empty_category_goes_and_its_slug_is_free(market: Market) -> None:
    id = market.category("Locks")
    assert market.staff("delete_category", id=id).status == 204
    assert market.ask("catalog.list_categories").json["count"] == 0
    assert market.category("Locks") == id + 1
    assert market.staff("delete_category", id=id).status == 404


def test_a_category_with_products_stays(market: Market) -> None:
    id = market.category("Locks")
    product = market.product(category=id)
    with unchanged(market.aws):
        answer = market.staff("delete_category", id=id)
    assert (answer.status, answer.json) == (409, {"detail": "Others hang on it: delete or change those first."})
    market.staff("delete_product", id=product)
    assert market.staff("delete_category", id=id).status == 204
