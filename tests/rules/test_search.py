"""How products are found: words, orders and bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalit.shop import search
from kalit.shop.search import Card, Place, lists, ordered, terms, wanted, words

NAMES = st.text(max_size=12)
CARDS = st.lists(
    st.builds(
        Card,
        id=st.integers(1, 50),
        category=st.integers(1, 3),
        created_at=st.sampled_from(["2026-01-05T12:00:00.000Z", "2026-01-06T12:00:00.000Z"]),
        name=NAMES,
        prices=st.lists(st.integers(1, 300), max_size=3).map(sorted),
    ),
    unique_by=lambda card: card.id,
    max_size=12,
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Smart LOCK", {"smart", "lock"}),
        ("LOCK-001/black", {"lock", "001", "black"}),
        ("Oʻzbek oʼzbek o'zbek o`zbek", {"ozbek"}),
        ("Ｑｕｌｆ", {"qulf"}),  # wide letters are the same letters
        ("Замок, дверь", {"замок", "дверь"}),
        ("snake_case", {"snake", "case"}),
        ("… !?", set()),
        ("x" * 100, {"x" * 60}),
    ],
)
def test_a_text_has_these_words(text: str, found: set[str]) -> None:
    assert words(text) == found


def test_a_word_that_begins_another_asks_for_nothing_more() -> None:
    assert wanted("lo lock smart") == ["smart", "lock"]
    assert wanted("LOCK lock") == ["lock"]


@given(NAMES, st.integers(1, 10**6))
def test_every_word_is_found_by_each_of_its_beginnings(name: str, id: int) -> None:
    for word in words(name):
        place = Place(*search.word_place(word, id))
        for end in range(1, len(word) + 1):
            assert search.initial(word[:end]) == place.pk
            assert place.sk.startswith(word[:end])


@given(CARDS, st.sampled_from(search.ORDERINGS))
def test_a_list_is_in_the_order_in_which_a_search_is_sorted(cards: list[Card], ordering: str) -> None:
    """Both ways that a list may be walked; what costs the same comes by id."""
    rows = {card.id: next(p for p in lists(card) if p.pk == search.listing("all", ordering)) for card in cards}
    walked = sorted(cards, key=lambda card: rows[card.id].sk)
    assert [card.id for card in walked] == [card.id for card in ordered(cards, ordering)]
    if ordering in ("name", "created_at"):
        assert [card.id for card in walked[::-1]] == [card.id for card in ordered(cards, f"-{ordering}")]
        assert search.walk(f"-{ordering}") == (ordering, False)


@given(CARDS)
def test_those_without_a_price_come_last_either_way(cards: list[Card]) -> None:
    for ordering in ("price", "-price"):
        told = [card.cheapest is None for card in ordered(cards, ordering)]
        assert told == sorted(told)


@pytest.mark.parametrize(
    ("prices", "least", "most", "costs"),
    [
        ([10_00, 20_00], 11_00, 19_00, False),
        ([10_00, 20_00], 10_00, 10_00, True),
        ([10_00, 20_00], None, 9_99, False),
        ([10_00, 20_00], 20_00, None, True),
        ([], None, None, True),
        ([], 0, None, False),
    ],
)
def test_one_price_must_be_within_both_bounds(
    prices: list[int], least: int | None, most: int | None, costs: bool
) -> None:
    card = Card(id=1, category=1, created_at="", name="", prices=prices)
    assert card.costs(least, most) is costs


def test_a_product_lies_below_its_words_and_its_prices_in_both_scopes() -> None:
    card = Card(id=7, category=3, created_at="", name="Kalit", prices=[500, 900])
    told = terms(card, {"kalit"})
    assert {place.pk for place in told} == {"WORD#k", "PRICE#all", "PRICE#3"}
    assert len(told) == 5
