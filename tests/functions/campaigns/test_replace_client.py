import pytest

from ..rows import unchanged
from .office import CLIENT, Office

OTHER = {"phone_number": "+998917654321", "mobile_operator_code": "91", "tag": "new", "timezone": "UTC"}


def test_a_client_is_written_anew(office: Office) -> None:
    id = office.client()
    answer = office.ask("replace_client", OTHER, id=id)
    assert (answer.status, answer.json) == (200, {"id": id, **OTHER})
    assert office.ask("list_clients").json["results"] == [answer.json]


@pytest.mark.parametrize("field", CLIENT)
def test_no_field_may_be_left_out(office: Office, field: str) -> None:
    id = office.client()
    with unchanged(office.aws):
        answer = office.ask("replace_client", {name: told for name, told in OTHER.items() if name != field}, id=id)
    assert (answer.status, answer.json) == (400, {field: ["This field is required."]})


def test_the_same_again_changes_nothing_but_its_version(office: Office) -> None:
    id = office.client()
    for _ in range(2):
        assert office.ask("replace_client", CLIENT, id=id).json == {"id": id, **CLIENT}
    campaign = office.campaign(start_datetime="2026-01-05T13:00:00Z")
    assert office.ask("stats", id=campaign).json["eligible_clients"] == 1
