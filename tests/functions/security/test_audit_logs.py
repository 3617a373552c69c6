import json
from typing import Any
from uuid import UUID

import pytest

from kalit.kit.audit import Entry
from kalit.kit.resources import Table
from kalit.security.chain import BEGINNING, Head, joined
from tests.cloud import Answer, Cloud

from ..rows import change_ali, put, unchanged
from ..world import Clock
from .deeds import chained, deed, head, links, remove

URL = "http://localhost:8000/api/v1/security/audit-logs/"


def page(aws: Cloud, token: str, **query: Any) -> Answer:
    return aws.http("security.audit_logs", token=token, query=query)


def listed(aws: Cloud, token: str, **query: Any) -> list[int]:
    """The numbers of the entries on a page."""
    answer = page(aws, token, **query)
    assert answer.status == 200, answer.text
    return [entry["number"] for entry in answer.json["results"]]


@pytest.fixture
def many(aws: Cloud, admin: str, clock: Clock) -> str:
    """An administrator's token, after 45 deeds. The rows are put as they would lie there, which is quicker."""
    newest = BEGINNING
    for number in range(1, 46):
        link = joined(Entry(**deed(number)), newest)
        row = {"pk": "AUDIT", "sk": link.place, "text": link.text, "previous": link.previous, "hash": link.hash}
        put(aws, Table.OPS, row)
        newest = Head(number, link.hash)
    put(aws, Table.OPS, {"pk": "AUDIT#HEAD", "sk": "HEAD", **newest._asdict(), "seal": ""})
    return admin


def test_a_log_without_entries_is_an_empty_page(aws: Cloud, admin: str) -> None:
    assert page(aws, admin).json == {
        "count": 0,
        "next": None,
        "previous": None,
        "page_size": 20,
        "total_pages": 1,
        "current_page": 1,
        "results": [],
    }


def test_an_entry_says_who_did_what_to_which_thing(aws: Cloud, admin: str, clock: Clock) -> None:
    chained(aws, deed(1))
    [entry] = page(aws, admin).json["results"]
    told = {key: value for key, value in deed(1).items() if key != "username"}
    more = {"number": 1, "success": True, "error_message": "", "hash": links(aws)[0]["hash"]}
    assert entry == {**told, **more}


def test_the_newest_come_first_twenty_to_a_page(aws: Cloud, many: str) -> None:
    assert listed(aws, many) == list(range(45, 25, -1))
    assert listed(aws, many, page=2) == list(range(25, 5, -1))
    assert listed(aws, many, page=3) == listed(aws, many, page="last") == [5, 4, 3, 2, 1]


def test_a_page_links_its_neighbours_and_keeps_its_size(aws: Cloud, many: str) -> None:
    told = page(aws, many, page_size=10, page=3).json
    del told["results"]
    assert told == {
        "count": 45,
        "next": f"{URL}?page_size=10&page=4",
        "previous": f"{URL}?page_size=10&page=2",
        "page_size": 10,
        "total_pages": 5,
        "current_page": 3,
    }


@pytest.mark.parametrize(("asked", "size"), [("1", 1), ("45", 45), ("46", 45), ("1000", 45), ("x", 20), ("0", 20)])
def test_a_page_is_as_large_as_it_is_asked_for(aws: Cloud, many: str, asked: str, size: int) -> None:
    assert listed(aws, many, page_size=asked) == list(range(45, 45 - size, -1))


@pytest.mark.parametrize("number", ["0", "4", "-1", "x", "99999999999"])
def test_a_page_that_is_not_there_is_not_found(aws: Cloud, many: str, number: str) -> None:
    answer = page(aws, many, page=number)
    assert (answer.status, answer.json) == (404, {"success": False, "error": {"message": "Invalid page.", "code": 404}})


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_page_costs_a_read_and_a_query_wherever_it_is(aws: Cloud, many: str, calls: list[str], number: int) -> None:
    page(aws, many)
    calls.clear()
    page(aws, many, page=number)
    assert calls == ["GetItem", "GetItem", "Query"]  # the first is the caller's account


def test_an_entry_that_was_spoilt_does_not_hide_the_others(aws: Cloud, admin: str, clock: Clock) -> None:
    chained(aws, *map(deed, range(1, 8)))
    rows = links(aws)
    unlike = [{"text": "not JSON"}, {"text": "[]"}, {"text": 7}, {"text": None}, {"text": json.dumps(deed(5))}]
    for row, other in zip(rows, unlike, strict=False):
        put(aws, Table.OPS, {**row, **other})
    put(aws, Table.OPS, {"pk": "AUDIT", "sk": "!", "text": rows[0]["text"]})
    remove(aws, rows[5])
    assert listed(aws, admin) == [7]


@pytest.mark.parametrize("number", [-7, "many", None])
def test_a_head_that_was_spoilt_leaves_an_empty_page(aws: Cloud, admin: str, clock: Clock, number: Any) -> None:
    chained(aws, deed(1))
    put(aws, Table.OPS, {**head(aws), "number": number})
    assert listed(aws, admin) == []


def test_an_entrys_id_is_that_of_the_deed(aws: Cloud, many: str) -> None:
    assert [UUID(entry["id"]).int for entry in page(aws, many, page_size=3).json["results"]] == [45, 44, 43]


@pytest.mark.parametrize("role", ["user", "manager"])
def test_the_log_is_for_administrators_alone(aws: Cloud, token: str, role: str) -> None:
    change_ali(aws, role=role)
    assert page(aws, token).status == 403


def test_nobody_in_particular_hears_401(aws: Cloud) -> None:
    assert page(aws, "").status == 401


def test_looking_changes_nothing(aws: Cloud, many: str) -> None:
    with unchanged(aws):
        page(aws, many)
