from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from kalit.kit.resources import Table
from tests.cloud import Answer, Cloud

from ..rows import change_ali, put, unchanged
from ..world import BEGINNING
from .happenings import NOON, event, person, record

URL = "http://localhost:8000/api/v1/security/events/"


def page(aws: Cloud, token: str, **query: Any) -> Answer:
    return aws.http("security.list_events", token=token, query=query)


def numbers(aws: Cloud, token: str, **query: Any) -> list[int]:
    """The events on a page; its count is right where all fit on it."""
    answer = page(aws, token, **query)
    assert answer.status == 200, answer.text
    told = answer.json
    assert told["count"] == len(told["results"]) or told["total_pages"] > 1
    return [UUID(each["id"]).int for each in told["results"]]


def ago(**gone: float) -> str:
    return (BEGINNING - timedelta(**gone)).isoformat()


def test_before_anything_happens_the_page_is_empty(aws: Cloud, token: str) -> None:
    empty = {
        "count": 0,
        "next": None,
        "previous": None,
        "page_size": 20,
        "total_pages": 1,
        "current_page": 1,
        "results": [],
    }
    assert page(aws, token).json == empty
    change_ali(aws, role="admin")
    assert page(aws, token).json == empty


def test_an_event_says_who_did_what_where(aws: Cloud, admin: str) -> None:
    record(aws, event(1))
    told = {name: value for name, value in event(1).items() if name != "owner"}
    assert page(aws, admin).json["results"] == [{**told, "resolved": False, "resolved_at": None}]


def test_what_a_stranger_did_is_nobodys(aws: Cloud, admin: str) -> None:
    record(aws, {"id": str(UUID(int=1)), "event_type": "LOGIN_FAILED", "severity": "LOW", "created_at": NOON})
    [told] = page(aws, admin).json["results"]
    assert (told["user"], told["device"], told["device_name"], told["metadata"]) == (None, None, "", {})


@pytest.mark.parametrize("role", ["manager", "admin"])
def test_staff_see_all(aws: Cloud, token: str, ali: str, role: str) -> None:
    change_ali(aws, role=role)
    record(aws, event(1), event(2, user=None, owner=None), event(3, user=ali))
    assert numbers(aws, token) == [3, 2, 1]


def test_others_see_what_they_did_and_what_their_devices_met(aws: Cloud, token: str, ali: str) -> None:
    record(
        aws,
        event(1),
        event(2, user=ali, created_at=ago(hours=1)),
        event(3, owner=ali, created_at=ago(hours=2)),
        event(4, user=None, owner=ali, created_at=ago(hours=3)),
        event(5, user=ali, owner=ali, created_at=ago(hours=4)),
        event(6, user=None, owner=None),
    )
    assert numbers(aws, token) == [2, 3, 4, 5]


FILTERS: list[tuple[dict[str, str], list[int]]] = [
    ({"severity": "HIGH"}, [4, 2]),
    ({"severity": "CRITICAL"}, []),
    ({"event_type": "LOGOUT"}, [3, 2]),
    ({"event_type": "LOGOUT", "severity": "HIGH"}, [2]),
    ({"event_type": "LOGOUT", "severity": "LOW"}, []),
    ({"event_type": "", "severity": ""}, [4, 3, 2, 1]),
]


@pytest.mark.parametrize("role", ["user", "admin"])
@pytest.mark.parametrize(("query", "found"), FILTERS)
def test_the_list_is_filtered_by_type_and_severity(
    aws: Cloud, token: str, ali: str, role: str, query: dict[str, str], found: list[int]
) -> None:
    change_ali(aws, role=role)
    record(
        aws,
        event(1, user=ali, created_at=ago(hours=3)),
        event(2, user=ali, created_at=ago(days=1), event_type="LOGOUT", severity="HIGH"),
        event(3, owner=ali, created_at=ago(hours=1), event_type="LOGOUT"),
        event(4, owner=ali, severity="HIGH"),
    )
    assert sorted(numbers(aws, token, **query)) == sorted(found)


@pytest.mark.parametrize("role", ["user", "admin"])
def test_days_are_days_to_the_moment(aws: Cloud, token: str, ali: str, role: str) -> None:
    change_ali(aws, role=role)
    gone = [{"hours": 1}, {"days": 1}, {"days": 1, "seconds": 1}, {"days": 7}, {"days": 8}, {"days": 90}, {"days": 91}]
    record(aws, *(event(number, user=ali, created_at=ago(**each)) for number, each in enumerate(gone)))
    for query, found in [({"days": 1}, 2), ({}, 4), ({"days": 7}, 4), ({"days": 8}, 5), ({"days": 90}, 6)]:
        assert numbers(aws, token, **query) == list(range(found)), query


@pytest.mark.parametrize("role", ["user", "admin"])
@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("severity", "zzz", "Select a valid choice. zzz is not one of the available choices."),
        ("severity", "high", "Select a valid choice. high is not one of the available choices."),
        ("event_type", "zzz", "Select a valid choice. zzz is not one of the available choices."),
        ("days", "0", "Ensure this value is greater than or equal to 1."),
        ("days", "91", "Ensure this value is less than or equal to 90."),
        ("days", "week", "A valid integer is required."),
    ],
)
def test_what_is_no_choice_is_refused(aws: Cloud, token: str, role: str, field: str, value: str, said: str) -> None:
    change_ali(aws, role=role)
    answer = page(aws, token, **{field: value})
    assert (answer.status, answer.json["success"]) == (400, False)
    assert answer.json["error"]["fields"] == {field: [said]}


