"""Keys derived from what makes a thing unique."""

from kalit.kit.ids import derived


def test_the_same_parts_give_the_same_key() -> None:
    assert derived("once", "ali", "42") == derived("once", "ali", "42")


def test_other_parts_give_another_key() -> None:
    assert len({derived("a", "bc"), derived("ab", "c"), derived("abc"), derived("bc", "a")}) == 4
