import json
from collections import Counter
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from argon2 import PasswordHasher

from kalit.kit.resources import Table
from tests.cloud import Answer, Cloud, forget

from ..rows import change_ali, unchanged
from ..world import Clock, at_once, meanwhile, upset

ALI = {"username": "ali", "password": "password123"}
NOBODY = {"detail": "No active account found with the given credentials"}


@pytest.fixture(autouse=True)
def _ali(token: str) -> None:
    """Ali has an account."""


def log_in(aws: Cloud, body: Any = ALI, **told: Any) -> Answer:
    return aws.http("accounts.token", body, **told)


def claims(aws: Cloud, token: str) -> dict[str, Any]:
    """The claims, checked as anybody can with what is published."""
    keys = jwt.PyJWKSet.from_dict(aws.http("accounts.jwks").json)
    key = keys[jwt.get_unverified_header(token)["kid"]]
    told: dict[str, Any] = jwt.decode(
        token, key, algorithms=["ES256"], options={"verify_exp": False, "verify_iat": False}
    )
    return told


def test_a_name_and_its_password_get_two_tokens(aws: Cloud) -> None:
    answer = log_in(aws)
    assert answer.status == 200
    assert set(answer.json) == {"refresh", "access"}


@pytest.mark.parametrize(("name", "seconds"), [("access", 3_600), ("refresh", 86_400)])
def test_a_token_is_signed_by_a_published_key_and_says_whose_it_is(
    aws: Cloud, clock: Clock, name: str, seconds: int
) -> None:
    told = claims(aws, log_in(aws).json[name])
    now = int(clock.now.timestamp())
    assert (told["token_type"], told["user_id"], told["ver"]) == (name, 1, 1)
    assert (told["iat"], told["exp"]) == (now, now + seconds)
    assert told["jti"]


def test_no_two_logins_get_the_same_token(aws: Cloud) -> None:
    assert log_in(aws).json["access"] != log_in(aws).json["access"]


def test_a_token_says_the_session_that_it_belongs_to(aws: Cloud) -> None:
    change_ali(aws, session_version=4)
    assert claims(aws, log_in(aws).json["access"])["ver"] == 4


def test_an_email_field_may_hold_the_name(aws: Cloud) -> None:
    assert log_in(aws, {"email": "ali", "password": "password123"}).status == 200


def test_a_form_will_do(aws: Cloud) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert log_in(aws, None, raw=urlencode(ALI).encode(), headers=headers).status == 200


@pytest.mark.parametrize(
    "body",
    [
        {"username": "vali", "password": "password123"},
        {"username": "ali", "password": "Password123"},
        {"username": "ali", "password": "password123 "},
        {"username": "Ali", "password": "password123"},
        {"username": "ali", "password": "no account has this password"},
        {"username": "nobody", "password": "no account has this password"},
        {"username": "USERNAME#ali", "password": "password123"},
        {"username": "🔑\x00", "password": "password123"},
    ],
    ids=["unknown", "wrong", "longer", "another case", "canary", "canary of nobody", "a key", "odd"],
)
def test_whoever_cannot_be_let_in_hears_the_same(aws: Cloud, body: Any) -> None:
    with unchanged(aws):
        answer = log_in(aws, body)
    assert (answer.status, answer.json) == (401, NOBODY)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'


def test_an_account_that_is_not_active_hears_the_same(aws: Cloud) -> None:
    change_ali(aws, is_active=False)
    assert (log_in(aws).status, log_in(aws).json) == (401, NOBODY)


@pytest.mark.parametrize("language", ["ru", "uz"])
def test_the_refusal_speaks_the_language_asked_for(aws: Cloud, language: str) -> None:
    told = {
        "ru": "Не найдено активной учетной записи с указанными данными",
        "uz": "Berilgan maʼlumotlar bilan faol hisob topilmadi",
    }
    answer = log_in(aws, {**ALI, "password": "wrong"}, headers={"accept-language": language})
    assert answer.json == {"detail": told[language]}


def test_the_refusal_may_be_asked_for_as_a_problem(aws: Cloud) -> None:
    answer = log_in(aws, {**ALI, "password": "wrong"}, headers={"accept": "application/problem+json"})
    assert (answer.json["status"], answer.json["code"]) == (401, "no_active_account")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, {"username": ["This field is required."], "password": ["This field is required."]}),
        ({"username": "ali"}, {"password": ["This field is required."]}),
        ({"email": "ali"}, {"password": ["This field is required."]}),
        ({**ALI, "password": ""}, {"password": ["This field may not be blank."]}),
        ({**ALI, "username": ""}, {"username": ["This field may not be blank."]}),
        ({**ALI, "username": {}}, {"username": ["Not a valid string."]}),
    ],
    ids=["nothing", "no password", "email alone", "blank password", "blank name", "object"],
)
def test_a_body_that_will_not_do_is_refused(aws: Cloud, body: Any, told: Any) -> None:
    answer = log_in(aws, body)
    assert (answer.status, answer.json) == (400, told)


