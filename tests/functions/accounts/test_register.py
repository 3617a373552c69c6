import base64
from typing import Any
from urllib.parse import urlencode

import pytest

from kalit.kit.resources import Table
from tests.cloud import Answer, Cloud

from ..rows import kept, unchanged
from ..world import Clock, at_once, conflicting, lost, refused, upset

ALI = {"username": "ali", "password": "password123"}
TAKEN = {"username": ["A user with that username already exists."]}
FORM = "application/x-www-form-urlencoded"


def register(aws: Cloud, body: Any = ALI, **told: Any) -> Answer:
    return aws.http("accounts.register", body, **told)


def accounts(aws: Cloud) -> list[dict[str, Any]]:
    return aws.rows(Table.ACCOUNTS, "ACCOUNT#")


def test_an_account_is_opened_with_a_name_and_a_password(aws: Cloud) -> None:
    answer = register(aws)
    assert (answer.status, answer.json) == (201, {"id": 1, "username": "ali"})


def test_a_new_account_is_an_active_user_in_his_first_session(aws: Cloud, clock: Clock) -> None:
    register(aws, {**ALI, "role": "admin", "is_staff": True, "is_active": False, "id": 7, "session_version": 9})
    [row] = accounts(aws)
    assert row["role"] == "user"
    assert row["is_active"] is True
    assert (row["number"], row["session_version"]) == (1, 1)
    assert row["created_at"] == "2026-01-05T12:00:00.000Z"


def test_the_password_is_kept_nowhere_as_it_is(aws: Cloud) -> None:
    register(aws)
    assert "password123" not in str(kept(aws))
    assert "password123" not in base64.b64encode(str(kept(aws)).encode()).decode()


def test_each_account_has_the_next_number(aws: Cloud) -> None:
    numbers = [register(aws, {**ALI, "username": name}).json["id"] for name in ("a", "b", "c")]
    assert numbers == [1, 2, 3]


def test_who_registered_can_log_in(aws: Cloud) -> None:
    register(aws)
    assert aws.http("accounts.token", ALI).status == 200


def test_who_typed_an_odd_name_can_log_in_by_typing_it_again(aws: Cloud) -> None:
    typed = {"username": " и\u0306ван ", "password": "password123"}
    assert register(aws, typed).status == 201
    assert aws.http("accounts.token", typed).status == 200


@pytest.mark.parametrize("username", ["ali", "ａｌｉ"])
def test_a_name_that_is_taken_is_refused(aws: Cloud, username: str) -> None:
    register(aws)
    with unchanged(aws):
        answer = register(aws, {"username": username, "password": "another"})
    assert (answer.status, answer.json) == (400, TAKEN)


@pytest.mark.parametrize(
    ("language", "message"),
    [("uz", "Bunday nomli foydalanuvchi allaqachon mavjud."), ("ru", "Пользователь с таким именем уже существует.")],
)
def test_the_refusal_speaks_the_language_asked_for(aws: Cloud, language: str, message: str) -> None:
    register(aws)
    assert register(aws, headers={"accept-language": language}).json == {"username": [message]}


def test_a_name_in_another_case_is_another_name(aws: Cloud) -> None:
    register(aws)
    assert register(aws, {**ALI, "username": "Ali"}).status == 201


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, {"username": ["This field is required."], "password": ["This field is required."]}),
        ({"username": "ali"}, {"password": ["This field is required."]}),
        ({**ALI, "password": ""}, {"password": ["This field may not be blank."]}),
        ({**ALI, "username": None}, {"username": ["This field may not be null."]}),
        ({**ALI, "username": "x" * 151}, {"username": ["Ensure this field has no more than 150 characters."]}),
        ([ALI], {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
    ],
    ids=["nothing", "no password", "blank", "null", "long", "list"],
)
def test_a_body_that_will_not_do_opens_nothing(aws: Cloud, body: Any, told: Any) -> None:
    with unchanged(aws):
        answer = register(aws, body)
    assert (answer.status, answer.json) == (400, told)


@pytest.mark.parametrize(
    ("raw", "media_type", "status"),
    [(b"{", "application/json", 400), (b"{}", "text/plain", 415), (b"\xff", FORM, 400)],
)
def test_a_body_that_cannot_be_read_opens_nothing(aws: Cloud, raw: bytes, media_type: str, status: int) -> None:
    with unchanged(aws):
        answer = register(aws, None, raw=raw, headers={"content-type": media_type})
    assert answer.status == status
    assert list(answer.json) == ["detail"]


def test_a_refusal_may_be_asked_for_as_a_problem(aws: Cloud) -> None:
    answer = register(aws, {"username": "ali"}, headers={"accept": "application/problem+json"})
    assert (answer.status, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert answer.json["errors"] == [{"field": "password", "message": "This field is required."}]


def test_a_form_will_do(aws: Cloud) -> None:
    answer = register(aws, None, raw=urlencode(ALI).encode(), headers={"content-type": FORM})
    assert (answer.status, answer.json["username"]) == (201, "ali")


def test_a_multipart_form_will_do(aws: Cloud) -> None:
    parts = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in ALI.items()]
    raw = "".join([*parts, "--x--\r\n"]).encode()
    answer = register(aws, None, raw=raw, headers={"content-type": "multipart/form-data; boundary=x"})
    assert (answer.status, answer.json["username"]) == (201, "ali")


def test_who_is_logged_in_may_open_another_account(aws: Cloud, token: str) -> None:
    assert register(aws, {**ALI, "username": "vali"}, token=token).status == 201


def test_of_many_who_want_a_name_at_once_one_gets_it(aws: Cloud) -> None:
    register(aws)
    vali = {"username": "vali", "password": "password123"}
    answers = at_once([lambda: register(aws, vali)] * 8)
    assert sorted(answer.status for answer in answers) == [201] + [400] * 7
    assert len(accounts(aws)) == 2


def test_a_conflict_is_tried_again(aws: Cloud) -> None:
    with upset("TransactWriteItems", conflicting, first=2):
        assert register(aws).status == 201


def test_an_answer_of_dynamodb_that_gets_lost_costs_nothing(aws: Cloud) -> None:
    with upset("TransactWriteItems", lost):
        assert register(aws).status == 201
    assert len(accounts(aws)) == 1


def test_what_fails_on_our_side_leaves_the_name_free(aws: Cloud) -> None:
    with unchanged(aws), upset("TransactWriteItems", refused("InternalServerError")):
        assert register(aws).status == 500
    assert register(aws).status == 201


@pytest.mark.long
def test_one_address_cannot_try_out_names_for_ever(aws: Cloud, token: str) -> None:
    here, elsewhere = {"x-kalit-address": "198.51.100.7"}, {"x-kalit-address": "192.0.2.1"}
    told = [register(aws, headers=here).status for _ in range(101)]
    assert told == [400] * 100 + [429]
    assert register(aws, {**ALI, "username": "vali"}, headers=here).status == 429
    assert register(aws, {**ALI, "username": "vali"}, headers=elsewhere).status == 201
