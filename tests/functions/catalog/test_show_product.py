from ..shop.market import Market


def test_it_is_shown_with_its_category_and_variants(market: Market) -> None:
    product = market.product("Kalit One", market.category("Locks"), description="Opens.")
    market.variant(product, "10.00", 3, sku="ONE")
    answer = market.ask("catalog.show_product", id=product)
    variant = {"id": 1, "sku": "ONE", "price": "10.00", "stock": 3, "attributes": [], "is_active": True}
    assert answer.json == {
        "id": product,
        "category": {"id": 1, "name": "Locks", "slug": "locks"},
        "name": "Kalit One",
        "slug": "kalit-one",
        "description": "Opens.",
        "image": None,
        "variants": [variant],
        "average_rating": None,
        "reviews_count": 0,
        "created_at": "2026-01-05T12:00:00.000Z",
    }


def test_it_costs_two_calls(market: Market, calls: list[str]) -> None:
    market.variant(attributes=[market.value()])
    calls.clear()
    assert market.ask("catalog.show_product", id=1).status == 200
    assert calls == ["GetItem", "BatchGetItem"]


def test_one_that_is_not_there_is_not_found(market: Market) -> None:
    answer = market.ask("catalog.show_product", id=7)
    assert (answer.status, answer.json) == (404, {"detail": "Product not found."})
    assert market.ask("catalog.show_product", id="seven").status == 404


def test_a_bad_token_is_refused_here_too(market: Market) -> None:
    market.product()
    assert market.ask("catalog.show_product", id=1, headers={"authorization": "Bearer nonsense"}).status == 401
