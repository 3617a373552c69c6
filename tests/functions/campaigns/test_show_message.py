"""A message tells where it is: planned, due, sent, or why not."""

import pytest

from ..world import Killed, killed_after, upset
from .office import Office

NOT_FOUND = {"detail": "No such message."}


def test_a_message_is_pending_until_it_is_due_then_queued_then_sent(office: Office) -> None:
    client = office.client(timezone="Europe/London")
    id = office.campaign(time_interval_start="13:00", time_interval_end="18:00")
    office.run()
    shown = office.message(id)
    assert shown == {
        "id": shown["id"],
        "created_at": "2026-01-05T12:00:00.000Z",
        "planned_send_at": "2026-01-05T13:00:00.000Z",
        "status": "PENDING",
        "campaign": id,
        "client": client,
        "run": office.shown(id)["active_run"],
        "message_text": "New locks are here.",
        "reason": None,
    }
    assert office.ask("show_message", id=shown["id"]).json == shown
    office.clock.move(hours=1)
    assert office.message(id) == shown | {"status": "QUEUED"}
    office.run()
    assert office.message(id) == shown | {"status": "SENT"}


def test_a_message_in_a_senders_hands_is_queued(office: Office) -> None:
    office.client()
    id = office.campaign()
    with upset("BatchExecuteStatement", killed_after, after=1), pytest.raises(Killed):
        office.run()
    assert [row["state"] for row in office.kept("MESSAGE#")] == ["SENDING"]
    assert office.message(id)["status"] == "QUEUED"
    assert office.accounted(id) == {"pending": 1}


def test_a_skipped_message_tells_why(office: Office) -> None:
    client = office.client()
    office.opt_out("998901234567")
    id = office.campaign()
    office.run()
    assert office.told(id) == [(client, "SKIPPED", "opted_out")]


@pytest.mark.parametrize("id", [1, 10**9, 10**9 + 77, 10**17])
def test_a_message_that_never_was_is_not_found(office: Office, id: int) -> None:
    office.client()
    office.campaign()
    office.run()
    answer = office.ask("show_message", id=id)
    assert (answer.status, answer.json) == (404, NOT_FOUND)


def test_staff_may_look_at_everybodys(office: Office) -> None:
    office.client()
    id = office.campaign()
    office.run()
    shown = office.message(id)
    told = {by: office.ask("show_message", id=shown["id"], by=by) for by in ("manager", "boss", "vali")}
    assert [answer.status for answer in told.values()] == [200, 200, 404]
    assert told["boss"].json == shown


def test_the_provider_is_told_the_messages_number(office: Office) -> None:
    office.client()
    id = office.campaign()
    office.run()
    [delivered] = office.delivered
    assert (delivered["message"], delivered["campaign"]) == (str(office.message(id)["id"]), id)
