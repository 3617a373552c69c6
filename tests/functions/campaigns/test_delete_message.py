"""A message that is deleted is not sent, and not counted."""

import pytest

from ..world import Killed, killed_after, meanwhile, upset
from .office import Office

NOT_FOUND = {"detail": "No such message."}


@pytest.fixture
def planned(office: Office) -> int:
    """A campaign with two messages for one o'clock."""
    office.clients(2, timezone="Europe/London")
    id = office.campaign(time_interval_start="13:00", time_interval_end="18:00")
    office.run()
    return id


def test_what_was_not_sent_is_not_sent(office: Office, planned: int) -> None:
    first, second = office.messages()
    answer = office.ask("delete_message", id=first["id"])
    assert (answer.status, answer.text) == (204, "")
    assert office.messages() == [second]
    assert office.accounted(planned) == {"pending": 1}
    assert office.ask("delete_message", id=first["id"]).json == NOT_FOUND
    office.pass_time(hours=1, seconds=5)
    assert office.outbox == [("+998901000006", "New locks are here.")]
    assert office.accounted(planned) == {"sent": 1}
    assert office.status(planned) == "FINISHED"


def test_what_was_sent_is_counted_no_more(office: Office, planned: int) -> None:
    office.pass_time(hours=1, seconds=5)
    office.move("delete_message", office.messages()[0]["id"])
    assert office.accounted(planned) == {"sent": 1}


def test_a_deleted_message_may_be_made_anew_by_hand(office: Office, planned: int) -> None:
    first, _ = office.messages()
    for _ in range(2):
        office.move("delete_message", first["id"])
        answer = office.by_hand(planned, first["client"])
        assert (answer.status, answer.json["id"]) == (201, first["id"])
        assert office.accounted(planned) == {"pending": 2}
    office.pass_time(hours=1, seconds=5)
    assert sorted(text for _, text in office.outbox) == ["Hello.", "New locks are here."]
    assert office.accounted(planned) == {"sent": 2}


def test_what_is_being_sent_stays(office: Office) -> None:
    office.client()
    id = office.campaign()
    with upset("BatchExecuteStatement", killed_after, after=1), pytest.raises(Killed):
        office.run()
    answer = office.ask("delete_message", id=office.message(id)["id"])
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    office.settle()
    assert office.accounted(id) == {"unknown": 1}
    office.move("delete_message", office.message(id)["id"])
    assert office.accounted(id) == {}


def test_what_leaves_meanwhile_is_deleted_as_sent(office: Office, planned: int) -> None:
    message = office.messages()[0]
    office.clock.move(hours=1)
    with upset("TransactWriteItems", meanwhile(office.run)):
        office.move("delete_message", message["id"])
    assert len(office.outbox) == 2
    assert office.accounted(planned) == {"sent": 1}


def test_what_is_deleted_under_a_senders_eyes_is_not_sent(office: Office, planned: int) -> None:
    message = office.messages()[0]
    office.clock.move(hours=1)
    with upset("BatchExecuteStatement", meanwhile(lambda: office.move("delete_message", message["id"]))):
        office.run()
    assert len(office.outbox) == 1
    assert office.accounted(planned) == {"sent": 1}


def test_staff_may_delete_everybodys(office: Office, planned: int) -> None:
    id = office.messages()[0]["id"]
    assert [office.ask("delete_message", id=id, by=by).status for by in ("vali", "manager")] == [404, 204]
