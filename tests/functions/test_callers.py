"""Whom the doors let in: an account in good standing, by a token of ours that is in force."""

import hashlib
import json
import os
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from infra.access import lets_in
from infra.events import sample
from kalit.kit import api
from kalit.kit.api import Endpoint
from kalit.kit.caller import Admin, Caller
from kalit.kit.resources import Key, Table
from tests.cloud import DOORS, EDGE_SECRET, Answer, Cloud, forget

from .forged import forged, parts, signed
from .rows import change_ali, put, refusal, unchanged
from .world import Clock

ENDPOINTS = [door for door in DOORS.values() if isinstance(door, Endpoint)]
PROTECTED = [door.name for door in ENDPOINTS if door.caller_kind and not door.open_to_all]
OPTIONAL = [door.name for door in ENDPOINTS if door.caller_kind and door.open_to_all]

NOT_PROVIDED = {"detail": "Authentication credentials were not provided."}
NOT_VALID = {
    "detail": "Given token not valid for any token type",
    "code": "token_not_valid",
    "messages": [{"token_class": "AccessToken", "token_type": "access", "message": "Token is invalid or expired"}],
}


def knock(aws: Cloud, name: str, **headers: str) -> Answer:
    """A door, by the path of its sample."""
    door = DOORS[name]
    assert isinstance(door, Endpoint)
    return aws.http(name, headers=headers, **sample(door).get("pathParameters", {}))


def shown(aws: Cloud, token: str, scheme: str = "Bearer") -> Answer:
    return aws.http("tasks.list", headers={"authorization": f"{scheme} {token}"})


@pytest.mark.parametrize("name", PROTECTED)
def test_nobody_passes_a_protected_door(aws: Cloud, name: str) -> None:
    with unchanged(aws):
        answer = knock(aws, name)
    assert (answer.status, answer.json) == (401, refusal(name, 401, NOT_PROVIDED))
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize("name", [*PROTECTED, *OPTIONAL])
def test_a_bad_token_passes_no_door_that_knows_callers(aws: Cloud, name: str) -> None:
    with unchanged(aws):
        answer = knock(aws, name, authorization="Bearer garbage")
    assert (answer.status, answer.json) == (401, refusal(name, 401, NOT_VALID))
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_refusal_of_a_caller_speaks_the_language_asked_for(aws: Cloud) -> None:
    told = {
        language: knock(aws, "tasks.list", **{"accept-language": language}).json["detail"]
        for language in ["uz", "ru", "en"]
    }
    assert told == {
        "uz": "Kirish maʼlumotlari berilmagan.",
        "ru": "Учетные данные не были предоставлены.",
        "en": "Authentication credentials were not provided.",
    }


def test_a_stranger_learns_nothing_of_his_body(aws: Cloud) -> None:
    assert aws.http("tasks.create", {"task_type": "zzz"}).json == NOT_PROVIDED


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer "])
def test_a_good_token_passes(aws: Cloud, token: str, scheme: str) -> None:
    assert shown(aws, token, scheme).status == 200


@pytest.mark.parametrize("scheme", ["Token", "Basic", "JWT", "", "Bearer:"])
def test_another_scheme_counts_as_no_token(aws: Cloud, token: str, scheme: str) -> None:
    assert shown(aws, token, scheme).json == NOT_PROVIDED


def test_no_forged_token_passes(aws: Cloud, token: str) -> None:
    """More than forty kinds; tests/proof/test_ways_in.py tries them at every door."""
    accepted, kinds = {}, forged(aws, token)
    with unchanged(aws):
        for kind, bad in kinds.items():
            answer = knock(aws, "tasks.list", authorization=f"Bearer {bad}")
            if (answer.status, answer.json) != (401, NOT_VALID):
                accepted[kind] = answer
    assert not accepted


def test_there_are_more_than_forty_kinds_of_forged_tokens(aws: Cloud, token: str) -> None:
    kinds = forged(aws, token)
    assert len(set(kinds.values())) == len(kinds) > 40
    assert token not in kinds.values()


def test_no_token_passes_before_the_first_was_issued(aws: Cloud) -> None:
    key = generate_private_key(SECP256R1())
    assert shown(aws, jwt.encode({"sub": str(uuid4())}, key, "ES256", {"kid": "a"})).json == NOT_VALID


def test_a_token_that_is_signed_and_says_the_same_passes(aws: Cloud, token: str) -> None:
    assert shown(aws, signed(aws, *parts(token))).status == 200


