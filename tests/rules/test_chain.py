"""The audit log's chain: one that nobody touched is intact, and whatever is done to one is found."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalit.kit.audit import Entry
from kalit.security.chain import (
    BEGINNING,
    MOST_PROBLEMS,
    End,
    Head,
    Link,
    Numbered,
    Report,
    check,
    digest,
    joined,
    number_of,
    place,
)

Links = list[Link]


def entry(number: int, **other: Any) -> Entry:
    told = {
        "id": UUID(int=number),
        "user": UUID(int=1),
        "user_email": "admin@example.com",
        "username": "admin",
        "action": "user.update",
        "resource_type": "user",
        "resource_id": str(number),
        "ip_address": "203.0.113.7",
        "request_id": "r",
        "details": {"before": {"name": "Ўткир"}, "after": None},
        "created_at": "2026-01-05T12:00:00.000Z",
    }
    return Entry(**{**told, **other})


def chain(count: int) -> tuple[Links, End]:
    """A chain of entries, and its end."""
    links, head = [], BEGINNING
    for number in range(1, count + 1):
        links.append(joined(entry(number), head))
        head = Head(number, links[-1].hash)
    return links, End(head)


def rehashed(links: Sequence[Link]) -> Links:
    """The links as somebody without the key can make them fit again: each in its place, and behind the one before."""
    made, head = [], BEGINNING
    for link in links:
        made.append(joined(Entry.model_validate_json(link.text), head))
        head = Head(head.number + 1, made[-1].hash)
    return made


def found(links: Sequence[Link], end: End, after: int = 0) -> list[tuple[int, str]]:
    """Number and kind of each problem."""
    return [(told.number, told.problem.value) for told in check(links, end, after).problems]


CHAINS = st.integers(1, 12).map(chain)


@st.composite
def chains_with(draw: st.DrawFn, least: int = 1, places: int = 1) -> tuple[Links, End, list[int]]:
    """A chain, and the indices of some of its links."""
    links, end = chain(draw(st.integers(least, 12)))
    chosen = draw(st.lists(st.integers(0, len(links) - 1), min_size=places, max_size=places, unique=True))
    return links, end, chosen


def test_a_chain_without_entries_is_intact() -> None:
    assert check([], End(BEGINNING)) == Report(intact=True, checked=0, problems=[], next=None)


@given(CHAINS)
def test_a_chain_that_nobody_touched_is_intact(made: tuple[Links, End]) -> None:
    links, end = made
    assert check(links, end) == Report(intact=True, checked=len(links), problems=[], next=None)


def test_an_entry_is_hashed_with_its_number_and_the_hash_before() -> None:
    [first, second], end = chain(2)
    assert (first.place, second.place) == ("000000000001", "000000000002")
    assert (first.previous, second.previous) == ("0" * 64, first.hash)
    assert second.hash == digest(first.hash, second.text) == end.head.hash
    assert Numbered.model_validate_json(second.text) == Numbered(number=2, **entry(2).model_dump())
    assert second.text.startswith('{"action":"user.update","created_at":')


def test_the_order_of_an_entrys_keys_does_not_matter() -> None:
    one, other = (entry(1, details=dict(details)) for details in ([("a", 1), ("b", 2)], [("b", 2), ("a", 1)]))
    assert joined(one, BEGINNING) == joined(other, BEGINNING)


@given(chains_with(), st.sampled_from(["text", "previous", "hash"]), st.data())
def test_any_changed_letter_is_found(made: tuple[Links, End, list[int]], column: str, data: st.DataObject) -> None:
    links, end, [at] = made
    was = getattr(links[at], column)
    letter = data.draw(st.integers(0, len(was) - 1))
    now = data.draw(st.characters(codec="utf-8").filter(lambda it: it != was[letter]))
    links[at] = links[at]._replace(**{column: was[:letter] + now + was[letter + 1 :]})
    assert any(number == at + 1 for number, _ in found(links, end))


@given(chains_with(), st.sampled_from(["text", "previous", "hash"]), st.text())
def test_any_other_content_is_found(made: tuple[Links, End, list[int]], column: str, content: str) -> None:
    links, end, [at] = made
    if content != getattr(links[at], column):
        links[at] = links[at]._replace(**{column: content})
        assert not check(links, end).intact


@given(chains_with(), st.sampled_from(["[]", "7", "null", "not JSON", '{"number": true}', '{"number": 1.0}', "{}"]))
def test_what_is_no_entry_is_found_though_it_has_a_hash_of_its_own(
    made: tuple[Links, End, list[int]], text: str
) -> None:
    links, end, [at] = made
    links[at] = links[at]._replace(text=text, hash=digest(links[at].previous, text))
    assert (at + 1, "changed") in found(links, end)


@given(chains_with())
def test_a_missing_entry_is_found(made: tuple[Links, End, list[int]]) -> None:
    links, end, [at] = made
    del links[at]
    assert found(links, end) == [(at + 1, "missing")]


@given(chains_with(least=2, places=2))
def test_two_that_changed_places_are_found(made: tuple[Links, End, list[int]]) -> None:
    links, end, [one, other] = made
    links[one], links[other] = (
        links[other]._replace(place=links[one].place),
        links[one]._replace(place=links[other].place),
    )
    assert found(links, end) == [(number + 1, "swapped") for number in sorted([one, other])]


@given(chains_with(least=2, places=2))
def test_an_entry_in_the_place_of_another_is_found(made: tuple[Links, End, list[int]]) -> None:
    links, end, [one, other] = made
    links[one] = links[other]._replace(place=links[one].place)
    assert found(links, end) == [(one + 1, "misplaced")]


@given(chains_with())
def test_an_entry_that_is_put_in_between_is_found(made: tuple[Links, End, list[int]]) -> None:
    links, end, [at] = made
    later = [link._replace(place=place(number)) for number, link in enumerate(links[at:], at + 2)]
    added = joined(entry(99), Head(at, links[at].previous))
    assert not check([*links[:at], added, *later], end).intact


@given(chains_with(), st.sampled_from(["x", " ", "0", "٣"]))
def test_a_row_in_no_place_is_found(made: tuple[Links, End, list[int]], more: str) -> None:
    links, end, [at] = made
    links.insert(at + 1, links[at]._replace(place=links[at].place + more))
    assert found(links, end) == [(at + 1, "added")]


@given(chains_with(), st.integers(1, 5))
def test_rows_behind_the_head_are_found(made: tuple[Links, End, list[int]], more: int) -> None:
    links, end, _ = made
    numbers = range(len(links) + 1, len(links) + 1 + more)
    assert found(links, end._replace(beyond=[place(n) for n in numbers])) == [(n, "added") for n in numbers]


@given(chains_with())
def test_a_tail_that_is_cut_off_is_found(made: tuple[Links, End, list[int]]) -> None:
    links, end, [at] = made
    told = check(links[:at], end)
    [problem] = told.problems
    assert (problem.number, problem.problem, told.checked) == (at + 1, "missing", at)


@given(chains_with(), st.data())
def test_a_tail_that_is_written_anew_is_found_by_the_head(
    made: tuple[Links, End, list[int]], data: st.DataObject
) -> None:
    links, end, [at] = made
    other = entry(at + 1, action=data.draw(st.text().filter(lambda text: text != "user.update")))
    links[at] = links[at]._replace(text=Numbered(number=at + 1, **other.model_dump()).text)
    assert found(rehashed(links), end) == [(len(links), "unlinked")]


@given(chains_with(least=2))
def test_an_entry_that_is_written_anew_alone_does_not_lead_to_the_next(made: tuple[Links, End, list[int]]) -> None:
    links, end, [at] = made
    links[at] = joined(entry(99), Head(at, links[at].previous))
    assert found(links, end) == [(min(at + 2, len(links)), "unlinked")]


@given(CHAINS, st.integers(-20, 20).filter(bool))
def test_a_head_with_another_number_is_found(made: tuple[Links, End], off: int) -> None:
    links, end = made
    head = Head(end.head.number + off, end.head.hash)
    walked = [link for link in links if link.place <= place(head.number)]
    beyond = [link.place for link in links if link.place > place(head.number)]
    assert not check(walked, End(head, beyond=beyond)).intact


@given(CHAINS, st.text())
def test_a_head_with_another_hash_is_found(made: tuple[Links, End], hash: str) -> None:
    links, end = made
    if hash != end.head.hash:
        assert found(links, End(Head(len(links), hash))) == [(len(links), "unlinked")]


@given(CHAINS)
def test_a_head_without_its_seal_is_found(made: tuple[Links, End]) -> None:
    links, end = made
    assert found(links, end._replace(sealed=False)) == [(len(links), "unsealed")]


def in_parts(links: Links, end: End, most: int) -> list[Report]:
    """The reports of all parts, each of which is given what the table would give."""
    reports, after = [], 0
    while True:
        given = [link for link in links if not after or link.place >= place(after)]
        reports.append(check(given, end, after, most))
        if reports[-1].next is None:
            return reports
        assert reports[-1].next > after
        after = reports[-1].next


@given(CHAINS, st.integers(1, 13))
def test_the_parts_of_a_chain_are_the_whole(made: tuple[Links, End], most: int) -> None:
    links, end = made
    reports = in_parts(links, end, most)
    assert all(report.intact for report in reports)
    assert sum(report.checked for report in reports) == len(links)
    assert len(reports) == -(-len(links) // most)


def _changed(links: Links, at: int) -> None:
    links[at] = links[at]._replace(text=links[at].text.replace("user.update", "user.delete"))


def _anew(links: Links, at: int) -> None:
    links[at] = joined(entry(99), Head(at, links[at].previous))


def _gone(links: Links, at: int) -> None:
    del links[at]


def _stray(links: Links, at: int) -> None:
    links.insert(at + 1, links[at]._replace(place=links[at].place + "x"))


@given(chains_with(), st.integers(1, 13), st.sampled_from([_changed, _anew, _gone, _stray]))
def test_what_was_done_is_found_in_one_part_or_another(
    made: tuple[Links, End, list[int]], most: int, deed: Callable[[Links, int], None]
) -> None:
    links, end, [at] = made
    deed(links, at)
    assert not all(report.intact for report in in_parts(links, end, most))


@given(chains_with(), st.integers(1, 4))
def test_where_the_entry_before_a_part_is_gone_the_part_is_checked_all_the_same(
    made: tuple[Links, End, list[int]], cut: int
) -> None:
    links, end, [at] = made
    later = [link for link in links if link.place > place(at + 1)]
    assert check(later, end, at + 1) == Report(intact=True, checked=len(later), problems=[], next=None)


def test_behind_the_end_there_is_nothing_to_check() -> None:
    _, end = chain(3)
    assert check([], end, 7) == Report(intact=True, checked=0, problems=[], next=None)


def test_a_part_ends_when_it_has_told_enough() -> None:
    links, end = chain(2 * MOST_PROBLEMS + 5)
    spoilt = [link._replace(text="") for link in links]
    reports = in_parts(spoilt, end, most=10**6)
    assert [len(report.problems) for report in reports] == [MOST_PROBLEMS, MOST_PROBLEMS, 5]
    assert [told.number for report in reports for told in report.problems] == list(range(1, len(links) + 1))


def test_many_strays_neither_fill_the_answer_nor_stop_the_check() -> None:
    links, end = chain(3)
    strays = [links[0]._replace(place=f"{links[0].place}{letter}") for letter in range(3 * MOST_PROBLEMS)]
    reports = in_parts([links[0], *sorted(strays), *links[1:]], end, most=10**6)
    assert [(len(report.problems), report.checked) for report in reports] == [(MOST_PROBLEMS, 1)] * 2 + [(0, 1)]


@pytest.mark.parametrize("text", ["", "1", "0" * 12, "00000000000x", "0000000000001", "00000000000²", "-00000000001"])
def test_what_is_no_place_has_no_number(text: str) -> None:
    assert number_of(text) is None


@given(st.integers(1, 10**12 - 1), st.integers(1, 10**12 - 1))
def test_places_sort_as_numbers_do(one: int, other: int) -> None:
    assert number_of(place(one)) == one
    assert (place(one) < place(other)) == (one < other)