@pytest.fixture
def many(aws: Cloud, token: str, ali: str) -> str:
    """Ali's token, after 45 events in four days, of different types. The rows are put as they would lie there."""
    kinds = ["LOGIN_SUCCESS", "LOGOUT", "LOGIN_FAILED"]
    for number in range(45):
        created_at = (BEGINNING - timedelta(hours=2 * (45 - number))).isoformat(timespec="milliseconds")[:-6] + "Z"
        kind = kinds[number % 3]
        place, id = f"{created_at[:10]}#{kind}#LOW", UUID(int=number)
        told = event(number, user=ali, event_type=kind, severity="LOW", created_at=created_at, metadata="{}")
        del told["id"]
        row = {"pk": f"EVENT#{id}", "sk": "EVENT", **told, "place": place, "moment": f"{created_at}#{id}"}
        put(aws, Table.SECURITY, {**row, "resolved": False})
        aws.table(Table.SECURITY).update_item(
            Key={"pk": "COUNTS#events", "sk": f"{place}#{number % 4}"},
            UpdateExpression="ADD #number :one",
            ExpressionAttributeNames={"#number": "number"},
            ExpressionAttributeValues={":one": 1},
        )
    return token


@pytest.mark.parametrize("role", ["user", "admin"])
@pytest.mark.parametrize("size", [1, 7, 20, 100])
def test_pages_follow_each_other_from_the_newest_to_the_oldest(aws: Cloud, many: str, role: str, size: int) -> None:
    change_ali(aws, role=role)
    pages = -(-45 // size)
    some = range(1, pages + 1) if pages < 10 else (1, 2, 10, 11, 12, 13, 44, 45)
    for number in some:
        told = page(aws, many, page=number, page_size=size).json
        first = 45 - (number - 1) * size
        assert [UUID(each["id"]).int for each in told["results"]] == list(
            range(first - 1, max(first - size, 0) - 1, -1)
        )
        assert (told["count"], told["total_pages"], told["current_page"]) == (45, pages, number)


@pytest.mark.parametrize("role", ["user", "admin"])
def test_pages_name_their_neighbours_with_the_filters(aws: Cloud, many: str, role: str) -> None:
    change_ali(aws, role=role)
    told = page(aws, many, event_type="LOGOUT", page_size=10, page=2).json
    assert (told["count"], len(told["results"]), told["next"]) == (15, 5, None)
    assert told["previous"] == f"{URL}?event_type=LOGOUT&page_size=10"
    assert page(aws, many, event_type="LOGOUT", page_size=10, page="last").json["results"] == told["results"]


@pytest.mark.parametrize("role", ["user", "admin"])
@pytest.mark.parametrize("number", ["0", "4", "x"])
def test_a_page_that_is_not_there_is_not_found(aws: Cloud, many: str, role: str, number: str) -> None:
    change_ali(aws, role=role)
    answer = page(aws, many, page=number)
    assert (answer.status, answer.json) == (404, {"success": False, "error": {"message": "Invalid page.", "code": 404}})


def test_a_page_of_ones_own_costs_two_queries_and_a_batch(aws: Cloud, many: str, calls: list[str]) -> None:
    page(aws, many)
    calls.clear()
    page(aws, many, page=2)
    assert calls == ["GetItem", "Query", "Query", "BatchGetItem"]  # the first is the caller's account


@pytest.mark.parametrize(
    ("query", "queries"),
    [
        ({"page_size": 5}, 1 + 3),  # the counts, and the three types of one day
        ({"page_size": 5, "event_type": "LOGOUT"}, 1 + 2),  # one type, on two days
        ({"page_size": 5, "page": 3}, 1 + 3),
        ({"page_size": 5, "days": 3}, 1 + 3 + 3),  # the first day is not asked for whole, and counted
    ],
)
def test_a_page_of_all_costs_a_query_for_each_place_that_it_lies_in(
    aws: Cloud, many: str, calls: list[str], query: dict[str, Any], queries: int
) -> None:
    change_ali(aws, role="manager")
    page(aws, many)
    calls.clear()
    page(aws, many, **query)
    assert calls == ["GetItem", *["Query"] * queries, "BatchGetItem"]


def test_a_count_that_is_ahead_of_the_index_names_nothing_that_is_not_there(aws: Cloud, admin: str) -> None:
    """Counts and indexes may be a moment apart."""
    record(aws, event(1), event(2))
    row = aws.rows(Table.SECURITY, "COUNTS#")[0]
    put(aws, Table.SECURITY, {**row, "number": int(row["number"]) + 1})
    assert [UUID(each["id"]).int for each in page(aws, admin).json["results"]] == [2, 1]


def test_somebody_elses_events_are_not_seen(aws: Cloud, token: str) -> None:
    record(aws, event(1, user=person("vali")), event(2, user=None, owner=person("vali")))
    assert numbers(aws, token) == []


def test_nobody_in_particular_hears_401(aws: Cloud) -> None:
    assert page(aws, "").status == 401


def test_looking_changes_nothing(aws: Cloud, many: str) -> None:
    with unchanged(aws):
        page(aws, many)
