import base64
import hashlib
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt import PyJWK

from kalit.kit.resources import Key
from tests.cloud import Cloud

from ..rows import unchanged


@pytest.fixture
def keys(aws: Cloud) -> list[dict[str, Any]]:
    answer = aws.http("accounts.jwks")
    assert answer.status == 200
    told: list[dict[str, Any]] = answer.json["keys"]
    return told


def test_anybody_may_read_both_public_keys(keys: list[dict[str, Any]]) -> None:
    assert [(key["kty"], key["crv"], key["alg"], key["use"]) for key in keys] == [("EC", "P-256", "ES256", "sig")] * 2


def test_nothing_private_is_published(keys: list[dict[str, Any]]) -> None:
    assert all(set(key) == {"kty", "crv", "x", "y", "alg", "use", "kid"} for key in keys)


def test_the_keys_are_those_of_kms(aws: Cloud, keys: list[dict[str, Any]]) -> None:
    published = [PyJWK(key).key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) for key in keys]
    kms = aws.client("kms")
    assert published == [kms.get_public_key(KeyId=aws.ids[key])["PublicKey"] for key in Key]


def test_a_key_is_named_by_its_thumbprint(keys: list[dict[str, Any]]) -> None:
    for key in keys:
        canonical = json.dumps({name: key[name] for name in ("crv", "kty", "x", "y")}, separators=(",", ":"))
        thumbprint = base64.urlsafe_b64encode(hashlib.sha256(canonical.encode()).digest()).rstrip(b"=").decode()
        assert key["kid"] == thumbprint


def test_the_keys_may_be_kept_for_a_while(aws: Cloud) -> None:
    assert aws.http("accounts.jwks").headers["Cache-Control"] == "public, max-age=300"


def test_reading_the_keys_leaves_nothing_behind(aws: Cloud) -> None:
    with unchanged(aws):
        aws.http("accounts.jwks")
