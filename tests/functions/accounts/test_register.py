import base64
import json
from typing import Any
from urllib.parse import urlencode

import pytest

from kalit.kit.resources import Table
from tests.cloud import Answer, Cloud

from ..rows import kept, unchanged
from ..world import Clock, Killed, at_once, conflicting, killed_after, lost, refused, upset

ALI = {"username": "ali", "password": "password123"}
TAKEN = {"username": ["A user with that username already exists."]}
FORM = "application/x-www-form-urlencoded"


def register(aws: Cloud, body: Any = ALI, key: str = "", **told: Any) -> Answer:
    headers = {"idempotency-key": key} if key else {}
    return aws.http("accounts.register", body, headers=headers | told.pop("headers", {}), **told)


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
    register(aws, key="once")
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


# Idempotency-Key


def test_the_same_again_gets_the_first_answer_again(aws: Cloud) -> None:
    first = register(aws, key="k")
    with unchanged(aws):
        again = register(aws, key="k")
    assert (again.status, again.json) == (201, first.json)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers


def test_another_body_under_the_same_key_is_refused(aws: Cloud) -> None:
    register(aws, key="k")
    with unchanged(aws):
        answer = register(aws, {**ALI, "username": "vali"}, key="k")
    assert answer.status == 422


def test_a_refusal_is_replayed_too(aws: Cloud) -> None:
    register(aws)
    assert register(aws, key="k").json == TAKEN
    again = register(aws, key="k")
    assert (again.json, again.headers["Idempotent-Replayed"]) == (TAKEN, "true")


def test_a_retry_after_a_crash_finds_the_account_that_was_made(aws: Cloud, clock: Clock) -> None:
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        register(aws, key="k")
    [made] = accounts(aws)
    clock.move(seconds=60)
    answer = register(aws, key="k")
    assert (answer.status, answer.json) == (201, {"id": made["number"], "username": "ali"})
    assert len(accounts(aws)) == 1


@pytest.mark.parametrize("key", ["", "k"], ids=["no key", "key"])
def test_an_answer_of_dynamodb_that_gets_lost_costs_nothing(aws: Cloud, key: str) -> None:
    with upset("TransactWriteItems", lost):
        assert register(aws, key=key).status == 201
    assert len(accounts(aws)) == 1


def test_what_failed_on_our_side_is_not_kept_as_an_answer(aws: Cloud) -> None:
    with unchanged(aws), upset("TransactWriteItems", refused("InternalServerError")):
        assert register(aws, key="k").status == 500
    assert register(aws, key="k").status == 201


def test_a_key_that_was_used_long_ago_opens_another_account(aws: Cloud, clock: Clock) -> None:
    register(aws, key="k")
    clock.move(days=3)
    answer = register(aws, {**ALI, "username": "vali"}, key="k")
    assert (answer.status, answer.json["username"]) == (201, "vali")


def test_a_name_is_not_given_away_to_who_guesses_a_key(aws: Cloud, clock: Clock) -> None:
    register(aws, key="k")
    clock.move(days=3)
    answer = register(aws, {**ALI, "password": "another"}, key="k")
    assert (answer.status, answer.json) == (400, TAKEN)


def test_two_callers_may_choose_the_same_key(aws: Cloud, token: str) -> None:
    register(aws, {**ALI, "username": "vali"}, key="k")
    answer = register(aws, {**ALI, "username": "salim"}, key="k", token=token)
    assert (answer.status, json.loads(answer.text)["username"]) == (201, "salim")
