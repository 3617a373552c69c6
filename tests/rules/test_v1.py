"""Pages in a size of one's own, as the lock service writes them."""

import pytest
from pydantic import BaseModel

from kalit.kit.fields import read
from kalit.kit.v1 import Paged, PagedQuery

URL = "http://localhost:8000/api/v1/security/audit-logs/"


class Thing(BaseModel):
    id: int


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        ("20", 20),
        ("1", 1),
        ("100", 100),
        ("101", 100),
        ("9" * 20, 100),
        (5, 5),
        (" 7 ", 7),
        ("0", 20),
        ("-1", 20),
        ("1.5", 20),
        ("x", 20),
        ("", 20),
        ("9" * 5_000, 20),
    ],
    ids=lambda value: str(value)[:10],
)
def test_a_size_too_large_is_the_largest_and_what_is_no_size_the_usual(asked: object, size: int) -> None:
    assert read(PagedQuery, {"page_size": asked}, source="query").size == size


def test_a_page_is_of_twenty_where_nobody_asks() -> None:
    assert read(PagedQuery, {}, source="query").size == 20


def test_a_page_tells_its_size_and_its_place() -> None:
    body = Paged([Thing(id=3), Thing(id=4)], count=5, number=2, size=2).body(URL, "page_size=2&page=2")
    assert body == {
        "count": 5,
        "next": f"{URL}?page_size=2&page=3",
        "previous": f"{URL}?page_size=2",
        "page_size": 2,
        "total_pages": 3,
        "current_page": 2,
        "results": [{"id": 3}, {"id": 4}],
    }
    assert list(body) == ["count", "next", "previous", "page_size", "total_pages", "current_page", "results"]


def test_a_list_without_things_has_one_page() -> None:
    body = Paged[Thing]([], count=0, number=1, size=20).body(URL, "")
    assert (body["total_pages"], body["current_page"], body["results"]) == (1, 1, [])
