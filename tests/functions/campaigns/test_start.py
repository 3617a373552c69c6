"""Starting: the first start finds the run that is there, and nobody gets anything twice unless it is asked for."""

from collections import Counter
from typing import Any

import pytest

from ..rows import unchanged
from ..world import Killed, at_once, conflicting, killed_after, lost, meanwhile, upset
from .office import CAMPAIGN, LATER, NOT_FOUND, Office

STARTED = {"detail": "Campaign is already scheduled or running."}
EMPTY = ["Аудитория пуста, запуск невозможен."]
OVER = ["The campaign's end is past: set a later end_datetime."]
NO_BOOLEAN = {"force_resend": ["Must be a valid boolean."]}


def test_the_first_start_finds_the_run_then_force_makes_another(office: Office) -> None:
    office.client()
    id = office.campaign(**LATER)
    run = office.shown(id)["active_run"]
    first = office.ask("start", id=id)
    assert (first.status, first.json) == (202, {"status": "scheduled", "run_id": run})
    second = office.ask("start", id=id)
    assert (second.status, second.json) == (409, STARTED)
    forced = office.ask("start", {"force_resend": True}, id=id)
    assert forced.status == 202
    assert forced.json["run_id"] != run
    assert office.shown(id)["active_run"] == forced.json["run_id"]
    assert office.ask("start", id=id).status == 409
    office.pass_time(hours=1, seconds=5)
    assert office.accounted(id) == {"sent": 1}


@pytest.mark.parametrize("told", [LATER, {}, {"end_datetime": "2026-01-05T12:00:01Z"}], ids=["waits", "runs", "short"])
def test_the_first_start_of_a_run_under_way_sends_nothing_twice(office: Office, told: dict[str, str]) -> None:
    office.clients(2)
    id = office.campaign(**told)
    run = office.shown(id)["active_run"]
    assert office.start(id) == run
    office.run()
    office.pass_time(hours=1, seconds=5)
    assert office.accounted(id) == {"sent": 2}


def test_the_first_start_may_come_when_all_is_sent(office: Office) -> None:
    office.client()
    id = office.campaign()
    office.run()
    assert office.status(id) == "FINISHED"
    with_run = office.start(id)
    office.run()
    assert with_run == office.shown(id)["active_run"]
    assert office.accounted(id) == {"sent": 1}
    answer = office.ask("start", id=id)
    assert (answer.status, answer.json) == (409, STARTED)


def test_force_sends_to_everybody_once_more(office: Office) -> None:
    office.clients(2)
    id = office.campaign()
    office.run()
    office.start(id, force=True)
    office.run()
    assert Counter(phone for phone, _ in office.outbox) == {"+998901000005": 2, "+998901000006": 2}
    assert office.accounted(id) == {"sent": 4}
    assert office.status(id) == "FINISHED"


def test_force_calls_off_what_the_run_before_has_not_sent(office: Office) -> None:
    office.client()
    late = office.client(timezone="Europe/London", phone_number="+998900000009")
    told = {"time_interval_start": "16:00", "time_interval_end": "23:00"}  # from 11:00 UTC in Tashkent, 16:00 in London
    id = office.campaign(**told)
    office.run()
    assert office.accounted(id) == {"sent": 1, "pending": 1}
    office.start(id, force=True)
    office.run()
    assert office.accounted(id) == {"sent": 2, "cancelled": 1, "pending": 1}
    office.pass_time(hours=4, seconds=5)
    assert Counter(phone for phone, _ in office.outbox) == {"+998901234567": 2, "+998900000009": 1}
    assert office.accounted(id) == {"sent": 3, "cancelled": 1}
    assert [status for client, status, _ in office.told(id) if client == late] in (
        ["CANCELLED", "SENT"],
        ["SENT", "CANCELLED"],
    )


@pytest.mark.parametrize(
    ("body", "query", "status"),
    [
        (None, {}, 409),
        ({}, {}, 409),
        ({"force_resend": False}, {}, 409),
        ({"force_resend": True}, {}, 202),
        ({"force_resend": "true"}, {}, 202),
        ({"force_resend": "yes"}, {}, 202),
        ({"force_resend": "1"}, {}, 202),
        ({"force_resend": 1}, {}, 202),
        ({"force_resend": "False"}, {}, 409),
        ({"force_resend": 0}, {}, 409),
        (None, {"force_resend": "true"}, 202),
        (None, {"force_resend": "1"}, 202),
        (None, {"force_resend": "YES"}, 202),
        (None, {"force_resend": "no"}, 409),
        (None, {"force_resend": "0"}, 409),
        ({}, {"force_resend": "true"}, 202),
        ({"force_resend": False}, {"force_resend": "true"}, 409),
        ({"force_resend": True}, {"force_resend": "false"}, 202),
    ],
    ids=str,
)
def test_force_is_asked_for_in_the_body_or_in_the_query(
    office: Office, body: Any, query: dict[str, str], status: int
) -> None:
    office.client()
    id = office.campaign(**LATER)
    office.start(id)
    assert office.ask("start", body, id=id, query=query).status == status


