from ..shop.market import Market


def test_anybody_sees_it(market: Market) -> None:
    id = market.category("Locks")
    assert market.ask("catalog.show_category", id=id).json == {"id": id, "name": "Locks", "slug": "locks"}


def test_one_that_is_not_there_is_not_found(market: Market) -> None:
    answer = market.ask("catalog.show_category", id=7)
    assert (answer.status, answer.json) == (404, {"detail": "Category not found."})
