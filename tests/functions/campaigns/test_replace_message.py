import pytest

from ..rows import unchanged
from .office import Office

FIELDS = ("campaign", "client", "run", "message_text")


@pytest.fixture
def planned(office: Office) -> int:
    """A campaign with a message for one o'clock."""
    office.client(timezone="Europe/London")
    id = office.campaign(time_interval_start="13:00", time_interval_end="18:00")
    office.run()
    return id


def test_a_message_is_written_anew(office: Office, planned: int) -> None:
    message = office.message(planned)
    told = {name: message[name] for name in FIELDS} | {"message_text": "Other."}
    answer = office.ask("replace_message", told, id=message["id"])
    assert (answer.status, answer.json) == (200, message | {"message_text": "Other."})
    office.pass_time(hours=1, seconds=5)
    assert office.outbox == [("+998901234567", "Other.")]
    answer = office.ask("replace_message", told, id=message["id"])
    assert answer.status == 409


@pytest.mark.parametrize("field", FIELDS)
def test_no_field_may_be_left_out(office: Office, planned: int, field: str) -> None:
    message = office.message(planned)
    with unchanged(office.aws):
        told = {name: message[name] for name in FIELDS if name != field}
        answer = office.ask("replace_message", told, id=message["id"])
    assert (answer.status, answer.json) == (400, {field: ["This field is required."]})


def test_to_whom_it_goes_is_fixed(office: Office, planned: int) -> None:
    message = office.message(planned)
    answer = office.ask("replace_message", {name: message[name] for name in FIELDS} | {"client": 77}, id=message["id"])
    assert answer.json == {"client": ["This cannot be changed: delete the message and make another one."]}
