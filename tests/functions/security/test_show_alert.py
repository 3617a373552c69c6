import pytest

from tests.cloud import Answer, Cloud

from ..rows import change_ali
from .happenings import alert_id, event, record


def show(aws: Cloud, token: str, id: str = "", language: str = "") -> Answer:
    return aws.http("security.show_alert", token=token, id=id or alert_id(1), headers={"accept-language": language})


@pytest.mark.parametrize("role", ["manager", "admin"])
def test_staff_see_anybodys_alert(aws: Cloud, token: str, role: str, calls: list[str]) -> None:
    change_ali(aws, role=role)
    record(aws, event(1, severity="HIGH"))
    show(aws, token)
    calls.clear()
    answer = show(aws, token)
    assert answer.status == 200
    assert answer.json == aws.http("security.list_alerts", token=token).json["results"][0]
    assert calls[:2] == ["GetItem", "GetItem"]


def test_nobody_else_does(aws: Cloud, token: str, ali: str) -> None:
    record(aws, event(1, severity="HIGH", owner=ali))
    assert show(aws, token).status == 403


@pytest.mark.parametrize("id", [alert_id(7), "7"])
def test_what_is_no_alert_is_not_found(aws: Cloud, admin: str, id: str) -> None:
    assert show(aws, admin, id).status == 404
    assert show(aws, admin, alert_id(7)).json == {"detail": "Alert not found."}
    assert show(aws, admin, alert_id(7), "uz").json == {"detail": "Ogohlantirish topilmadi."}