def test_a_form_may_ask_for_force(office: Office) -> None:
    office.client()
    id = office.campaign(**LATER)
    office.start(id)
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert office.ask("start", raw=b"force_resend=true", headers=form, id=id).status == 202


@pytest.mark.parametrize("told", ["maybe", "", 2, [], {}, None, 1.5], ids=repr)
def test_what_is_no_boolean_is_refused_before_the_campaign_is_looked_for(office: Office, told: Any) -> None:
    id = office.campaign(**LATER)
    if told == "":
        assert office.ask("start", {"force_resend": told}, id=7).status in (400, 404)
        return
    for place in (id, 7):
        answer = office.ask("start", {"force_resend": told}, id=place)
        assert answer.status == 400
        assert list(answer.json) == ["force_resend"]
    if told is not None:
        assert answer.json == NO_BOOLEAN
    assert office.ask("start", id=id, query={"force_resend": "maybe"}).json == NO_BOOLEAN


def test_a_campaign_that_never_was_is_not_found(office: Office) -> None:
    answer = office.ask("start", id=7)
    assert (answer.status, answer.json) == (404, NOT_FOUND)


# The order of the checks


def test_an_end_that_is_past_fails_the_campaign_and_its_run(office: Office) -> None:
    office.client(timezone="Europe/London")
    id = office.campaign(time_interval_start="13:00", time_interval_end="14:00", end_datetime="2026-01-05T12:30:00Z")
    later = office.campaign(**LATER, end_datetime="2026-01-05T13:30:00Z")
    office.run()
    office.clock.move(hours=1, minutes=30, seconds=1)
    answer = office.ask("start", id=later)
    assert (answer.status, answer.json) == (400, OVER)
    shown = office.shown(later)
    assert (shown["status"], shown["is_active"], shown["failure"]) == ("FAILED", False, "end_past")
    assert [row["state"] for row in office.kept("RUN") if row.get("campaign") == later] == ["FAILED"]
    office.settle()
    assert office.accounted(later) == {}
    assert office.ask("start", id=id).json == OVER


def test_the_end_itself_is_not_past(office: Office) -> None:
    office.client()
    id = office.campaign(**LATER, end_datetime="2026-01-05T13:30:00Z")
    office.clock.move(hours=1, minutes=30)
    assert office.ask("start", id=id).status == 202
    office.run()
    assert office.accounted(id) == {"sent": 1}


def test_the_end_is_looked_at_before_the_state_and_the_audience(office: Office) -> None:
    id = office.campaign(**LATER, end_datetime="2026-01-05T13:30:00Z")
    assert office.ask("start", id=id).json == EMPTY
    office.clock.move(hours=2)
    for force in (False, True):
        assert office.ask("start", {"force_resend": force}, id=id).json == OVER
    assert office.ask("start", id=7).status == 404


def test_the_state_is_looked_at_before_the_audience(office: Office) -> None:
    client = office.client()
    id = office.campaign(**LATER)
    office.start(id)
    office.move("delete_client", client)
    assert office.ask("start", id=id).json == STARTED
    with unchanged(office.aws):
        answer = office.ask("start", {"force_resend": True}, id=id)
    assert (answer.status, answer.json) == (400, EMPTY)


def test_nothing_is_made_for_an_empty_audience(office: Office) -> None:
    id = office.campaign(**LATER)
    with unchanged(office.aws):
        answer = office.ask("start", id=id)
    assert (answer.status, answer.json) == (400, EMPTY)
    office.client()
    assert office.ask("start", id=id).status == 202


@pytest.mark.parametrize("language", ["ru", "en", "uz"])
def test_refusals_speak_the_language_asked_for(office: Office, language: str) -> None:
    id = office.campaign(**LATER)
    [message] = office.ask("start", id=id, headers={"accept-language": language}).json
    assert (message == EMPTY[0]) is (language == "ru")


# What failed, and what was paused


def test_after_a_failure_only_those_get_it_who_did_not(office: Office) -> None:
    for end in ("0000", "1234", "0002"):
        office.client(phone_number=f"+99890111{end}")
    id = office.campaign()
    office.run()
    for seconds in (12, 36, 72):
        office.pass_time(seconds=seconds)
    assert (office.status(id), office.shown(id)["failure"]) == ("FAILED", "refused")
    run = office.start(id)
    assert run != office.messages()[-1]["run"]
    office.run()
    assert office.accounted(id) == {"failed": 1, "sent": 1, "unknown": 1, "pending": 1}
    assert len(office.outbox) == 2
    assert office.status(id) == "RUNNING"


