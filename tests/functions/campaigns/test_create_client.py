"""A client is kept as it was typed, and stands in the lists and audiences from then on."""

from typing import Any
from urllib.parse import urlencode

import pytest

from ..rows import unchanged
from ..world import Killed, at_once, conflicting, killed_after, lost, upset
from .office import CLIENT, Office

FEW = "Телефон должен содержать не менее 10 цифр."
ZONE = "Неизвестный часовой пояс."
REQUIRED = "This field is required."
BLANK = "This field may not be blank."
NULL = "This field may not be null."
NO_TEXT = "Not a valid string."


def longest(number: int) -> str:
    return f"Ensure this field has no more than {number} characters."


def test_a_client_is_shown_as_it_was_told(office: Office) -> None:
    answer = office.ask("create_client", CLIENT)
    assert (answer.status, answer.json) == (201, {"id": answer.json["id"], **CLIENT})
    assert isinstance(answer.json["id"], int)
    assert office.ask("show_client", id=answer.json["id"]).json == answer.json


@pytest.mark.parametrize("phone", ["+998 (90) 123-45-67", "8(901)2345678", "0123456789", "1-2-3-4-5-6-7-8-9-00"])
def test_a_phone_is_kept_as_it_was_typed(office: Office, phone: str) -> None:
    assert office.ask("create_client", CLIENT | {"phone_number": f" {phone} "}).json["phone_number"] == phone


def test_numbers_will_do_for_text(office: Office) -> None:
    answer = office.ask("create_client", CLIENT | {"phone_number": 998901234567, "mobile_operator_code": 90})
    assert (answer.json["phone_number"], answer.json["mobile_operator_code"]) == ("998901234567", "90")


def test_a_form_will_do_as_well(office: Office) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    answer = office.ask("create_client", raw=urlencode(CLIENT).encode(), headers=form)
    assert (answer.status, answer.json) == (201, {"id": answer.json["id"], **CLIENT})


def test_all_four_fields_are_required(office: Office) -> None:
    with unchanged(office.aws):
        answer = office.ask("create_client", {})
    assert (answer.status, answer.json) == (400, {name: [REQUIRED] for name in CLIENT})


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("phone_number", "123456789", FEW),
        ("phone_number", "+99890123456a", None),
        ("phone_number", "+998 90 123-4", FEW),
        ("phone_number", "no phone at all", FEW),
        ("phone_number", "١٢٣٤٥٦٧٨٩٠", FEW),
        ("phone_number", "1" * 21, longest(20)),
        ("phone_number", "", BLANK),
        ("phone_number", "   ", BLANK),
        ("phone_number", None, NULL),
        ("phone_number", ["+998901234567"], NO_TEXT),
        ("mobile_operator_code", "9012", longest(3)),
        ("mobile_operator_code", "", BLANK),
        ("mobile_operator_code", None, NULL),
        ("tag", "t" * 101, longest(100)),
        ("tag", " ", BLANK),
        ("tag", {}, NO_TEXT),
        ("timezone", "Mars/Olympus", ZONE),
        ("timezone", "../../etc/passwd", ZONE),
        ("timezone", "/etc/localtime", ZONE),
        ("timezone", "Asia", ZONE),
        ("timezone", "+05:00", ZONE),
        ("timezone", "Asia/Tashkent\x00", ZONE),
        ("timezone", "z" * 101, longest(100)),
        ("timezone", "", BLANK),
        ("timezone", None, NULL),
    ],
)
def test_what_a_field_cannot_be(office: Office, field: str, value: Any, message: str | None) -> None:
    answer = office.ask("create_client", CLIENT | {field: value})
    if message is None:
        assert answer.status == 201
    else:
        assert (answer.status, answer.json) == (400, {field: [message]})


@pytest.mark.parametrize(
    ("language", "few", "zone"),
    [
        ("ru", FEW, ZONE),
        (
            "en",
            "A phone must have at least 10 digits.",
            "Unknown time zone. Such as: Asia/Tashkent, Europe/Berlin, UTC.",
        ),
        (
            "uz",
            "Telefon raqamida kamida 10 ta raqam boʻlishi kerak.",
            "Nomaʼlum vaqt mintaqasi. Masalan: Asia/Tashkent, Europe/Berlin, UTC.",
        ),
    ],
)
def test_refusals_speak_the_language_asked_for(office: Office, language: str, few: str, zone: str) -> None:
    bad = CLIENT | {"phone_number": "1", "timezone": "Mars"}
    answer = office.ask("create_client", bad, headers={"accept-language": language})
    assert answer.json == {"phone_number": [few], "timezone": [zone]}


def test_the_same_phone_may_be_there_twice_and_gets_both_messages(office: Office) -> None:
    assert office.client() != office.client()
    id = office.campaign()
    office.run()
    assert len(office.outbox) == 2
    assert office.accounted(id) == {"sent": 2}


def test_the_number_is_not_the_clients_to_choose(office: Office) -> None:
    first = office.client(id=77)
    assert first != 77
    assert office.client() > first


def test_a_client_is_of_the_audience_at_once(office: Office) -> None:
    office.client()
    id = office.campaign(start_datetime="2026-01-05T13:00:00Z")
    assert office.ask("stats", id=id).json["eligible_clients"] == 1
    office.client()
    office.client(tag="other")
    assert office.ask("stats", id=id).json["eligible_clients"] == 2


def test_ten_at_once_are_all_there(office: Office) -> None:
    office.client()
    answers = at_once([lambda: office.ask("create_client", CLIENT)] * 10)
    assert {answer.status for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 10
    page = office.ask("list_clients").json
    assert (page["count"], len(page["results"])) == (11, 11)


# A busy cloud, and Idempotency-Key


def test_who_meets_only_conflicts_is_asked_to_come_again(office: Office) -> None:
    with unchanged(office.aws), upset("TransactWriteItems", conflicting, first=8):
        answer = office.ask("create_client", CLIENT)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")


def test_an_answer_of_dynamodb_that_gets_lost_costs_nothing(office: Office) -> None:
    with upset("TransactWriteItems", lost):
        assert office.ask("create_client", CLIENT).status == 201
    assert office.ask("list_clients").json["count"] == 1


def test_the_same_again_under_a_key_is_the_same_client(office: Office) -> None:
    first, second = office.ask("create_client", CLIENT, key="k"), office.ask("create_client", CLIENT, key="k")
    assert (first.status, second.json, second.headers["Idempotent-Replayed"]) == (201, first.json, "true")
    assert office.ask("list_clients").json["count"] == 1


def test_a_retry_after_a_crash_gets_the_client_that_was_made(office: Office) -> None:
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        office.ask("create_client", CLIENT, key="k")
    office.clock.move(minutes=1)
    answer = office.ask("create_client", CLIENT, key="k")
    assert (answer.status, [answer.json]) == (201, office.ask("list_clients").json["results"])
