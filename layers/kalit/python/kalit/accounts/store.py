"""The accounts table and the signing keys. All AWS of this domain is here.

pk                sk        what
ACCOUNT#<uuid>    ACCOUNT   the account
USERNAME#<name>   USERNAME  whose name it is; what makes names unique
COUNTER#account   COUNTER   the last integer id
KEYS              TOKENS    public keys, for every door to check tokens with (kit.caller)
"""

import base64
import hashlib
import json
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from kalit.kit import aws, clock
from kalit.kit.caller import ALGORITHM, PublicKeys, Standing, current, verified
from kalit.kit.errors import TokenNotValid
from kalit.kit.ids import Counter
from kalit.kit.resources import Grant, Table
from kalit.kit.tables import Commit, Row, TableName

from . import passwords, tokens
from .directory import Account, Credentials, NewAccount, NoActiveAccount, username_taken
from .tokens import PUBLISHED, SIGNING, Access, Holder, RefreshNotValid, Tokens

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

# What `add` and what `sign` need; doors that call them declare these.
ADD: tuple[Grant, ...] = (Table.ACCOUNTS.update, Table.ACCOUNTS.put)
PUBLIC: tuple[Grant, ...] = tuple(key.public for key in PUBLISHED)
SIGN: tuple[Grant, ...] = (SIGNING.sign, *PUBLIC, Table.KEYS.get, Table.KEYS.put, Table.ACCOUNTS.get)


class AccountRow(Row):
    class Meta:
        table_name = TableName(Table.ACCOUNTS)

    number = NumberAttribute()
    username = UnicodeAttribute()
    email = UnicodeAttribute(default="")
    password = UnicodeAttribute()
    role = UnicodeAttribute(default="user")
    is_active = BooleanAttribute(default=True)
    session_version = NumberAttribute(default=1)
    created_at = UnicodeAttribute()


class UsernameRow(Row):
    class Meta:
        table_name = TableName(Table.ACCOUNTS)

    uuid = UnicodeAttribute()

    @staticmethod
    def key(username: str) -> tuple[str, str]:
        return f"USERNAME#{username}", "USERNAME"


class AccountCounter(Counter):
    class Meta:
        table_name = TableName(Table.ACCOUNTS)


def add(new: NewAccount, at: datetime, *, role: str = "user", email: str = "") -> Account:
    """A new account: name and account in one transaction. Raises `Invalid` when the name is taken. Two writes."""
    uuid = uuid4()
    account = Account(
        id=AccountCounter.next("account"), uuid=uuid, username=new.username, role=role, email=email, created_at=at
    )
    with Commit() as commit:
        name = UsernameRow(*UsernameRow.key(new.username), uuid=str(uuid))
        commit.put(name, UsernameRow.pk.does_not_exist(), unmet=username_taken())
        commit.put(_row(account, passwords.hashed(new.password)), AccountRow.pk.does_not_exist())
    return account


def role_of(username: str) -> str:
    """The role of the account of that name, or an empty string. Two reads."""
    name = UsernameRow.find(*UsernameRow.key(username))
    row = AccountRow.find(*Standing.key(name.uuid)) if name else None
    return row.role if row else ""


def _row(account: Account, password: str) -> AccountRow:
    return AccountRow(
        *Standing.key(str(account.uuid)),
        number=account.id,
        username=account.username,
        email=account.email,
        password=password,
        role=account.role,
        created_at=clock.wire(account.created_at),
    )


def log_in(given: Credentials, at: datetime) -> Tokens:
    """Tokens for a name and its password. Raises `NoActiveAccount`, alike for every reason."""
    name = UsernameRow.find(*UsernameRow.key(given.username))
    row = AccountRow.find(*Standing.key(name.uuid)) if name else None
    if not passwords.matches(row.password if row else None, given.password) or not row or not row.is_active:
        raise NoActiveAccount
    holder = Holder(row.pk.removeprefix("ACCOUNT#"), int(row.number), int(row.session_version))
    return Tokens(refresh=sign(tokens.claims("refresh", holder, at)), access=sign(tokens.claims("access", holder, at)))


def renew(refresh: str, at: datetime) -> Access:
    """A new access token for a refresh token. Raises `RefreshNotValid`."""
    try:
        claims = verified(refresh, "refresh", at)
        standing = current(claims)
    except TokenNotValid:
        raise RefreshNotValid from None
    holder = Holder(claims["sub"], int(standing.number), int(standing.session_version))
    return Access(access=sign(tokens.claims("access", holder, at)))


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
