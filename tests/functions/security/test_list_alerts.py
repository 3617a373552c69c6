from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from kalit.kit.resources import Table
from tests.cloud import Answer, Cloud

from ..rows import change_ali, put, unchanged
from ..world import BEGINNING, followed_by, upset
from .happenings import NOON, alert_id, event, person, record

URL = "http://localhost:8000/api/v1/security/alerts/"


def page(aws: Cloud, token: str, **query: Any) -> Answer:
    return aws.http("security.list_alerts", token=token, query=query)


def numbers(aws: Cloud, token: str, **query: Any) -> list[int]:
    """The events of the alerts on a page; its count is right where all fit on it."""
    answer = page(aws, token, **query)
    assert answer.status == 200, answer.text
    told = answer.json
    assert told["count"] == len(told["results"]) or told["total_pages"] > 1
    return [UUID(each["event"]).int for each in told["results"]]


def grave(number: int, **other: Any) -> dict[str, Any]:
    return event(number, severity="HIGH", **other)


def resolve(aws: Cloud, token: str, number: int) -> None:
    assert aws.http("security.resolve_alert", {}, token=token, id=alert_id(number)).status == 200


@pytest.mark.parametrize("role", ["user", "admin"])
def test_before_anything_happens_the_page_is_empty(aws: Cloud, token: str, role: str) -> None:
    change_ali(aws, role=role)
    pages = {"next": None, "previous": None, "page_size": 20, "total_pages": 1, "current_page": 1}
    assert page(aws, token).json == {"count": 0, **pages, "results": []}


def test_an_alert_says_what_is_to_be_looked_at(aws: Cloud, admin: str) -> None:
    record(aws, event(1, event_type="TAMPER_DETECTED", severity="CRITICAL", description="Somebody tampers with it"))
    assert page(aws, admin).json["results"] == [
        {
            "id": alert_id(1),
            "event": str(UUID(int=1)),
            "device": person("door"),
            "device_name": "Дарвоза",
            "alert_type": "device_tamper",
            "severity": "CRITICAL",
            "status": "open",
            "description": "Somebody tampers with it",
            "notes": "",
            "created_at": NOON,
            "resolved_at": None,
            "resolved_by": None,
        }
    ]


@pytest.mark.parametrize("role", ["manager", "admin"])
def test_staff_see_all(aws: Cloud, token: str, ali: str, role: str) -> None:
    change_ali(aws, role=role)
    record(aws, grave(1), grave(2, user=None, owner=None, device=None), grave(3, owner=ali))
    assert numbers(aws, token) == [3, 2, 1]


def test_others_see_those_of_their_devices_and_of_their_account(aws: Cloud, token: str, ali: str) -> None:
    record(
        aws,
        grave(1),
        grave(2, owner=ali),
        grave(3, owner=ali, user=None),
        grave(4, owner=None, device=None, user=ali),
        grave(5, owner=None, device=None, user=None),
    )
    assert numbers(aws, token) == [4, 3, 2]


def test_who_did_it_to_somebody_elses_device_does_not_see_that_he_was_seen(aws: Cloud, token: str, ali: str) -> None:
    record(aws, grave(1, user=ali))
    assert numbers(aws, token) == []


@pytest.mark.parametrize("role", ["user", "admin"])
def test_the_list_is_filtered_by_status(aws: Cloud, token: str, ali: str, role: str) -> None:
    record(aws, *(grave(number, owner=ali) for number in (1, 2, 3, 4)))
    for number in (2, 4):
        resolve(aws, token, number)
    change_ali(aws, role=role)
    for status, found in [("open", [3, 1]), ("resolved", [4, 2]), ("", [4, 3, 2, 1])]:
        assert numbers(aws, token, status=status) == found


def test_what_is_no_status_is_refused(aws: Cloud, token: str) -> None:
    answer = page(aws, token, status="closed")
    assert (answer.status, answer.json["success"]) == (400, False)
    told = "Select a valid choice. closed is not one of the available choices."
    assert answer.json["error"]["fields"] == {"status": [told]}
    russian = aws.http(
        "security.list_alerts", token=token, query={"status": "closed"}, headers={"accept-language": "ru"}
    )
    assert "Выберите" in russian.text


