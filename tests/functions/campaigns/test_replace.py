import pytest

from ..rows import unchanged
from .office import CAMPAIGN, LATER, Office

OTHER = {
    "start_datetime": "2026-01-05T14:00:00.000Z",
    "end_datetime": "2026-01-07T12:00:00.000Z",
    "text_message": "Other.",
    "time_interval_start": "09:00:00",
    "time_interval_end": "18:00:00",
    "tag": "new",
    "client_filter": {"phone_numbers": [], "tags": ["old"], "operator_codes": ["90"]},
}


def test_a_campaign_is_written_anew(office: Office) -> None:
    id = office.campaign(**LATER)
    before = office.shown(id)
    answer = office.ask("replace", OTHER, id=id)
    assert (answer.status, answer.json) == (200, before | OTHER)
    assert office.ask("list").json["results"] == [answer.json]


@pytest.mark.parametrize("field", [name for name in CAMPAIGN if name != "tag"])
def test_no_required_field_may_be_left_out(office: Office, field: str) -> None:
    id = office.campaign(**LATER)
    with unchanged(office.aws):
        answer = office.ask("replace", {name: told for name, told in OTHER.items() if name != field}, id=id)
    assert (answer.status, answer.json) == (400, {field: ["This field is required."]})


def test_a_replaced_campaign_needs_an_audience(office: Office) -> None:
    id = office.campaign(**LATER)
    with unchanged(office.aws):
        answer = office.ask("replace", OTHER | {"tag": "", "client_filter": {}}, id=id)
    assert answer.json == {"non_field_errors": ["Аудитория не задана: укажите tag или phone_numbers в client_filter."]}


def test_replacing_restarts_nothing(office: Office) -> None:
    office.client()
    id = office.campaign()
    office.run()
    before = office.shown(id)
    answer = office.ask("replace", CAMPAIGN | {"text_message": "Other."}, id=id)
    assert answer.json == before | {"text_message": "Other."}
    office.settle()
    assert len(office.outbox) == 1