def test_a_token_of_the_other_published_key_passes(aws: Cloud, token: str) -> None:
    header, claims = parts(token)
    [other] = {key["kid"] for key in aws.http("accounts.jwks").json["keys"]} - {header["kid"]}
    assert shown(aws, signed(aws, {**header, "kid": other}, claims, Key.TOKENS_B)).status == 200


def test_a_token_signed_by_one_key_in_the_name_of_the_other_does_not_pass(aws: Cloud, token: str) -> None:
    header, claims = parts(token)
    assert shown(aws, signed(aws, header, claims, Key.TOKENS_B)).json == NOT_VALID


@pytest.mark.parametrize(
    ("after", "status"), [(0, 200), (3_599, 200), (3_600, 401), (-5, 200), (-6, 401), (-86_400, 401)]
)
def test_a_token_holds_for_an_hour_from_its_issue(
    aws: Cloud, clock: Clock, token: str, after: float, status: int
) -> None:
    clock.move(seconds=after)
    assert shown(aws, token).status == status


def test_a_refresh_token_is_no_access_token(aws: Cloud, token: str) -> None:
    refresh = aws.http("accounts.token", {"username": "ali", "password": "password123"}).json["refresh"]
    assert shown(aws, refresh).json == NOT_VALID


@pytest.mark.parametrize("change", [{"is_active": False}, {"session_version": 2}], ids=["disabled", "sessions ended"])
def test_a_change_of_standing_holds_from_the_next_request_on(aws: Cloud, token: str, change: Any) -> None:
    assert shown(aws, token).status == 200
    change_ali(aws, **change)
    assert shown(aws, token).json == NOT_VALID


def test_a_token_of_an_account_that_is_gone_does_not_pass(aws: Cloud, token: str) -> None:
    [row] = [row for row in aws.rows(Table.ACCOUNTS, "ACCOUNT#") if row["sk"] == "ACCOUNT"]
    key = {"pk": {"S": row["pk"]}, "sk": {"S": row["sk"]}}
    aws.client("dynamodb").delete_item(TableName=aws.ids[Table.ACCOUNTS], Key=key)
    assert shown(aws, token).json == NOT_VALID


def test_a_new_process_knows_the_keys(aws: Cloud, token: str) -> None:
    forget()
    assert shown(aws, token).status == 200


def whoami(caller: Caller) -> dict[str, Any]:
    return {"id": caller.id, "username": caller.username, "role": caller.role}


def only_admins(caller: Admin) -> dict[str, Any]:
    return whoami(caller)


def called(call: Any, aws: Cloud, token: str) -> dict[str, Any]:
    """What a door of the test's own says to the caller."""
    door = api.get("/api/me/")(call)
    os.environ.update({grant.resource.variable: aws.ids[grant.resource] for grant in door.grants})
    os.environ["EDGE_SECRET_SHA256"] = hashlib.sha256(EDGE_SECRET.encode()).hexdigest()
    event = {
        "rawPath": "/api/me",
        "headers": {"authorization": f"Bearer {token}", "x-kalit-edge": EDGE_SECRET},
        "requestContext": {"http": {"method": "GET"}},
    }
    answer = door(event, None)
    return {"status": answer["statusCode"], **json.loads(answer["body"])}


@pytest.mark.parametrize("role", ["user", "manager", "admin"])
def test_a_caller_is_who_the_row_says_now(aws: Cloud, token: str, role: str) -> None:
    change_ali(aws, role=role)
    assert called(whoami, aws, token) == {"status": 200, "id": 1, "username": "ali", "role": role}


@pytest.mark.parametrize(("role", "status"), [("user", 403), ("manager", 403), ("admin", 200), ("", 403)])
def test_only_an_admin_passes_a_door_for_admins(aws: Cloud, token: str, role: str, status: int) -> None:
    change_ali(aws, role=role)
    assert called(only_admins, aws, token)["status"] == status


@pytest.mark.parametrize("name", PROTECTED)
def test_a_door_lets_in_whom_the_table_of_access_says(aws: Cloud, token: str, name: str) -> None:
    door = DOORS[name]
    assert isinstance(door, Endpoint)
    [row] = [row for row in aws.rows(Table.ACCOUNTS, "ACCOUNT#") if row["sk"] == "ACCOUNT"]
    refused = set()
    for role in ("user", "manager", "admin"):
        put(aws, Table.ACCOUNTS, {**row, "role": role})
        if knock(aws, name, authorization=f"Bearer {token}").status == 403:
            refused.add(role)
    assert refused == {"user", "manager", "admin"} - lets_in(door)


def test_who_may_not_is_told_so(aws: Cloud, token: str) -> None:
    told = {"status": 403, "detail": "You do not have permission to perform this action."}
    assert called(only_admins, aws, token) == told
