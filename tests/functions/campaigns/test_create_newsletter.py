"""Newsletters are campaigns in the words of the first apps: what they leave out has a meaning."""

from typing import Any

import pytest

from ..rows import unchanged
from .office import CLIENT, Office

TOLD = {
    "start_datetime": "2026-01-05T13:00:00Z",
    "end_datetime": "2026-01-06T12:00:00Z",
    "text_message": "New locks are here.",
    "client_filter": {"tags": ["vip"], "operator_codes": ["90"]},
}
EMPTY = ["Аудитория пуста, запуск невозможен."]


def test_a_newsletter_is_a_campaign_for_the_whole_day(office: Office) -> None:
    answer = office.ask("create_newsletter", TOLD)
    assert (answer.status, answer.json["status"]) == (201, "SCHEDULED")
    assert (answer.json["time_interval_start"], answer.json["time_interval_end"]) == ("00:00:00", "23:59:59")
    assert office.shown(answer.json["id"]) == answer.json
    assert office.ask("list").json["results"] == [answer.json]


def test_a_newsletter_reaches_its_clients(office: Office) -> None:
    office.client()
    id = office.ask("create_newsletter", TOLD).json["id"]
    office.pass_time(hours=1, seconds=5)
    assert office.outbox == [(CLIENT["phone_number"], "New locks are here.")]
    assert office.accounted(id) == {"sent": 1}


@pytest.mark.parametrize("told", [{}, {"tag": ""}, {"client_filter": {"operator_codes": ["90"]}}], ids=str)
def test_without_an_audience_it_is_a_draft_that_cannot_start(office: Office, told: dict[str, Any]) -> None:
    office.client()
    body = {name: value for name, value in TOLD.items() if name != "client_filter"} | told
    answer = office.ask("create_newsletter", body)
    assert (answer.status, answer.json["status"], answer.json["active_run"]) == (201, "DRAFT", None)
    with unchanged(office.aws):
        for _ in range(2):
            started = office.ask("start", id=answer.json["id"])
            assert (started.status, started.json) == (400, EMPTY)
    assert office.ask("stats", id=answer.json["id"]).json["total_messages"] == 0


def test_a_draft_that_is_told_its_audience_starts(office: Office) -> None:
    office.client()
    id = office.ask("create_newsletter", TOLD | {"client_filter": {}}).json["id"]
    office.move("update", id, body={"tag": "vip"})
    assert office.status(id) == "DRAFT"
    assert office.start(id) == office.shown(id)["active_run"]
    assert office.status(id) == "SCHEDULED"
    assert office.ask("start", id=id).status == 409
    office.pass_time(hours=1, seconds=5)
    assert office.accounted(id) == {"sent": 1}


def test_what_a_campaign_cannot_be_a_newsletter_cannot(office: Office) -> None:
    with unchanged(office.aws):
        answer = office.ask("create_newsletter", TOLD | {"end_datetime": "2026-01-05T13:00:00Z"})
        assert (answer.status, list(answer.json)) == (400, ["non_field_errors"])
        assert set(office.ask("create_newsletter", {}).json) == {"start_datetime", "end_datetime", "text_message"}


def test_the_same_again_under_a_key_is_the_same_newsletter(office: Office) -> None:
    first, again = (office.ask("create_newsletter", TOLD, key="k") for _ in range(2))
    assert (again.status, again.json, again.headers["Idempotent-Replayed"]) == (201, first.json, "true")
