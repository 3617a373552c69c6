from typing import Any

import pytest

from kalit.kit.resources import Table
from tests.cloud import Cloud

from ..rows import unchanged
from .office import Office

EXAMPLES = "0 9 * * MON-FRI, cron(0 9 ? * MON-FRI *), rate(5 minutes)."


def test_a_schedule_is_new_and_for_now_where_nothing_is_said(office: Office) -> None:
    answer = office.ask("create_schedule", {})
    assert answer.status == 201
    assert answer.json.pop("guid").count("-") == 4
    assert {name: value for name, value in answer.json.items() if name != "guid"} == {
        "id": 1,
        "created_time": "2026-01-05T12:00:00.000Z",
        "updated_time": "2026-01-05T12:00:00.000Z",
        "date": "2026-01-05T12:00:00.000Z",
        "status": None,
        "description": None,
        "expression": None,
        "zone": "Asia/Tashkent",
        "missed": "once",
        "next_run": None,
    }
    assert office.shown(1) == answer.json


@pytest.mark.parametrize("status", [None, False, True])
def test_a_status_is_kept_as_it_was_given(office: Office, status: bool | None) -> None:
    assert office.shown(office.schedule(status=status))["status"] is status


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2026-12-01T09:00:00", "2026-12-01T09:00:00.000Z"),
        ("2026-12-01T09:00:00Z", "2026-12-01T09:00:00.000Z"),
        ("2026-12-01T09:00:00+05:00", "2026-12-01T04:00:00.000Z"),
        ("2026-12-01", "2026-12-01T00:00:00.000Z"),
    ],
)
def test_a_date_without_a_zone_is_utc(office: Office, given: str, kept: str) -> None:
    assert office.shown(office.schedule(date=given))["date"] == kept


def test_an_expression_is_reckoned_in_its_zone(office: Office) -> None:
    told = office.shown(office.schedule(expression="0 9 * * *", zone="Europe/Berlin"))
    assert told["next_run"] == "2026-01-06T08:00:00.000Z"


def test_an_expression_of_spaces_is_none(office: Office) -> None:
    told = office.shown(office.schedule(expression="   "))
    assert (told["expression"], told["next_run"]) == (None, None)


@pytest.mark.parametrize(
    ("language", "reason"),
    [
        ("", "Neither cron nor rate: Bad minute. Such as: "),
        ("ru", "Это не cron и не rate: Bad minute. Например: "),
        ("uz", "Bu cron ham, rate ham emas: Bad minute. Masalan: "),
    ],
)
def test_an_expression_that_never_comes_is_refused_with_its_reason(
    aws: Cloud, office: Office, language: str, reason: str
) -> None:
    with unchanged(aws):
        answer = aws.http(
            "jobs.create_schedule",
            {"expression": "61 * * * *"},
            token=office.token,
            headers={"accept-language": language},
        )
    assert (answer.status, answer.json) == (400, {"expression": [reason + EXAMPLES]})


@pytest.mark.parametrize(
    ("language", "reason"),
    [
        ("", "No such time zone. Such as: "),
        ("ru", "Нет такого часового пояса. Например: "),
        ("uz", "Bunday vaqt mintaqasi yoʻq. Masalan: "),
    ],
)
def test_an_unknown_zone_is_refused_at_its_own_field(aws: Cloud, office: Office, language: str, reason: str) -> None:
    body = {"zone": "Mars/Base", "expression": "0 9 * * *"}
    answer = aws.http("jobs.create_schedule", body, token=office.token, headers={"accept-language": language})
    assert (answer.status, answer.json) == (400, {"zone": [f"{reason}Asia/Tashkent, Europe/Berlin, UTC."]})


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"date": "tomorrow"}, "date"),
        ({"date": "2026-13-01T00:00:00Z"}, "date"),
        ({"date": "0001-01-01T00:00:00+05:00"}, "date"),
        ({"date": "9999-12-31T23:59:59-05:00"}, "date"),
        ({"date": "9999-12-31T00:00:00Z", "expression": "0 0 1 1 *"}, "date"),
        ({"status": "maybe"}, "status"),
        ({"status": 2}, "status"),
        ({"description": "ў" * 2_001}, "description"),
        ({"description": ["a"]}, "description"),
        ({"expression": "0 0 * * * " + " " * 100 + "*"}, "expression"),
        ({"expression": 5}, "expression"),
        ({"expression": "0 0 30 2 *"}, "expression"),
        ({"missed": "twice"}, "missed"),
        ({"missed": None}, "missed"),
        ({"zone": None}, "zone"),
        ([], "non_field_errors"),
    ],
)
def test_what_is_no_schedule_is_refused_at_its_field(aws: Cloud, office: Office, body: Any, field: str) -> None:
    with unchanged(aws):
        answer = office.ask("create_schedule", body)
    assert (answer.status, list(answer.json)) == (400, [field])


def test_what_it_makes_itself_cannot_be_given(office: Office) -> None:
    body = {"id": 7, "guid": "x", "created_time": "2020-01-01T00:00:00Z", "next_run": "2020-01-01T00:00:00Z"}
    told = office.ask("create_schedule", body).json
    assert (told["id"], told["created_time"], told["next_run"]) == (1, "2026-01-05T12:00:00.000Z", None)


def test_who_made_it_stands_in_the_audit_log(aws: Cloud, office: Office) -> None:
    office.schedule(description="Ask the couriers")
    [entry] = aws.rows(Table.JOBS, "AUDIT#")
    assert '"schedule.create"' in entry["entry"]
    assert '"username":"ali"' in entry["entry"]
    assert "Ask the couriers" in entry["entry"]
