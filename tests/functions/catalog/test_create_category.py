import pytest

from ..rows import unchanged
from ..shop.market import Market


def test_a_category_has_a_slug_of_its_name(market: Market) -> None:
    answer = market.staff("create_category", {"name": "  Aqlli qulflar & more "})
    assert (answer.status, answer.json) == (
        201,
        {"id": 1, "name": "Aqlli qulflar & more", "slug": "aqlli-qulflar-more"},
    )
    assert market.ask("catalog.show_category", id=1).json == answer.json
    assert market.acts == ["category.create"]


def test_a_slug_is_taken_once_whatever_its_case(market: Market) -> None:
    market.category("Locks")
    with unchanged(market.aws):
        answer = market.staff("create_category", {"name": "Others", "slug": "LOCKS"})
    assert (answer.status, answer.json) == (400, {"slug": ["This value is already taken."]})


@pytest.mark.parametrize(
    "body", [{}, {"name": ""}, {"name": " "}, {"name": "x" * 256}, {"name": None}, {"name": "A", "slug": "a b"}]
)
def test_what_is_no_category_is_refused(market: Market, body: dict[str, str]) -> None:
    with unchanged(market.aws):
        assert market.staff("create_category", body).status == 400
