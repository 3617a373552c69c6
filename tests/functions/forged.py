"""Every kind of token that is not one of ours, though it looks like it."""

import base64
import hashlib
import hmac
import json
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.utils import der_to_raw_signature

from kalit.kit.resources import Key
from tests.cloud import Cloud

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

# Claims and headers that a token of ours does not have, signed as ours are. None takes a name away.
CLAIMS: list[dict[str, Any]] = [
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
    {"iat": 4_000_000_000, "exp": 4_000_003_600},
    {"jti": None},
    {"sid": None},
    {"sid": "1"},
    {"ver": 2},
    {"ver": "1"},
    {"ver": None},
]
HEADERS: list[dict[str, Any]] = [
    {"kid": None},
    {"kid": "unknown"},
    {"kid": 1},
    {"alg": "none"},
    {"alg": "HS256"},
    {"alg": "ES384"},
    {"alg": None},
    {"crit": ["exp"]},
]
GARBAGE = ["", "garbage", "..", "a.b.c", "e30.e30.", "e30.e30.e30", "W10.W10.W10", "ключ", "a" * 8_000]


def forged(aws: Cloud, token: str) -> dict[str, str]:
    """Kind -> bad token, made from a good one of the cloud."""
    header, claims = parts(token)
    keys = {key["kid"]: key for key in aws.http("accounts.jwks").json["keys"]}
    [other] = keys.keys() - {header["kid"]}
    own = generate_private_key(SECP256R1())
    own_jwk = jwt.algorithms.ECAlgorithm.to_jwk(own.public_key(), as_dict=True)
    refresh = aws.http("accounts.token", {"username": "ali", "password": "password123"}).json["refresh"]
    return {
        **{f"garbage {text[:12]}": text for text in GARBAGE},
        "nested": packed(b"[" * 7_000) + ".e30.",
        **{f"claims {told}": signed(aws, header, changed(claims, told)) for told in CLAIMS},
        **{f"header {told}": signed(aws, changed(header, told), claims) for told in HEADERS},
        **{f"unsigned {alg}": f"{packed({**header, 'alg': alg})}.{packed(claims)}." for alg in ("none", "NONE")},
        **{f"public key as secret {n}": mac for n, mac in enumerate(_public_key_as_secret(header, claims, keys))},
        **{f"touched in part {place}": _touched(token, place) for place in range(3)},
        "signature in another spelling": token[:-1] + LETTERS[LETTERS.index(token[-1]) + 1],
        "cut": token[:-10],
        "signature cut off": token.rpartition(".")[0],
        "more behind it": f"{token}.{token}",
        "signed by the other key": signed(aws, header, claims, Key.TOKENS_B),
        "in the name of the other key": signed(aws, {**header, "kid": other}, claims),
        "signed by a stranger": jwt.encode(claims, own, "ES256", header),
        "brings its own key": jwt.encode(claims, own, "ES256", {**header, "jwk": own_jwk}),
        "names where its key is": jwt.encode(claims, own, "ES256", {**header, "jku": "http://localhost/jwks.json"}),
        "a refresh token": refresh,
    }


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


def _touched(token: str, place: int) -> str:
    pieces = token.split(".")
    middle = len(pieces[place]) // 2
    other = "A" if pieces[place][middle] != "A" else "B"
    pieces[place] = pieces[place][:middle] + other + pieces[place][middle + 1 :]
    return ".".join(pieces)


def _public_key_as_secret(header: dict[str, Any], claims: dict[str, Any], keys: dict[str, Any]) -> list[str]:
    jwk = keys[header["kid"]]
    public = jwt.PyJWK(jwk).key
    text = f"{packed({**header, 'alg': 'HS256'})}.{packed(claims)}"
    secrets = (
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        json.dumps(jwk).encode(),
    )
    return [f"{text}.{packed(hmac.digest(secret, text.encode(), hashlib.sha256))}" for secret in secrets]