@pytest.fixture
def many(aws: Cloud, token: str, ali: str) -> str:
    """Ali's token, after 12 alerts of his, every third resolved. The rows are put as they would lie there."""
    record(aws, grave(0, owner=ali))
    [row] = aws.rows(Table.SECURITY, "ALERT#")
    for number in range(12):
        created_at = (BEGINNING + timedelta(hours=number)).isoformat(timespec="milliseconds")[:-6] + "Z"
        told = {"event": str(UUID(int=number)), "created_at": created_at, "opened": f"{created_at}#{UUID(int=number)}"}
        status = "resolved" if number % 3 == 0 else "open"
        put(aws, Table.SECURITY, {**row, **told, "pk": f"ALERT#{alert_id(number)}", "status": status})
    [counts] = aws.rows(Table.SECURITY, "COUNTS#alerts")
    put(aws, Table.SECURITY, {**counts, "open": 8, "resolved": 4})
    return token


@pytest.mark.parametrize("role", ["user", "admin"])
@pytest.mark.parametrize("size", [5, 20])
def test_pages_follow_each_other_from_the_newest_to_the_oldest(aws: Cloud, many: str, role: str, size: int) -> None:
    change_ali(aws, role=role)
    pages = -(-12 // size)
    for number in range(1, pages + 1):
        told = page(aws, many, page=number, page_size=size).json
        first = 12 - (number - 1) * size
        found = [UUID(each["event"]).int for each in told["results"]]
        assert found == list(range(first - 1, max(first - size, 0) - 1, -1))
        assert (told["count"], told["total_pages"], told["current_page"]) == (12, pages, number)


@pytest.mark.parametrize("role", ["user", "admin"])
def test_pages_name_their_neighbours_with_the_filter(aws: Cloud, many: str, role: str) -> None:
    change_ali(aws, role=role)
    told = page(aws, many, status="resolved", page_size=3, page=2).json
    assert (told["count"], len(told["results"]), told["next"]) == (4, 1, None)
    assert told["previous"] == f"{URL}?status=resolved&page_size=3"


@pytest.mark.parametrize("role", ["user", "admin"])
@pytest.mark.parametrize("number", ["0", "2", "x"])
def test_a_page_that_is_not_there_is_not_found(aws: Cloud, many: str, role: str, number: str) -> None:
    change_ali(aws, role=role)
    answer = page(aws, many, page=number)
    assert (answer.status, answer.json) == (404, {"success": False, "error": {"message": "Invalid page.", "code": 404}})


@pytest.mark.parametrize(
    ("role", "query", "made"),
    [
        ("user", {}, ["Query", "BatchGetItem"]),
        ("user", {"status": "open"}, ["Query", "BatchGetItem"]),
        ("admin", {}, ["Query", "Query", "BatchGetItem"]),  # those of each status
        ("admin", {"status": "open"}, ["Query", "BatchGetItem"]),
        ("admin", {"page_size": "5"}, ["Query", "Query", "Query", "BatchGetItem"]),  # and the counts: there are more
    ],
)
def test_a_page_costs_a_few_calls(
    aws: Cloud, many: str, calls: list[str], role: str, query: dict[str, str], made: list[str]
) -> None:
    change_ali(aws, role=role)
    page(aws, many)
    calls.clear()
    page(aws, many, **query)
    assert calls == ["GetItem", *made]  # the first is the caller's account


@pytest.mark.parametrize("query", [{}, {"status": "open"}])
def test_an_alert_that_is_resolved_while_the_list_is_read_is_listed_at_most_once(
    aws: Cloud, admin: str, query: dict[str, str]
) -> None:
    record(aws, grave(1), grave(2))
    with upset("Query", followed_by(lambda: resolve(aws, admin, 2))):
        told = page(aws, admin, **query).json["results"]
    found = [(UUID(each["event"]).int, each["status"]) for each in told]
    assert found == ([(1, "open")] if query else [(2, "resolved"), (1, "open")])


def test_alerts_are_in_no_list_of_events(aws: Cloud, token: str, ali: str) -> None:
    record(aws, grave(1, owner=ali, user=ali))
    for role in ("user", "admin"):
        change_ali(aws, role=role)
        told = aws.http("security.list_events", token=token).json
        assert (told["count"], len(told["results"])) == (1, 1)


def test_nobody_in_particular_hears_401(aws: Cloud) -> None:
    assert page(aws, "").status == 401


def test_looking_changes_nothing(aws: Cloud, many: str) -> None:
    with unchanged(aws):
        page(aws, many)
