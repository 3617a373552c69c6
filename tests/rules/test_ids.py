"""Keys derived from what makes a thing unique."""

from datetime import UTC, datetime, timedelta
from uuid import RFC_4122

from kalit.kit.ids import derived, ordered


def test_the_same_parts_give_the_same_key() -> None:
    assert derived("once", "ali", "42") == derived("once", "ali", "42")


def test_other_parts_give_another_key() -> None:
    assert len({derived("a", "bc"), derived("ab", "c"), derived("abc"), derived("bc", "a")}) == 4


def test_an_ordered_id_sorts_by_its_time() -> None:
    begun = datetime(2026, 1, 5, 12, tzinfo=UTC)
    made = [ordered(begun + timedelta(milliseconds=n)) for n in range(50)]
    assert sorted(made, key=str) == made
    assert len({ordered(begun) for _ in range(100)}) == 100
    assert {(id.version, id.variant) for id in made} == {(7, RFC_4122)}
