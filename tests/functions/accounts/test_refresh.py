import json
from typing import Any

import pytest

from kalit.kit.resources import Table
from tests.cloud import Answer, Cloud, forget

from ..rows import change_ali, put, unchanged
from ..world import Clock

NOT_VALID = {"detail": "Token is invalid or expired", "code": "token_not_valid"}


@pytest.fixture
def tokens(aws: Cloud, token: str) -> dict[str, str]:
    """What ali got when he logged in."""
    told: dict[str, str] = aws.http("accounts.token", {"username": "ali", "password": "password123"}).json
    return told


def renew(aws: Cloud, refresh: Any, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return aws.http("accounts.refresh", {"refresh": refresh}, headers=named)


def test_a_refresh_token_gets_a_new_access_token_and_nothing_else(aws: Cloud, tokens: dict[str, str]) -> None:
    answer = renew(aws, tokens["refresh"])
    assert answer.status == 200
    assert set(answer.json) == {"access"}
    assert answer.json["access"] != tokens["access"]


def test_the_new_token_opens_doors(aws: Cloud, tokens: dict[str, str]) -> None:
    assert aws.http("tasks.list", token=renew(aws, tokens["refresh"]).json["access"]).status == 200


def test_the_new_token_holds_for_an_hour_from_now(aws: Cloud, clock: Clock, tokens: dict[str, str]) -> None:
    clock.move(hours=23)
    access = renew(aws, tokens["refresh"]).json["access"]
    clock.move(seconds=3_599)
    assert aws.http("tasks.list", token=access).status == 200
    clock.move(seconds=1)
    assert aws.http("tasks.list", token=access).status == 401


def test_a_refresh_token_may_be_used_again(aws: Cloud, tokens: dict[str, str]) -> None:
    assert [renew(aws, tokens["refresh"]).status for _ in range(2)] == [200, 200]


@pytest.mark.parametrize(("after", "status"), [(86_399, 200), (86_400, 401)])
def test_a_refresh_token_holds_for_a_day(
    aws: Cloud, clock: Clock, tokens: dict[str, str], after: float, status: int
) -> None:
    clock.move(seconds=after)
    assert renew(aws, tokens["refresh"]).status == status


def test_an_access_token_is_no_refresh_token(aws: Cloud, tokens: dict[str, str]) -> None:
    answer = renew(aws, tokens["access"])
    assert (answer.status, answer.json) == (401, NOT_VALID)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize("garbage", ["garbage", "a.b.c", "e30.e30.e30", "42"])
def test_garbage_is_no_refresh_token(aws: Cloud, tokens: dict[str, str], garbage: str) -> None:
    with unchanged(aws):
        answer = renew(aws, garbage)
    assert (answer.status, answer.json) == (401, NOT_VALID)


@pytest.mark.parametrize("change", [{"is_active": False}, {"session_version": 2}], ids=["disabled", "ended"])
def test_who_may_no_longer_call_gets_no_new_token(aws: Cloud, tokens: dict[str, str], change: dict[str, Any]) -> None:
    change_ali(aws, **change)
    assert (renew(aws, tokens["refresh"]).status, renew(aws, tokens["refresh"]).json) == (401, NOT_VALID)


@pytest.mark.parametrize(
    ("language", "detail"), [("ru", "Токен недействителен или просрочен"), ("uz", "Token yaroqsiz yoki muddati oʻtgan")]
)
def test_the_refusal_speaks_the_language_asked_for(aws: Cloud, language: str, detail: str) -> None:
    assert renew(aws, "garbage", accept_language=language).json == {**NOT_VALID, "detail": detail}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "This field is required."),
        ({"refresh": ""}, "This field may not be blank."),
        ({"refresh": None}, "This field may not be null."),
    ],
)
def test_a_body_without_a_token_is_refused(aws: Cloud, body: Any, message: str) -> None:
    answer = aws.http("accounts.refresh", body)
    assert (answer.status, answer.json) == (400, {"refresh": [message]})


def test_a_key_is_published_before_the_first_token_of_a_process(aws: Cloud, tokens: dict[str, str]) -> None:
    [row] = aws.rows(Table.KEYS)
    only_signing = json.dumps({"keys": json.loads(row["jwks"])["keys"][:1]})
    put(aws, Table.KEYS, {**row, "jwks": only_signing})
    forget()
    assert renew(aws, tokens["refresh"]).status == 200
    assert aws.rows(Table.KEYS) == [row]
