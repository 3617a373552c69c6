"""What is told of a client anew stands from then on, in its messages as well; the rest stays."""

from typing import Any

import pytest

from ..rows import unchanged
from ..world import at_once, conflicting, meanwhile, upset
from .office import CLIENT, Office


@pytest.mark.parametrize(
    "told",
    [
        {"phone_number": "+998 91 765-43-21"},
        {"mobile_operator_code": "91"},
        {"tag": "new"},
        {"timezone": "Europe/Berlin"},
        {},
    ],
    ids=lambda told: next(iter(told), "nothing"),
)
def test_what_is_left_out_stays(office: Office, told: dict[str, str]) -> None:
    id = office.client()
    answer = office.ask("update_client", told, id=id)
    assert (answer.status, answer.json) == (200, {"id": id, **CLIENT, **told})
    assert office.ask("show_client", id=id).json == answer.json
    assert office.ask("list_clients").json["results"] == [answer.json]


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"phone_number": "12"}, {"phone_number": ["Телефон должен содержать не менее 10 цифр."]}),
        ({"phone_number": ""}, {"phone_number": ["This field may not be blank."]}),
        ({"timezone": "Mars"}, {"timezone": ["Неизвестный часовой пояс."]}),
        ({"tag": None}, {"tag": ["This field may not be null."]}),
        (
            {"mobile_operator_code": "9999"},
            {"mobile_operator_code": ["Ensure this field has no more than 3 characters."]},
        ),
    ],
)
def test_what_a_field_cannot_be(office: Office, told: dict[str, Any], message: dict[str, Any]) -> None:
    id = office.client()
    with unchanged(office.aws):
        answer = office.ask("update_client", told, id=id)
    assert (answer.status, answer.json) == (400, message)


def test_the_number_stays(office: Office) -> None:
    id = office.client()
    assert office.ask("update_client", {"id": 77}, id=id).json["id"] == id


def test_staff_may_change_everybodys_which_stay_theirs(office: Office) -> None:
    id = office.client()
    assert office.ask("update_client", {"tag": "new"}, id=id, by="manager").status == 200
    assert [one["tag"] for one in office.ask("list_clients").json["results"]] == ["new"]


@pytest.mark.parametrize(
    ("told", "reached"),
    [({"tag": "new"}, 0), ({"mobile_operator_code": "91"}, 0), ({"timezone": "UTC"}, 1), ({"tag": "vip"}, 1)],
    ids=str,
)
def test_the_audience_is_as_clients_are_now(office: Office, told: dict[str, str], reached: int) -> None:
    client = office.client()
    id = office.campaign(start_datetime="2026-01-05T13:00:00Z", client_filter={"operator_codes": ["90"]})
    office.move("update_client", client, body=told)
    assert office.ask("stats", id=id).json["eligible_clients"] == reached
    office.pass_time(hours=1, seconds=5)
    assert len(office.outbox) == reached


def test_a_phone_moves_from_one_client_to_another(office: Office) -> None:
    first, second = office.client(), office.client(phone_number="+998907654321")
    told = {"client_filter": {"phone_numbers": ["998901234567"]}, "start_datetime": "2026-01-05T13:00:00Z", "tag": ""}
    id = office.campaign(**told)
    office.move("update_client", first, body={"phone_number": "+998900000009"})
    office.move("update_client", second, body={"phone_number": "998 90 1234567"})
    office.pass_time(hours=1, seconds=5)
    assert office.outbox == [("998 90 1234567", "New locks are here.")]
    assert office.told(id) == [(second, "SENT", None)]


def test_two_changes_at_once_both_stand(office: Office) -> None:
    id = office.client()
    told = [{"tag": "new"}, {"timezone": "UTC"}, {"mobile_operator_code": "91"}]
    answers = at_once([lambda one=one: office.ask("update_client", one, id=id) for one in told])  # type: ignore[misc]
    assert {answer.status for answer in answers} == {200}
    assert office.ask("show_client", id=id).json == {"id": id, **CLIENT, **told[0], **told[1], **told[2]}
    assert sum(row["clients"] for row in office.kept("COUNT#")) == 1
    campaign = office.campaign(tag="new", start_datetime="2026-01-05T13:00:00Z")
    assert office.ask("stats", id=campaign).json["eligible_clients"] == 1


def test_who_is_deleted_meanwhile_is_not_found(office: Office) -> None:
    id = office.client()
    with upset("TransactWriteItems", meanwhile(lambda: office.move("delete_client", id))):
        assert office.ask("update_client", {"tag": "new"}, id=id).status == 404
    assert not office.kept("MEMBER#")


def test_who_meets_only_conflicts_is_asked_to_come_again(office: Office) -> None:
    id = office.client()
    with unchanged(office.aws), upset("TransactWriteItems", conflicting, first=8):
        assert office.ask("update_client", {"tag": "new"}, id=id).status == 503
