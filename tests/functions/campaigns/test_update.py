"""What is told of a campaign anew holds for runs that have not begun; what is planned stays as it is."""

from typing import Any

import pytest

from ..rows import unchanged
from ..world import Killed, at_once, conflicting, killed_after, meanwhile, upset
from .office import CAMPAIGN, LATER, Office

NOBODY = {"non_field_errors": ["Аудитория не задана: укажите tag или phone_numbers в client_filter."]}
ENDS_FIRST = {"non_field_errors": ["Время окончания должно быть больше времени начала."]}


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ({"text_message": "Other."}, {"text_message": "Other."}),
        ({"start_datetime": "2026-01-05T14:00:00Z"}, {"start_datetime": "2026-01-05T14:00:00.000Z"}),
        ({"end_datetime": "2026-01-07T00:00:00Z"}, {"end_datetime": "2026-01-07T00:00:00.000Z"}),
        ({"time_interval_start": "10:00"}, {"time_interval_start": "10:00:00"}),
        ({"tag": "new"}, {"tag": "new"}),
        ({"client_filter": ["+998901234567"]}, None),
        ({"tag": "", "client_filter": {"tags": ["new"]}}, None),
        ({}, {}),
        ({"status": "FINISHED", "active_run": None, "id": 7}, {}),
    ],
    ids=str,
)
def test_what_is_left_out_stays(office: Office, told: dict[str, Any], shown: dict[str, Any] | None) -> None:
    id = office.campaign(**LATER)
    before = office.shown(id)
    answer = office.ask("update", told, id=id)
    assert answer.status == 200
    assert office.shown(id) == answer.json
    if shown is not None:
        assert answer.json == before | shown
    assert {name: answer.json[name] for name in before if name not in told} == {
        name: before[name] for name in before if name not in told
    } | {name: answer.json[name] for name in ("id", "status", "active_run") if name not in told}


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"end_datetime": "2026-01-05T13:00:00Z"}, ENDS_FIRST),
        ({"start_datetime": "2026-01-06T12:00:00Z"}, ENDS_FIRST),
        ({"tag": ""}, NOBODY),
        ({"tag": " ", "client_filter": {"operator_codes": ["90"]}}, NOBODY),
        ({"client_filter": None}, {"client_filter": ["This field may not be null."]}),
        ({"client_filter": 7}, {"client_filter": ["client_filter должен быть словарем или списком."]}),
        ({"text_message": ""}, {"text_message": ["This field may not be blank."]}),
        ({"start_datetime": None}, {"start_datetime": ["This field may not be null."]}),
    ],
    ids=str,
)
def test_what_a_campaign_cannot_become(office: Office, told: dict[str, Any], message: dict[str, Any]) -> None:
    id = office.campaign(**LATER)
    with unchanged(office.aws):
        answer = office.ask("update", told, id=id)
    assert (answer.status, answer.json) == (400, message)


def test_a_campaign_is_not_started_by_a_change(office: Office) -> None:
    office.client()
    id = office.campaign()
    office.run()
    run = office.shown(id)["active_run"]
    office.move("update", id, body={"text_message": "Other.", "start_datetime": "2026-01-05T11:00:00Z"})
    office.settle()
    assert (office.status(id), office.shown(id)["active_run"]) == ("FINISHED", run)
    assert len(office.outbox) == 1
    assert office.accounted(id) == {"sent": 1}


def test_what_is_planned_keeps_its_text_and_its_time(office: Office) -> None:
    office.client(timezone="Europe/London")
    id = office.campaign(time_interval_start="13:00", time_interval_end="18:00")
    office.run()
    office.move("update", id, body={"text_message": "Other.", "time_interval_start": "15:00", "tag": "new"})
    office.pass_time(hours=1, seconds=5)
    assert office.outbox == [("+998901234567", "New locks are here.")]
    assert office.message(id)["planned_send_at"] == "2026-01-05T13:00:00.000Z"
    assert office.message(id)["message_text"] == "New locks are here."


def test_a_run_that_waits_goes_by_what_is_told_last(office: Office) -> None:
    office.client()
    other = office.client(tag="new", phone_number="+998900000009")
    id = office.campaign(**LATER)
    office.run()
    office.move("update", id, body={"text_message": "Other.", "tag": "new"})
    office.pass_time(hours=1, seconds=5)
    assert office.outbox == [("+998900000009", "Other.")]
    assert office.told(id) == [(other, "SENT", None)]


@pytest.mark.parametrize(("start", "minutes"), [("2026-01-05T12:30:00Z", 30), ("2026-01-05T14:30:00Z", 150)])
def test_a_run_that_waits_starts_when_it_is_told_last(office: Office, start: str, minutes: int) -> None:
    office.client()
    id = office.campaign(**LATER)
    office.run()
    office.move("update", id, body={"start_datetime": start})
    office.run()
    office.pass_time(minutes=minutes - 1)
    assert (office.status(id), office.outbox) == ("SCHEDULED", [])
    office.pass_time(minutes=1, seconds=5)
    assert (office.status(id), len(office.outbox)) == ("FINISHED", 1)


def test_a_run_that_waits_begins_at_once_when_its_start_is_past_now(office: Office) -> None:
    office.client()
    id = office.campaign(**LATER)
    office.run()
    office.move("update", id, body={"start_datetime": "2026-01-05T11:00:00Z"})
    office.run()
    assert (office.status(id), len(office.outbox)) == ("FINISHED", 1)
    office.settle(80)
    assert office.accounted(id) == {"sent": 1}


def test_two_changes_at_once_both_stand(office: Office) -> None:
    id = office.campaign(**LATER)
    told = [{"tag": "new"}, {"text_message": "Other."}, {"time_interval_end": "20:00:00"}]
    answers = at_once([lambda one=one: office.ask("update", one, id=id) for one in told])  # type: ignore[misc]
    assert {answer.status for answer in answers} == {200}
    assert {**office.shown(id), **told[0], **told[1], **told[2]} == office.shown(id)


def test_who_deletes_it_meanwhile_wins(office: Office) -> None:
    id = office.campaign(**LATER)
    with upset("TransactWriteItems", meanwhile(lambda: office.move("delete", id))):
        assert office.ask("update", {"tag": "new"}, id=id).status == 404
    assert office.ask("list").json["count"] == 0


def test_who_meets_only_conflicts_is_asked_to_come_again(office: Office) -> None:
    id = office.campaign(**LATER)
    with unchanged(office.aws), upset("TransactWriteItems", conflicting, first=8):
        assert office.ask("update", {"tag": "new"}, id=id).status == 503


def test_who_dies_after_a_change_has_changed_it(office: Office) -> None:
    office.client()
    id = office.campaign(**LATER)
    office.run()
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        office.ask("update", {"start_datetime": "2026-01-05T12:10:00Z"}, id=id)
    office.pass_time(minutes=11)
    assert office.shown(id)["start_datetime"] == "2026-01-05T12:10:00.000Z"
    assert office.accounted(id) == {"sent": 1}


def test_staff_may_change_everybodys_which_stay_theirs(office: Office) -> None:
    id = office.campaign(**LATER)
    assert office.ask("update", {"tag": "new"}, id=id, by="manager").status == 200
    assert office.shown(id)["tag"] == "new"
    assert office.ask("update", CAMPAIGN, id=id, by="vali").status == 404
