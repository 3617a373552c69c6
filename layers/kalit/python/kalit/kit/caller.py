"""Who is calling: a bearer token, checked, and the account's row as it is now.

The signing keys' public halves lie in a table that only the issuing doors can write, and are kept in
memory. The account's row is read on every request, so that a block, a change of role or
"end all sessions" holds from the next request on.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, ClassVar
from uuid import UUID

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from .errors import AppError, Forbidden, TokenNotValid, Unauthenticated
from .resources import Grant, Table
from .tables import Row, TableName

ISSUER = "kalit"
ALGORITHM = "ES256"
SKEW = 5  # seconds that two clocks of ours may differ
KEYS_FRESH = 300.0  # seconds until the public keys are read again
KEYS_PAUSE = 10.0  # seconds between readings that unknown key ids can cause

GRANTS: tuple[Grant, ...] = (Table.KEYS.get, Table.ACCOUNTS.get)


@dataclass(frozen=True)
class Caller:
    """An account that may call. As a door's parameter: any signed-in account."""

    id: int
    uuid: UUID
    username: str
    role: str
    session: UUID
    version: int
    email: str
    address: str  # where he calls from

    roles = frozenset({"user", "manager", "admin"})
    refusal: ClassVar[type[AppError]] = Forbidden  # what others hear
    settled = True  # whether his password must be one that he chose himself


@dataclass(frozen=True)
class Newcomer(Caller):
    """As a door's parameter: any signed-in account, also one that is still to set a password of its own."""

    settled = False


@dataclass(frozen=True)
class Staff(Caller):
    """As a door's parameter: managers and administrators."""

    roles = frozenset({"manager", "admin"})


@dataclass(frozen=True)
class Admin(Caller):
    """As a door's parameter: administrators alone."""

    roles = frozenset({"admin"})


class PasswordMustChange(Forbidden):
    """The password was given to you: set your own first, at POST /api/v1/auth/change-password/."""

    ru = "Этот пароль вам выдали: сначала задайте свой через POST /api/v1/auth/change-password/."
    uz = "Bu parol sizga berilgan: avval POST /api/v1/auth/change-password/ orqali oʻzingiznikini oʻrnating."


class Standing(Row):
    """The part of an account's row that decides whether and as whom it may call."""

    class Meta:
        table_name = TableName(Table.ACCOUNTS)

    number = NumberAttribute()
    username = UnicodeAttribute()
    role = UnicodeAttribute()
    is_active = BooleanAttribute()
    email = UnicodeAttribute(default="")
    must_change_password = BooleanAttribute(default=False)
    # A session stands while its version is the account's; the one in `kept_session` stands whatever its version, so
    # that a new password ends all sessions but that in which it was set.
    session_version = NumberAttribute()
    kept_session = UnicodeAttribute(null=True)
    # "<unix time>|<session>": ended by themselves; kept until no access token of theirs can be in force.
    ended_sessions = UnicodeSetAttribute(null=True)

    @staticmethod
    def key(uuid: str) -> tuple[str, str]:
        return f"ACCOUNT#{uuid}", "ACCOUNT"

    def has(self, session: str, version: object) -> bool:
        """Whether this session of that version stands."""
        ended = {told.partition("|")[2] for told in self.ended_sessions or ()}
        return (
            bool(self.is_active)
            and session not in ended
            and (version == self.session_version or session == self.kept_session)
        )


class PublicKeys(Row):
    """The JSON Web Key Set that tokens are checked with."""

    class Meta:
        table_name = TableName(Table.KEYS)

    jwks = UnicodeAttribute()

    KEY = ("KEYS", "TOKENS")


def authenticate(authorization: str, kind: type[Caller], address: str, at: datetime) -> Caller:
    """The account behind an Authorization header, as `kind`.

    Raises `Unauthenticated`, `TokenNotValid`, `PasswordMustChange` or the kind's refusal. One GetItem.
    """
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated
    claims = verified(token.strip(), "access", at)
    standing = current(claims)
    if kind.settled and standing.must_change_password:
        raise PasswordMustChange
    if standing.role not in kind.roles:
        raise kind.refusal
    return kind(
        id=int(standing.number),
        uuid=UUID(claims["sub"]),
        username=standing.username,
        role=standing.role,
        session=UUID(claims["sid"]),
        version=claims["ver"],
        email=standing.email,
        address=address,
    )


def current(claims: Mapping[str, Any]) -> Standing:
    """The account's row, if these claims still hold for it. Raises `TokenNotValid`."""
    try:
        standing = Standing.get(
            *Standing.key(claims["sub"]), consistent_read=True, attributes_to_get=list(Standing.get_attributes())
        )
    except Standing.DoesNotExist:
        raise TokenNotValid from None
    if not standing.has(str(claims["sid"]), claims.get("ver")):
        raise TokenNotValid
    return standing


def verified(token: str, token_type: str, at: datetime) -> dict[str, Any]:
    """The claims of a token of ours that is in force at `at`. Raises `TokenNotValid`."""
    import jwt
    from jwt.utils import base64url_decode, base64url_encode

    try:
        key = key_ring().get(str(jwt.get_unverified_header(token).get("kid", "")))
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            # Times are held against our own clock below.
            options={
                "require": ["exp", "iat", "jti", "sid", "sub"],
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
        in_force = int(claims["iat"]) - SKEW <= at.timestamp() < int(claims["exp"])
        UUID(claims["sub"]), UUID(claims["sid"])
        signature = token.rpartition(".")[2]
        one_spelling = base64url_encode(base64url_decode(signature)).decode() == signature
    except (jwt.PyJWTError, LookupError, TypeError, ValueError, OverflowError):
        raise TokenNotValid from None
    if not (in_force and one_spelling) or claims.get("token_type") != token_type:
        raise TokenNotValid
    return claims


class _KeyRing:
    """Public keys by id, read from the table when stale or when an unknown id turns up."""

    def __init__(self) -> None:
        self.keys: dict[str, Any] = {}
        self.read_at = -KEYS_FRESH

    def get(self, kid: str) -> Any:
        age = time.monotonic() - self.read_at
        if age > KEYS_FRESH or (kid not in self.keys and age > KEYS_PAUSE):
            self.read()
        return self.keys[kid]

    def read(self) -> None:
        from jwt import PyJWK

        row = PublicKeys.find(*PublicKeys.KEY)
        self.keys = {key["kid"]: PyJWK(key) for key in json.loads(row.jwks)["keys"]} if row else {}
        # An empty ring is not worth keeping: the first token may be issued a moment from now.
        self.read_at = time.monotonic() if self.keys else -KEYS_FRESH


@cache
def key_ring() -> _KeyRing:
    return _KeyRing()
