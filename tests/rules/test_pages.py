"""Which page is meant, and the links to its neighbours."""

from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from kalit.kit.errors import InvalidPage
from kalit.kit.fields import read
from kalit.kit.pages import NEAR, Page, PageQuery, Part, part, part_of

URL = "http://localhost:8000/api/tasks/"


class Thing(BaseModel):
    id: int


def page(number: int, count: int, size: int = 10) -> Page[Thing]:
    first = (number - 1) * size
    return Page([Thing(id=id) for id in range(first, min(first + size, count))], count, number, size)


def number(text: str, count: int) -> int:
    return read(PageQuery, {"page": text}, source="query").number(count, 10)


def test_a_list_begins_with_its_first_page() -> None:
    assert read(PageQuery, {}, source="query").number(25, 10) == 1


@pytest.mark.parametrize(
    ("text", "count", "meant"),
    [
        ("", 25, 1),
        ("1", 0, 1),
        ("1", 25, 1),
        ("3", 25, 3),
        ("2", 20, 2),
        ("last", 0, 1),
        ("last", 10, 1),
        ("last", 11, 2),
        ("last", 25, 3),
        ("03", 25, 3),
    ],
)
def test_a_page_is_a_number_or_the_last(text: str, count: int, meant: int) -> None:
    assert number(text, count) == meant


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("0", 25),
        ("4", 25),
        ("3", 20),
        ("2", 0),
        ("-1", 25),
        ("1.0", 25),
        ("first", 25),
        ("LAST", 25),
        ("٣", 25),
        ("²", 25),
        ("9" * 5_000, 25),
    ],
    ids=lambda value: str(value)[:10],
)
def test_a_page_that_is_not_there_is_refused(text: str, count: int) -> None:
    with pytest.raises(InvalidPage):
        number(text, count)


class List:
    """A list of numbers, and what was read of it."""

    def __init__(self, length: int) -> None:
        self.things = list(range(length))
        self.read: list[str] = []

    def part(self, page: str, size: int = 10) -> Part[int]:
        return part(PageQuery(page=page), size, self.first, self.count)

    def first(self, most: int) -> list[int]:
        self.read.append(f"first {most}")
        return self.things[:most]

    def count(self) -> int:
        self.read.append("count")
        return len(self.things)


@pytest.mark.parametrize(
    ("length", "page", "read"),
    [
        (0, "1", ["first 11"]),
        (10, "1", ["first 11"]),
        (11, "1", ["first 11", "count"]),
        (11, "2", ["first 21"]),
        (11, "last", ["count", "first 20"]),
        (1_000, str(NEAR + 1), ["count", "first 1000"]),
    ],
)
def test_a_list_is_counted_where_it_does_not_end_with_the_page(length: int, page: str, read: list[str]) -> None:
    listed = List(length)
    listed.part(page)
    assert listed.read == read


@pytest.mark.parametrize("page", [str(NEAR + 1), "9" * 5_000])
def test_for_a_far_page_that_is_not_there_nothing_is_read_but_the_count(page: str) -> None:
    listed = List(NEAR * 10)
    with pytest.raises(InvalidPage):
        listed.part(page)
    assert listed.read == ["count"]


@pytest.mark.parametrize("page", ["0", "-1", "x", "²", "first"])
def test_for_what_is_no_page_nothing_is_read_of_the_list(page: str) -> None:
    listed = List(5)
    with pytest.raises(InvalidPage):
        listed.part(page)
    assert not [read for read in listed.read if read != "count"]


@given(st.integers(0, 60), st.integers(1, 12), st.integers(1, 12).map(str) | st.just("last") | st.just(""))
def test_a_part_is_the_same_whether_all_is_read_or_not(length: int, size: int, page: str) -> None:
    listed = List(length)
    try:
        whole = part_of(listed.things, PageQuery(page=page), size)
    except InvalidPage:
        with pytest.raises(InvalidPage):
            listed.part(page, size)
        return
    assert listed.part(page, size) == whole


def test_a_page_in_the_middle_links_both_neighbours() -> None:
    assert page(3, 45).body(URL, "page=3") == {
        "count": 45,
        "next": f"{URL}?page=4",
        "previous": f"{URL}?page=2",
        "results": [{"id": id} for id in range(20, 30)],
    }


@pytest.mark.parametrize(
    ("at", "count", "following", "previous"),
    [
        (1, 0, None, None),
        (1, 10, None, None),
        (1, 11, f"{URL}?page=2", None),
        (2, 11, None, URL),
        (2, 20, None, URL),
        (2, 21, f"{URL}?page=3", URL),
    ],
)
def test_there_is_no_link_past_either_end(at: int, count: int, following: str | None, previous: str | None) -> None:
    body = page(at, count).body(URL, f"page={at}")
    assert (body["next"], body["previous"]) == (following, previous)


def test_a_link_keeps_the_rest_of_the_query() -> None:
    body = page(2, 30).body(URL, "status=pending&page=2&q=a+b%26c")
    assert body["next"] == f"{URL}?status=pending&q=a+b%26c&page=3"
    assert body["previous"] == f"{URL}?status=pending&q=a+b%26c"


NAMES = st.text(min_size=1).filter(lambda name: name != "page")


@given(st.lists(st.tuples(NAMES, st.text(min_size=1))), st.integers(1, 40), st.integers(0, 400))
def test_following_a_link_asks_for_the_neighbour_and_nothing_else(
    others: list[tuple[str, str]], at: int, count: int
) -> None:
    body = page(at, count).body(URL, urlencode([*others, ("page", str(at))]))
    for link, neighbour in ((body["next"], at + 1), (body["previous"], at - 1)):
        if link is not None:
            asked = parse_qsl(urlsplit(link).query)
            assert asked == [*others, *([("page", str(neighbour))] if neighbour > 1 else [])]
            assert link.startswith(URL)


@given(st.integers(0, 400), st.integers(1, 50))
def test_the_links_lead_through_every_thing_once(count: int, size: int) -> None:
    seen: list[int] = []
    at: int | None = 1
    while at is not None:
        body = page(at, count, size).body(URL, f"page={at}")
        seen += [thing["id"] for thing in body["results"]]
        at = int(dict(parse_qsl(urlsplit(body["next"]).query))["page"]) if body["next"] else None
    assert seen == list(range(count))
