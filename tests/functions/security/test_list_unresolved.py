import pytest

from tests.cloud import Answer, Cloud

from ..rows import change_ali
from .happenings import alert_id, event, record

URL = "http://localhost:8000/api/v1/security/alerts/unresolved/"


def page(aws: Cloud, token: str, **query: object) -> Answer:
    return aws.http("security.list_unresolved", token=token, query=query)


@pytest.fixture
def some(aws: Cloud, token: str, ali: str) -> str:
    """Ali's token, after four alerts of his, of which one is resolved, and one of somebody else's."""
    record(aws, *(event(number, severity="HIGH", owner=ali) for number in (1, 2, 3, 4)), event(5, severity="HIGH"))
    assert aws.http("security.resolve_alert", {}, token=token, id=alert_id(3)).status == 200
    return token


@pytest.mark.parametrize(("role", "found"), [("user", [4, 2, 1]), ("manager", [5, 4, 2, 1]), ("admin", [5, 4, 2, 1])])
def test_what_nobody_has_resolved_is_listed(aws: Cloud, some: str, role: str, found: list[int]) -> None:
    change_ali(aws, role=role)
    told = page(aws, some).json
    assert [each["id"] for each in told["results"]] == [alert_id(number) for number in found]
    assert (told["count"], {each["status"] for each in told["results"]}) == (len(found), {"open"})


def test_nothing_else_can_be_asked_of_it(aws: Cloud, some: str) -> None:
    assert page(aws, some, status="resolved").json["count"] == 3


@pytest.mark.parametrize("role", ["user", "admin"])
def test_it_has_pages(aws: Cloud, some: str, role: str) -> None:
    change_ali(aws, role=role)
    told = page(aws, some, page_size=2, page=2).json
    assert (told["total_pages"], told["previous"], told["next"]) == (2, f"{URL}?page_size=2", None)
    assert page(aws, some, page_size=2, page="last").json == told
    assert page(aws, some, page_size=2, page=3).status == 404


def test_nobody_in_particular_hears_401(aws: Cloud) -> None:
    assert page(aws, "").status == 401
