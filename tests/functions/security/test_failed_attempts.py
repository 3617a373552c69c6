from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.cloud import Answer, Cloud

from ..rows import change_ali
from ..world import BEGINNING
from .happenings import NOON, event, person, record

TRIED = {"method": "pin", "attempted": "****", "reason": "Invalid PIN code"}


def page(aws: Cloud, token: str, **query: Any) -> Answer:
    return aws.http("security.failed_attempts", token=token, query=query)


def numbers(aws: Cloud, token: str, **query: Any) -> list[int]:
    answer = page(aws, token, **query)
    assert answer.status == 200, answer.text
    return [UUID(each["id"]).int for each in answer.json["results"]]


def tried(number: int, **other: Any) -> dict[str, Any]:
    return event(number, metadata=TRIED, **other)


def ago(**gone: float) -> str:
    return (BEGINNING - timedelta(**gone)).isoformat()


def test_an_attempt_says_what_was_tried_where_and_why_it_failed(aws: Cloud, admin: str) -> None:
    record(aws, tried(1))
    assert page(aws, admin).json["results"] == [
        {
            "id": str(UUID(int=1)),
            "device": person("door"),
            "device_name": "Дарвоза",
            "method": "pin",
            "attempted": "****",
            "reason": "Invalid PIN code",
            "ip_address": "203.0.113.7",
            "created_at": NOON,
        }
    ]


def test_one_of_which_less_is_known_is_listed_all_the_same(aws: Cloud, admin: str) -> None:
    record(aws, event(1, metadata={}, device=None))
    [told] = page(aws, admin).json["results"]
    assert (told["device"], told["method"], told["attempted"], told["reason"]) == (None, "", "", "")


@pytest.mark.parametrize(
    ("role", "found"),
    [("user", [3, 2]), ("manager", [3, 2, 1]), ("admin", [3, 2, 1])],
    ids=["user", "manager", "admin"],
)
def test_staff_see_all_and_others_those_at_their_devices(
    aws: Cloud, token: str, ali: str, role: str, found: list[int]
) -> None:
    change_ali(aws, role=role)
    record(aws, tried(1), tried(2, owner=ali), tried(3, owner=ali, user=None, severity="HIGH"))
    record(aws, event(4, owner=ali, event_type="UNLOCK_SUCCESS"), event(5, owner=ali, event_type="LOGIN_FAILED"))
    assert numbers(aws, token) == found


@pytest.mark.parametrize("role", ["user", "admin"])
def test_days_are_days_to_the_moment(aws: Cloud, token: str, ali: str, role: str) -> None:
    change_ali(aws, role=role)
    gone = [{"hours": 1}, {"days": 1}, {"days": 1, "seconds": 1}, {"days": 7}, {"days": 8}]
    record(aws, *(tried(number, owner=ali, created_at=ago(**each)) for number, each in enumerate(gone)))
    for query, found in [({"days": 1}, 2), ({}, 4), ({"days": 90}, 5)]:
        assert numbers(aws, token, **query) == list(range(found)), query


@pytest.mark.parametrize("role", ["user", "admin"])
def test_it_has_pages(aws: Cloud, token: str, ali: str, role: str) -> None:
    change_ali(aws, role=role)
    record(aws, *(tried(number, owner=ali) for number in range(5)))
    told = page(aws, token, page_size=2, page=2, days=3).json
    assert [UUID(each["id"]).int for each in told["results"]] == [2, 1]
    assert (told["count"], told["total_pages"], told["current_page"], told["page_size"]) == (5, 3, 2, 2)
    assert told["next"].endswith("?page_size=2&days=3&page=3")
    assert page(aws, token, page_size=2, page=4).status == 404


@pytest.mark.parametrize("days", ["0", "91", "week"])
def test_what_are_no_days_is_refused(aws: Cloud, token: str, days: str) -> None:
    answer = page(aws, token, days=days)
    assert (answer.status, set(answer.json["error"]["fields"])) == (400, {"days"})


@pytest.mark.parametrize(("role", "queries"), [("user", 2), ("admin", 2)])  # for staff the counts, and one place
def test_a_page_costs_a_few_calls(aws: Cloud, token: str, ali: str, calls: list[str], role: str, queries: int) -> None:
    change_ali(aws, role=role)
    record(aws, tried(1, owner=ali), tried(2, owner=ali))
    page(aws, token)
    calls.clear()
    page(aws, token)
    assert calls == ["GetItem", *["Query"] * queries, "BatchGetItem"]


def test_nobody_in_particular_hears_401(aws: Cloud) -> None:
    assert page(aws, "").status == 401
