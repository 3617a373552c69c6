"""The keys: KMS signs tokens and derives secrets, and every door finds the public halves in a table."""

import base64
import hashlib
import json
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from kalit.kit import aws
from kalit.kit.caller import ALGORITHM, PublicKeys
from kalit.kit.resources import Grant, Mac, Table

from .tokens import PUBLISHED, SIGNING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

PUBLIC: tuple[Grant, ...] = tuple(key.public for key in PUBLISHED)
SIGN: tuple[Grant, ...] = (SIGNING.sign, *PUBLIC, Table.KEYS.get, Table.KEYS.put)
DERIVE: tuple[Grant, ...] = (Mac.SESSIONS.generate,)


def derive(*parts: str) -> bytes:
    """32 secret bytes, the same for the same parts. One kms:GenerateMac; the key never leaves KMS."""
    answer = aws.client("kms").generate_mac(
        KeyId=Mac.SESSIONS.id, Message="\x1f".join(parts).encode(), MacAlgorithm="HMAC_SHA_256"
    )
    mac: bytes = answer["Mac"]
    return mac


def sign(claims: dict[str, Any]) -> str:
    """A signed token. One kms:Sign; the private key never leaves KMS."""
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
    from jwt.utils import der_to_raw_signature

    header = {"alg": ALGORITHM, "kid": _published()[SIGNING.value], "typ": "JWT"}
    text = b".".join(_base64(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
    answer = aws.client("kms").sign(
        KeyId=SIGNING.id,
        Message=text,
        MessageType="RAW",
        SigningAlgorithm="ECDSA_SHA_256",
    )
    return b".".join((text, _base64(der_to_raw_signature(answer["Signature"], SECP256R1())))).decode()


@cache
def _published() -> dict[str, str]:
    """Key name -> key id, once the public halves lie where every door reads them.

    Done before a process issues its first token, so no token is ever out before its key is.
    """
    keys = public_keys()
    jwks = json.dumps({"keys": list(keys.values())}, sort_keys=True)
    row = PublicKeys.find(*PublicKeys.KEY)
    if row is None or row.jwks != jwks:
        PublicKeys(*PublicKeys.KEY, jwks=jwks).save()
    return {name: str(jwk["kid"]) for name, jwk in keys.items()}


@cache
def public_keys() -> dict[str, dict[str, Any]]:
    """Key name -> JSON Web Key. One kms:GetPublicKey each, once in a process."""
    return {key.value: _jwk(aws.client("kms").get_public_key(KeyId=key.id)["PublicKey"]) for key in PUBLISHED}


def _jwk(der: bytes) -> dict[str, Any]:
    """A P-256 public key as a JSON Web Key; `kid` is its thumbprint (RFC 7638)."""
    from cryptography.hazmat.primitives.serialization import load_der_public_key
    from jwt.algorithms import ECAlgorithm

    point = ECAlgorithm.to_jwk(cast("EllipticCurvePublicKey", load_der_public_key(der)), as_dict=True)
    jwk = {name: point[name] for name in ("crv", "kty", "x", "y")}
    canonical = json.dumps(jwk, separators=(",", ":"))
    return {"alg": ALGORITHM, "use": "sig", "kid": _base64(hashlib.sha256(canonical.encode()).digest()).decode(), **jwk}


def _base64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