def test_the_first_login_publishes_the_keys_for_every_door(aws: Cloud) -> None:
    [row] = aws.rows(Table.KEYS)
    assert aws.http("accounts.jwks").json == json.loads(row["jwks"])


def test_a_new_process_leaves_the_published_keys_alone(aws: Cloud) -> None:
    before = aws.rows(Table.KEYS)
    forget()
    assert log_in(aws).status == 200
    assert aws.rows(Table.KEYS) == before


def test_a_login_leaves_a_session_and_where_it_came_from(aws: Cloud) -> None:
    headers = {"x-kalit-address": "198.51.100.7", "user-agent": "Kalit/3.1 (iPhone)"}
    assert log_in(aws, headers=headers).status == 200
    [session] = [row for row in aws.rows(Table.ACCOUNTS, "ACCOUNT#") if row.get("address") == "198.51.100.7"]
    assert (session["family"], session["agent"]) == ("token", "Kalit/3.1 (iPhone)")
    [account] = [row for row in aws.rows(Table.ACCOUNTS, "ACCOUNT#") if row["sk"] == "ACCOUNT"]
    assert account["last_login_ip"] == "198.51.100.7"


def test_one_password_is_verified_whoever_is_named(aws: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hash is what takes time: one on every way out, or a stopwatch would tell who has an account."""
    verified = []
    original = PasswordHasher.verify
    monkeypatch.setattr(PasswordHasher, "verify", lambda *told: verified.append(told) or original(*told))
    for name in ("ali", "nobody"):
        verified.clear()
        log_in(aws, {"username": name, "password": "wrong"})
        assert len(verified) == 1


def guess(aws: Cloud, address: str, **told: Any) -> Answer:
    return log_in(aws, {**ALI, "password": "a guess", **told}, headers={"x-kalit-address": address})


def test_the_eleventh_try_from_one_address_is_not_looked_at(aws: Cloud) -> None:
    assert [guess(aws, "1.2.3.4").status for _ in range(11)] == [401] * 10 + [429]
    answer = log_in(aws, headers={"x-kalit-address": "1.2.3.4"})
    assert (answer.status, answer.headers["Retry-After"]) == (429, "900")
    assert answer.json == {"detail": "Request was throttled. Expected available in 900 seconds."}


def test_the_right_password_holds_again_when_the_time_is_over(aws: Cloud, clock: Clock) -> None:
    for _ in range(10):
        guess(aws, "1.2.3.4")
    clock.move(seconds=899)
    assert log_in(aws, headers={"x-kalit-address": "1.2.3.4"}).headers["Retry-After"] == "1"
    clock.move(seconds=1)
    assert log_in(aws, headers={"x-kalit-address": "1.2.3.4"}).status == 200
    assert guess(aws, "1.2.3.4").status == 401


def test_a_name_that_nobody_has_is_locked_alike(aws: Cloud) -> None:
    told = [guess(aws, "1.2.3.4", username="nobody") for _ in range(11)]
    assert [answer.status for answer in told] == [401] * 10 + [429]


def test_who_logs_in_well_does_not_use_up_his_tries(aws: Cloud) -> None:
    assert {log_in(aws).status for _ in range(12)} == {200}


@pytest.mark.long
def test_a_thousand_guesses_from_a_hundred_addresses_do_not_keep_the_owner_out(aws: Cloud, fast_hash: None) -> None:
    addresses = [f"203.0.113.{n}" for n in range(100)]
    told = Counter(guess(aws, address).status for address in addresses for _ in range(12))
    assert told == {401: 1_000, 429: 200}
    assert log_in(aws, headers={"x-kalit-address": "198.51.100.7"}).status == 200


def test_guesses_at_once_are_not_more_than_guesses_in_a_row(aws: Cloud) -> None:
    answers = at_once([lambda: guess(aws, "1.2.3.4")] * 24)
    assert Counter(answer.status for answer in answers) == {401: 10, 429: 14}


def test_many_may_log_in_well_at_once_from_one_address(aws: Cloud) -> None:
    assert {answer.status for answer in at_once([lambda: log_in(aws)] * 24)} == {200}


def test_a_new_password_set_meanwhile_is_not_passed_by(aws: Cloud) -> None:
    with upset("TransactWriteItems", meanwhile(lambda: change_ali(aws, password="another hash"))):
        answer = log_in(aws)
    assert (answer.status, answer.json) == (401, NOBODY)


@pytest.mark.parametrize("spelling", ["caf\u00e9 qulf", "cafe\u0301 qulf"])
def test_a_password_is_the_same_however_the_keyboard_writes_it(aws: Cloud, spelling: str) -> None:
    aws.register("vali", "caf\u00e9 qulf")
    assert log_in(aws, {"username": "vali", "password": spelling}).status == 200


def test_a_password_of_more_than_256_letters_is_not_even_tried(aws: Cloud) -> None:
    answer = log_in(aws, {**ALI, "password": "x" * 257})
    told = {"password": ["Ensure this field has no more than 256 characters."]}
    assert (answer.status, answer.json) == (400, told)
