"""A message that waits may get another text; nothing else of it changes."""

from typing import Any

import pytest

from ..rows import unchanged
from ..world import meanwhile, upset
from .office import Office

FIXED = ["This cannot be changed: delete the message and make another one."]


@pytest.fixture
def planned(office: Office) -> int:
    """A campaign with a message for one o'clock."""
    office.client(timezone="Europe/London")
    office.client(timezone="Europe/London", phone_number="+998900000009")
    id = office.campaign(time_interval_start="13:00", time_interval_end="18:00")
    office.run()
    return id


def test_another_text_is_sent_to_that_client_alone(office: Office, planned: int) -> None:
    first, second = office.messages()
    answer = office.ask("update_message", {"message_text": " Just for you. "}, id=first["id"])
    assert (answer.status, answer.json) == (200, first | {"message_text": "Just for you."})
    assert office.messages() == [answer.json, second]
    office.pass_time(hours=1, seconds=5)
    assert sorted(office.outbox) == [("+998900000009", "New locks are here."), ("+998901234567", "Just for you.")]
    assert office.accounted(planned) == {"sent": 2}


def test_the_last_text_counts(office: Office, planned: int) -> None:
    message = office.messages()[0]
    for text in ("One.", "Two."):
        office.ask("update_message", {"message_text": text}, id=message["id"])
    office.pass_time(hours=1, seconds=5)
    assert ("+998901234567", "Two.") in office.outbox


@pytest.mark.parametrize(
    "told", [{}, {"status": "SENT", "id": 1}, {"planned_send_at": "2026-01-05T12:00:00Z", "created_at": None}], ids=str
)
def test_what_cannot_be_written_is_ignored(office: Office, planned: int, told: dict[str, Any]) -> None:
    message = office.messages()[0]
    with unchanged(office.aws):
        answer = office.ask("update_message", told, id=message["id"])
    assert (answer.status, answer.json) == (200, message)


@pytest.mark.parametrize("field", ["campaign", "client", "run"])
def test_to_whom_it_goes_is_fixed(office: Office, planned: int, field: str) -> None:
    first, second = office.messages()
    assert office.ask("update_message", {field: first[field]}, id=first["id"]).status == 200
    other = {"campaign": 77, "client": second["client"], "run": "00000000-0000-4000-8000-000000000000"}[field]
    with unchanged(office.aws):
        answer = office.ask("update_message", {field: other, "message_text": "Other."}, id=first["id"])
    assert (answer.status, answer.json) == (400, {field: FIXED})


@pytest.mark.parametrize(
    ("told", "field"),
    [({"message_text": ""}, "message_text"), ({"message_text": None}, "message_text"), ({"run": "x"}, "run")],
    ids=str,
)
def test_what_a_field_cannot_be(office: Office, planned: int, told: dict[str, Any], field: str) -> None:
    message = office.messages()[0]
    with unchanged(office.aws):
        answer = office.ask("update_message", told, id=message["id"])
    assert (answer.status, list(answer.json)) == (400, [field])


def test_what_has_left_cannot_be_changed(office: Office, planned: int) -> None:
    office.pass_time(hours=1, seconds=5)
    message = office.messages()[0]
    with unchanged(office.aws):
        answer = office.ask("update_message", {"message_text": "Other."}, id=message["id"])
    told = "The message is SENT: only one that waits can be changed or deleted."
    assert (answer.status, answer.json) == (409, {"detail": told})


def test_what_leaves_meanwhile_is_not_changed(office: Office, planned: int) -> None:
    message = office.messages()[0]
    office.clock.move(hours=1)
    with upset("TransactWriteItems", meanwhile(office.run)):
        answer = office.ask("update_message", {"message_text": "Other."}, id=message["id"])
    assert answer.status == 409
    assert office.messages()[0]["message_text"] == "New locks are here."


def test_a_text_is_kept_while_the_message_is_tried_again(office: Office) -> None:
    office.client(phone_number="+998901110001")
    id = office.campaign()
    office.run()
    office.move("update_message", office.message(id)["id"], body={"message_text": "Again."})
    office.pass_time(seconds=12)
    assert office.outbox == [("+998901110001", "Again.")]


def test_staff_may_change_everybodys(office: Office, planned: int) -> None:
    message = office.messages()[0]
    told = {
        by: office.ask("update_message", {"message_text": by}, id=message["id"], by=by).status
        for by in ("vali", "boss")
    }
    assert told == {"vali": 404, "boss": 200}
