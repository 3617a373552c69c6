"""A message by hand: it stands in a run like the others, and leaves at the next full minute."""

from typing import Any
from uuid import uuid4

import pytest

from ..rows import unchanged
from ..world import Killed, at_once, killed_after, lost, meanwhile, upset
from .office import LATER, Office

pytestmark = pytest.mark.long  # runs from beginning to end

TWICE = {"non_field_errors": ["The fields campaign, client, run must make a unique set."]}
NONE = "00000000-0000-4000-8000-000000000000"


def no_such(id: object) -> str:
    return f'Invalid pk "{id}" - object does not exist.'


@pytest.fixture
def sent(office: Office) -> int:
    """A campaign that has reached its only client."""
    office.client()
    id = office.campaign()
    office.run()
    return id


def test_a_message_by_hand_leaves_at_the_next_full_minute(office: Office, sent: int) -> None:
    client = office.client(tag="other", phone_number="+998900000009")
    office.clock.move(seconds=10)
    answer = office.by_hand(sent, client)
    assert answer.status == 201
    assert answer.json == {
        "id": answer.json["id"],
        "created_at": "2026-01-05T12:00:10.000Z",
        "planned_send_at": "2026-01-05T12:01:00.000Z",
        "status": "PENDING",
        "campaign": sent,
        "client": client,
        "run": office.shown(sent)["active_run"],
        "message_text": "Hello.",
        "reason": None,
    }
    assert office.ask("show_message", id=answer.json["id"]).json == answer.json
    assert office.accounted(sent) == {"sent": 1, "pending": 1}
    assert (office.status(sent), office.shown(sent)["is_active"]) == ("RUNNING", True)
    office.run()
    assert len(office.outbox) == 1
    office.clock.move(seconds=50)
    office.run()
    assert office.outbox[1:] == [("+998900000009", "Hello.")]
    assert office.accounted(sent) == {"sent": 2}
    assert office.status(sent) == "FINISHED"


def test_four_fields_are_required(office: Office) -> None:
    with unchanged(office.aws):
        answer = office.ask("create_message", {})
    names = ("campaign", "client", "run", "message_text")
    assert (answer.status, answer.json) == (400, {name: ["This field is required."] for name in names})


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({"campaign": "x"}, {"campaign"}),
        ({"campaign": True}, {"campaign"}),
        ({"campaign": 0}, {"campaign"}),
        ({"client": None}, {"client"}),
        ({"client": 1.5}, {"client"}),
        ({"run": "x"}, {"run"}),
        ({"run": 7}, {"run"}),
        ({"message_text": ""}, {"message_text"}),
        ({"message_text": "x" * 1_601}, {"message_text"}),
    ],
    ids=str,
)
def test_what_a_field_cannot_be(office: Office, sent: int, told: dict[str, Any], fields: set[str]) -> None:
    client = office.client(tag="other")
    body = {"campaign": sent, "client": client, "run": office.shown(sent)["active_run"], "message_text": "Hello."}
    with unchanged(office.aws):
        answer = office.ask("create_message", body | told)
    assert (answer.status, set(answer.json)) == (400, fields)


def test_what_it_names_must_be_there(office: Office, sent: int) -> None:
    client = office.client(tag="other")
    run = office.shown(sent)["active_run"]
    body = {"campaign": sent, "client": client, "run": run, "message_text": "Hello."}
    for field, id in (("campaign", 77), ("client", 77), ("run", NONE)):
        with unchanged(office.aws):
            answer = office.ask("create_message", body | {field: id})
        assert (answer.status, answer.json) == (400, {field: [no_such(id)]})


def test_a_run_must_be_the_campaigns(office: Office, sent: int) -> None:
    other = office.campaign(**LATER)
    answer = office.by_hand(sent, office.client(tag="other"), office.shown(other)["active_run"])
    assert (answer.status, answer.json) == (400, {"run": ["This run is of another campaign."]})


def test_nothing_can_be_said_in_the_name_of_another(office: Office, sent: int) -> None:
    theirs = office.client(by="vali")
    assert office.by_hand(sent, theirs).json == {"client": [no_such(theirs)]}
    own, run = office.client(tag="other"), office.shown(sent)["active_run"]
    assert office.by_hand(sent, own, run, by="vali").json == {"campaign": [no_such(sent)]}
    assert office.by_hand(sent, own, run, by="manager").status == 201


def test_a_client_has_one_message_in_a_run(office: Office, sent: int) -> None:
    [message] = office.messages()
    with unchanged(office.aws):
        answer = office.by_hand(sent, message["client"])
    assert (answer.status, answer.json) == (400, TWICE)
    office.start(sent, force=True)
    office.run()
    assert office.by_hand(sent, message["client"], message["run"]).json == TWICE
    assert office.accounted(sent) == {"sent": 2}


def test_of_ten_at_once_one_is_made(office: Office, sent: int) -> None:
    client = office.client(tag="other")
    run = office.shown(sent)["active_run"]
    answers = at_once([lambda: office.by_hand(sent, client, run)] * 10)
    assert sorted(answer.status for answer in answers) == [201] + [400] * 9
    assert office.accounted(sent) == {"sent": 1, "pending": 1}


