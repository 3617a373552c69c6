from datetime import timedelta

import pytest

from tests.cloud import Answer, Cloud

from ..rows import change_ali, unchanged
from ..world import BEGINNING
from .happenings import event, record


def show(aws: Cloud, token: str) -> Answer:
    return aws.http("security.dashboard", token=token)


def test_before_anything_happens_all_is_nought(aws: Cloud, admin: str) -> None:
    summary = {"critical_events": 0, "high_events": 0, "failed_logins": 0, "tamper_attempts": 0}
    assert show(aws, admin).json == {"success": True, "data": {"summary": summary, "events_by_type": []}}


@pytest.mark.parametrize("role", ["manager", "admin"])
def test_staff_see_the_last_seven_days_in_figures(aws: Cloud, token: str, role: str) -> None:
    change_ali(aws, role=role)
    record(
        aws,
        event(1, event_type="TAMPER_DETECTED", severity="CRITICAL"),
        event(2, event_type="LOGIN_FAILED", severity="MEDIUM"),
        event(3, event_type="LOGIN_FAILED", severity="HIGH", created_at="2026-01-01T00:00:00Z"),
        event(4, event_type="LOGOUT", severity="LOW"),
        event(5, event_type="BRUTE_FORCE", severity="HIGH"),
    )
    summary = {"critical_events": 1, "high_events": 2, "failed_logins": 2, "tamper_attempts": 1}
    types = [("LOGIN_FAILED", 2), ("BRUTE_FORCE", 1), ("LOGOUT", 1), ("TAMPER_DETECTED", 1)]
    by_type = [{"event_type": type, "count": count} for type, count in types]
    assert show(aws, token).json == {"success": True, "data": {"summary": summary, "events_by_type": by_type}}


def test_seven_days_are_days_to_the_moment(aws: Cloud, admin: str) -> None:
    edge = BEGINNING - timedelta(days=7)
    moments = [edge - timedelta(milliseconds=1), edge, edge + timedelta(hours=1), edge - timedelta(days=1), BEGINNING]
    record(
        aws,
        *(event(place, severity="CRITICAL", created_at=moment.isoformat()) for place, moment in enumerate(moments)),
    )
    data = show(aws, admin).json["data"]
    assert (data["summary"]["critical_events"], data["events_by_type"]) == (
        3,
        [{"event_type": "UNLOCK_FAILED", "count": 3}],
    )


def test_types_of_which_nothing_is_left_are_not_told(aws: Cloud, admin: str) -> None:
    record(aws, event(1, created_at=(BEGINNING - timedelta(days=7, seconds=1)).isoformat()))
    assert show(aws, admin).json["data"]["events_by_type"] == []


def test_it_costs_a_query_and_one_for_each_place_of_the_first_day(aws: Cloud, admin: str, calls: list[str]) -> None:
    first = (BEGINNING - timedelta(days=7)).isoformat()
    record(aws, event(1), event(2, severity="HIGH", created_at=first), event(3, created_at=first))
    show(aws, admin)
    calls.clear()
    show(aws, admin)
    assert calls == ["GetItem", "Query", "Query", "Query"]


def test_nobody_else_does(aws: Cloud, token: str) -> None:
    answer = show(aws, token)
    told = {"message": "You do not have permission to perform this action.", "code": 403}
    assert (answer.status, answer.json) == (403, {"success": False, "error": told})
    assert show(aws, "").status == 401


def test_looking_changes_nothing(aws: Cloud, admin: str) -> None:
    record(aws, event(1))
    with unchanged(aws):
        show(aws, admin)
