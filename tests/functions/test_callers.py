"""Whom the doors let in: an account in good standing, by a token of ours that is in force."""

import base64
import hashlib
import hmac
import json
import os
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.utils import der_to_raw_signature

from infra.events import sample
from kalit.kit import api
from kalit.kit.api import Endpoint
from kalit.kit.caller import Admin, Caller
from kalit.kit.resources import Key, Table
from tests.cloud import DOORS, EDGE_SECRET, Answer, Cloud, forget

from .rows import change_ali, unchanged
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


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims."""
    return jwt.get_unverified_header(token), jwt.decode(token, options={"verify_signature": False})


def packed(part: Any) -> str:
    data = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(aws: Cloud, header: Any, claims: Any, key: Key = Key.TOKENS_A) -> str:
    """A token with a signature of our own key, whatever it says."""
    text = f"{packed(header)}.{packed(claims)}"
    answer = aws.client("kms").sign(
        KeyId=aws.ids[key], Message=text.encode(), MessageType="RAW", SigningAlgorithm="ECDSA_SHA_256"
    )
    return f"{text}.{packed(der_to_raw_signature(answer['Signature'], SECP256R1()))}"


def changed(part: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The same with other values; None takes a name away."""
    return {name: value for name, value in {**part, **changes}.items() if value is not None}


@pytest.mark.parametrize("name", PROTECTED)
def test_nobody_passes_a_protected_door(aws: Cloud, name: str) -> None:
    with unchanged(aws):
        answer = knock(aws, name)
    assert (answer.status, answer.json) == (401, NOT_PROVIDED)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize("name", [*PROTECTED, *OPTIONAL])
def test_a_bad_token_passes_no_door_that_knows_callers(aws: Cloud, name: str) -> None:
    with unchanged(aws):
        answer = knock(aws, name, authorization="Bearer garbage")
    assert (answer.status, answer.json) == (401, NOT_VALID)
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


@pytest.mark.parametrize(
    "garbage",
    [
        "",
        "garbage",
        "..",
        "a.b.c",
        "e30.e30.",
        "e30.e30.e30",
        "W10.W10.W10",
        "ключ",
        "a" * 8_000,
        packed(b"[" * 7_000) + ".e30.",
    ],
    ids=lambda text: text[:12],
)
def test_garbage_is_no_token(aws: Cloud, token: str, garbage: str) -> None:
    assert (shown(aws, garbage).status, shown(aws, garbage).json) == (401, NOT_VALID)


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
    "changes",
    [
        {"sub": str(uuid4())},
        {"sub": "1"},
        {"sub": 1},
        {"sub": None},
        {"iss": "another"},
        {"iss": None},
        {"token_type": "refresh"},
        {"token_type": None},
        {"exp": None},
        {"exp": 0},
        {"exp": "soon"},
        {"exp": 1e400},
        {"iat": None},
        {"iat": "once"},
        {"iat": [1]},
        {"jti": None},
        {"ver": 2},
        {"ver": "1"},
        {"ver": None},
    ],
    ids=str,
)
def test_a_signed_token_that_says_something_else_does_not_pass(aws: Cloud, token: str, changes: dict[str, Any]) -> None:
    header, claims = parts(token)
    assert shown(aws, signed(aws, header, changed(claims, changes))).json == NOT_VALID


@pytest.mark.parametrize(
    "changes",
    [
        {"kid": None},
        {"kid": "unknown"},
        {"kid": 1},
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "ES384"},
        {"alg": None},
        {"crit": ["exp"]},
    ],
    ids=str,
)
def test_a_signed_token_with_another_header_does_not_pass(aws: Cloud, token: str, changes: dict[str, Any]) -> None:
    header, claims = parts(token)
    assert shown(aws, signed(aws, changed(header, changes), claims)).json == NOT_VALID


def test_a_token_without_a_signature_does_not_pass(aws: Cloud, token: str) -> None:
    header, claims = parts(token)
    for alg in ("none", "None", "ES256"):
        assert shown(aws, f"{packed({**header, 'alg': alg})}.{packed(claims)}.").json == NOT_VALID


def test_the_public_key_is_no_shared_secret(aws: Cloud, token: str) -> None:
    header, claims = parts(token)
    [jwk] = [key for key in aws.http("accounts.jwks").json["keys"] if key["kid"] == header["kid"]]
    public = jwt.PyJWK(jwk).key
    text = f"{packed({**header, 'alg': 'HS256'})}.{packed(claims)}"
    for secret in (
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        json.dumps(jwk).encode(),
    ):
        mac = hmac.new(secret, text.encode(), hashlib.sha256).digest()
        assert shown(aws, f"{text}.{packed(mac)}").json == NOT_VALID


def test_a_token_of_a_strangers_key_does_not_pass(aws: Cloud, token: str) -> None:
    header, claims = parts(token)
    assert shown(aws, jwt.encode(claims, generate_private_key(SECP256R1()), "ES256", header)).json == NOT_VALID


def test_a_token_may_not_bring_its_own_key(aws: Cloud, token: str) -> None:
    header, claims = parts(token)
    own = generate_private_key(SECP256R1())
    jwk = jwt.algorithms.ECAlgorithm.to_jwk(own.public_key(), as_dict=True)
    assert shown(aws, jwt.encode(claims, own, "ES256", {**header, "jwk": jwk})).json == NOT_VALID


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_token_that_was_touched_does_not_pass(aws: Cloud, token: str, place: int) -> None:
    pieces = token.split(".")
    middle = len(pieces[place]) // 2
    other = "A" if pieces[place][middle] != "A" else "B"
    pieces[place] = pieces[place][:middle] + other + pieces[place][middle + 1 :]
    assert shown(aws, ".".join(pieces)).json == NOT_VALID


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
    [row] = aws.rows(Table.ACCOUNTS, "ACCOUNT#")
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


def test_who_may_not_is_told_so(aws: Cloud, token: str) -> None:
    told = {"status": 403, "detail": "You do not have permission to perform this action."}
    assert called(only_admins, aws, token) == told