def test_when_nobody_is_left_the_new_run_fails_with_nobody(office: Office) -> None:
    office.clients(2)
    id = office.campaign(end_datetime="2026-01-05T14:00:00Z")
    office.run()
    office.move("update", id, body={"end_datetime": "2026-01-05T12:00:01Z"})
    office.clock.move(minutes=5)
    assert office.ask("start", id=id).json == OVER
    office.move("update", id, body={"end_datetime": "2026-01-05T20:00:00Z"})
    office.start(id)
    office.run()
    assert (office.status(id), office.shown(id)["failure"]) == ("FAILED", "nobody")
    assert office.accounted(id) == {"sent": 2}
    office.start(id, force=True)
    office.run()
    assert office.accounted(id) == {"sent": 4}


def test_a_paused_campaign_may_start_anew_and_goes_on_where_it_was(office: Office) -> None:
    office.client()
    late = office.client(timezone="Europe/London", phone_number="+998900000009")
    id = office.campaign(time_interval_start="16:00", time_interval_end="23:00")
    office.run()
    office.move("pause", id)
    run = office.start(id)
    assert (office.status(id), office.shown(id)["active_run"]) == ("RUNNING", run)
    office.run()
    assert office.accounted(id) == {"sent": 1, "cancelled": 1, "pending": 1}
    office.pass_time(hours=4, seconds=5)
    assert Counter(phone for phone, _ in office.outbox) == {"+998901234567": 1, "+998900000009": 1}
    assert (late, "SENT", None) in office.told(id)
    assert office.accounted(id) == {"sent": 2, "cancelled": 1}


# At once, and in pieces


def test_of_fifty_who_start_at_once_one_is_served(office: Office) -> None:
    office.client()
    id = office.campaign(**LATER)
    office.ask("show", id=id)
    answers = at_once([lambda: office.ask("start", id=id)] * 50)
    assert Counter(answer.status for answer in answers) == {202: 1, 409: 49}
    office.pass_time(hours=1, seconds=5)
    assert office.accounted(id) == {"sent": 1}


def test_of_those_who_force_at_once_each_makes_a_run_and_one_is_left(office: Office) -> None:
    office.client()
    id = office.campaign()
    office.run()
    answers = at_once([lambda: office.ask("start", {"force_resend": True}, id=id)] * 3)
    assert {answer.status for answer in answers} == {202}
    assert len({answer.json["run_id"] for answer in answers}) == 3
    office.run()
    office.settle()
    assert office.accounted(id)["sent"] + office.accounted(id).get("cancelled", 0) == len(office.messages())
    assert [row["state"] for row in office.kept("RUN") if row.get("state") == "RUNNING"] == []


def test_who_is_overtaken_by_another_start_is_told_so(office: Office) -> None:
    office.client()
    id = office.campaign(**LATER)
    with upset("TransactWriteItems", meanwhile(lambda: office.start(id))):
        assert office.ask("start", id=id).status == 409


def test_who_is_deleted_meanwhile_is_not_found(office: Office) -> None:
    office.client()
    id = office.campaign(**LATER)
    with upset("TransactWriteItems", meanwhile(lambda: office.move("delete", id))):
        assert office.ask("start", id=id).status == 404


def test_an_answer_of_dynamodb_that_gets_lost_costs_nothing(office: Office) -> None:
    office.client()
    id = office.campaign()
    office.run()
    with upset("TransactWriteItems", lost):
        office.start(id, force=True)
    office.run()
    assert office.accounted(id) == {"sent": 2}


def test_the_same_start_again_under_a_key_gets_the_first_answer(office: Office) -> None:
    office.client()
    id = office.campaign()
    office.run()
    first, again = (office.ask("start", {"force_resend": True}, id=id, key="k") for _ in range(2))
    assert (first.status, again.json, again.headers["Idempotent-Replayed"]) == (202, first.json, "true")
    office.run()
    assert office.accounted(id) == {"sent": 2}


def test_a_forced_start_that_died_is_not_made_twice_under_its_key(office: Office) -> None:
    office.client()
    id = office.campaign()
    office.run()
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        office.ask("start", {"force_resend": True}, id=id, key="k")
    run = office.shown(id)["active_run"]
    office.run()
    office.clock.move(minutes=1)
    answer = office.ask("start", {"force_resend": True}, id=id, key="k")
    assert (answer.status, answer.json["run_id"]) == (202, run)
    office.run()
    assert office.accounted(id) == {"sent": 2}


def test_who_meets_only_conflicts_is_asked_to_come_again(office: Office) -> None:
    office.client()
    id = office.campaign(**LATER)
    with unchanged(office.aws), upset("TransactWriteItems", conflicting, first=8):
        assert office.ask("start", id=id).status == 503


def test_staff_may_start_everybodys(office: Office) -> None:
    office.client()
    office.client(by="boss", phone_number="+998900000009")
    id = office.ask("create_newsletter", CAMPAIGN | LATER).json["id"]
    assert office.ask("start", id=id, by="vali").status == 404
    assert office.ask("start", {"force_resend": True}, id=id, by="boss").status == 202
    office.pass_time(hours=1, seconds=5)
    assert office.outbox == [("+998901234567", "New locks are here.")]