def test_in_a_run_that_waits_it_leaves_when_the_run_begins_and_once(office: Office) -> None:
    client = office.client()
    other = office.client(tag="other", phone_number="+998900000009")
    id = office.campaign(**LATER)
    office.run()
    assert [office.by_hand(id, who).status for who in (client, other)] == [201, 201]
    office.run()
    office.pass_time(minutes=10)
    assert (office.outbox, office.accounted(id)) == ([], {"pending": 2})
    office.pass_time(minutes=50, seconds=5)
    office.pass_time(minutes=1)
    assert sorted(office.outbox) == [("+998900000009", "Hello."), ("+998901234567", "Hello.")]
    assert office.accounted(id) == {"sent": 2}
    assert office.status(id) == "FINISHED"


def test_the_window_holds_for_it_too(office: Office) -> None:
    office.client(timezone="Europe/London")
    id = office.campaign(time_interval_start="09:00", time_interval_end="13:00")
    office.run()
    office.pass_time(hours=2)
    client = office.client(tag="other", timezone="Europe/London")
    office.by_hand(id, client)
    office.pass_time(minutes=1, seconds=5)
    assert office.accounted(id) == {"sent": 1, "pending": 1}
    assert [m["planned_send_at"] for m in office.messages() if m["client"] == client] == ["2026-01-06T09:00:00.000Z"]
    office.pass_time(hours=19, minutes=1)
    assert office.accounted(id) == {"sent": 2}


def test_who_opted_out_gets_none(office: Office, sent: int) -> None:
    client = office.client(tag="other", phone_number="+998 90 000-00-09")
    office.opt_out("998900000009")
    office.by_hand(sent, client)
    office.pass_time(minutes=1)
    assert (client, "SKIPPED", "opted_out") in office.told(sent)
    assert len(office.outbox) == 1


def test_a_run_that_never_began_can_take_one_though_its_end_is_past(office: Office) -> None:
    office.client()
    id = office.campaign(**LATER, end_datetime="2026-01-05T13:30:00Z")
    run = office.shown(id)["active_run"]
    office.clock.move(hours=2)
    assert office.ask("start", id=id).status == 400
    client = office.client(tag="other")
    assert office.by_hand(id, client, run).status == 201
    office.pass_time(minutes=1, seconds=5)
    assert office.told(id) == [(client, "SKIPPED", "window_closed")]
    assert office.outbox == []


@pytest.mark.parametrize("verb", ["cancel", "delete"])
def test_a_run_that_is_called_off_takes_none(office: Office, verb: str) -> None:
    client = office.client()
    id = office.campaign(**LATER)
    run = office.shown(id)["active_run"]
    office.move(verb, id)
    answer = office.by_hand(id, client, run)
    named = {"cancel": ("run", run), "delete": ("campaign", id)}[verb]
    assert (answer.status, answer.json) == (400, {named[0]: [no_such(named[1])]})


def test_a_paused_run_keeps_it_until_it_goes_on(office: Office) -> None:
    office.client()
    id = office.campaign(**LATER)
    office.clock.move(hours=1)
    office.pass_time(seconds=5)
    late = office.campaign(time_interval_start="19:00", time_interval_end="20:00")
    office.run()
    office.move("pause", late)
    client = office.client(tag="other", phone_number="+998900000009")
    office.by_hand(late, client)
    office.pass_time(minutes=5)
    assert (office.status(late), office.accounted(late)) == ("PAUSED", {"pending": 2})
    office.move("resume", late)
    office.run()
    office.pass_time(hours=1)
    assert office.accounted(late) == {"sent": 2}
    assert office.accounted(id) == {"sent": 1}


def test_an_answer_of_dynamodb_that_gets_lost_costs_nothing(office: Office, sent: int) -> None:
    client = office.client(tag="other")
    run = office.shown(sent)["active_run"]
    with upset("TransactWriteItems", lost):
        assert office.by_hand(sent, client, run).status == 201
    assert office.accounted(sent) == {"sent": 1, "pending": 1}


def test_a_retry_after_a_crash_gets_the_message_that_was_made(office: Office, sent: int) -> None:
    client = office.client(tag="other")
    run = office.shown(sent)["active_run"]
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        office.by_hand(sent, client, run, key="k")
    office.clock.move(seconds=59)
    answer = office.by_hand(sent, client, run, key="k")
    assert (answer.status, answer.json["client"]) == (201, client)
    assert office.by_hand(sent, client, run, key="another").json == TWICE
    office.run()
    office.pass_time(minutes=1)
    assert office.accounted(sent) == {"sent": 2}


def test_who_dies_behind_the_last_message_of_a_run_that_was_over_leaves_none_open(office: Office, sent: int) -> None:
    office.waiting.clear()
    office.by_hand(sent, office.client(tag="other"))
    office.run()
    office.clock.move(minutes=1)
    with upset("TransactWriteItems", killed_after, after=2, own=True), pytest.raises(Killed):
        office.deliver()
    assert not office.kept("SLOT#")
    office.settle()
    assert office.accounted(sent) == {"sent": 2}
    assert office.status(sent) == "FINISHED"


def test_a_run_that_ends_meanwhile_goes_on_for_it(office: Office) -> None:
    office.client()
    id = office.campaign()
    client = office.client(tag="other", phone_number="+998900000009")
    run = office.shown(id)["active_run"]
    with upset("TransactWriteItems", meanwhile(office.run)):
        assert office.by_hand(id, client, run).status == 201
    office.pass_time(minutes=1)
    assert office.accounted(id) == {"sent": 2}
    assert office.status(id) == "FINISHED"


def test_a_client_who_is_unknown_by_then_is_refused(office: Office, sent: int) -> None:
    assert office.by_hand(sent, 10**17).json == {"client": [no_such(10**17)]}
    assert office.by_hand(sent, 1, str(uuid4())).status == 400
