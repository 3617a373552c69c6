from functools import partial

from ..rows import unchanged
from ..shop.market import Market
from ..world import meanwhile, upset


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


def test_one_that_is_called_otherwise_meanwhile_is_not_deleted_by_its_old_slug(market: Market) -> None:
    id = market.category("Locks")
    rename = partial(market.staff, "update_category", {"slug": "gates"}, id=id)
    with upset("TransactWriteItems", meanwhile(rename)):
        assert market.staff("delete_category", id=id).status == 409
    assert market.staff("delete_category", id=id).status == 204
    assert market.category("Gates") == id + 1
