from typing import Any
from uuid import UUID

import pytest

from kalit.kit.resources import Table
from tests.cloud import Answer, Cloud

from ..rows import change_ali, put
from .happenings import alert_id, event, record

URL = "http://localhost:8000/api/admin/alerts/"


def page(aws: Cloud, token: str, **query: Any) -> Answer:
    return aws.http("security.list_all_alerts", token=token, query=query)


@pytest.mark.parametrize("role", ["manager", "admin"])
def test_staff_see_all_alerts_the_newest_first(aws: Cloud, token: str, role: str) -> None:
    change_ali(aws, role=role)
    record(aws, *(event(number, severity="HIGH") for number in (1, 2, 3)))
    aws.http("security.resolve_alert", {}, token=token, id=alert_id(2))
    told = page(aws, token).json
    assert (told["count"], told["next"], told["previous"]) == (3, None, None)
    assert set(told) == {"count", "next", "previous", "results"}
    assert [(each["id"], each["status"]) for each in told["results"]] == [
        (alert_id(3), "open"),
        (alert_id(2), "resolved"),
        (alert_id(1), "open"),
    ]
    assert [each["id"] for each in page(aws, token, status="resolved").json["results"]] == [alert_id(2)]


def test_nobody_else_does(aws: Cloud, token: str) -> None:
    answer = page(aws, token)
    assert (answer.status, answer.json) == (403, {"detail": "You do not have permission to perform this action."})


def test_fifty_are_on_a_page(aws: Cloud, admin: str) -> None:
    record(aws, event(0, severity="HIGH"))
    [row] = aws.rows(Table.SECURITY, "ALERT#")
    for number in range(52):
        told = {"pk": f"ALERT#{alert_id(number)}", "event": str(UUID(int=number)), "opened": f"{number:03}"}
        put(aws, Table.SECURITY, {**row, **told})
    [counts] = aws.rows(Table.SECURITY, "COUNTS#alerts")
    put(aws, Table.SECURITY, {**counts, "open": 52})
    first, last = (page(aws, admin, page=number).json for number in (1, 2))
    assert (len(first["results"]), first["next"], first["count"]) == (50, f"{URL}?page=2", 52)
    assert [UUID(each["event"]).int for each in last["results"]] == [1, 0]
    assert page(aws, admin, page=3).json == {"detail": "Invalid page."}


def test_what_is_no_status_is_refused_in_the_dialect_of_the_path(aws: Cloud, admin: str) -> None:
    answer = page(aws, admin, status="new")
    told = "Select a valid choice. new is not one of the available choices."
    assert (answer.status, answer.json) == (400, {"status": [told]})


def test_a_page_costs_a_few_calls(aws: Cloud, admin: str, calls: list[str]) -> None:
    record(aws, event(1, severity="HIGH"))
    page(aws, admin)
    calls.clear()
    page(aws, admin)
    assert calls == ["GetItem", "Query", "Query", "BatchGetItem"]
