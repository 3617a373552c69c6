import pytest

from ..rows import unchanged
from ..shop.market import Market


def test_a_product_is_seen_at_once(market: Market) -> None:
    category = market.category("Locks")
    answer = market.staff("create_product", {"category": category, "name": "Kalit One", "description": "Opens."})
    told = {
        "id": 1,
        "category": category,
        "name": "Kalit One",
        "slug": "kalit-one",
        "description": "Opens.",
        "image": None,
    }
    assert (answer.status, answer.json) == (201, {**told, "variants": [], "created_at": "2026-01-05T12:00:00.000Z"})
    assert market.products() == ["Kalit One"]
    assert market.acts == ["category.create", "product.create"]


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"category": 7}, "category"),
        ({"category": "locks"}, "category"),
        ({"category": True}, "category"),
        ({"category": None}, "category"),
        ({"name": ""}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"description": "x" * 10_001}, "description"),
        ({"slug": "a/b"}, "slug"),
    ],
)
def test_what_is_no_product_is_refused(market: Market, told: dict[str, object], field: str) -> None:
    category = market.category()
    with unchanged(market.aws):
        answer = market.staff("create_product", {"category": category, "name": "Kalit One", **told})
    assert (answer.status, list(answer.json)) == (400, [field])
