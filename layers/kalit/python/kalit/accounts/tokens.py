"""What tokens say, and how long they hold. Keys are in KMS, and so in `key_store`.

Two families, as the apps know them: `/api/token/` gives a JWT for a day that is used again and again;
`/api/v1/auth/` gives an opaque refresh token that is replaced by a successor at each use.
"""

import base64
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID, uuid4

from pydantic import Field

from kalit.kit.caller import ISSUER
from kalit.kit.errors import Unauthenticated
from kalit.kit.fields import Input, NonBlank, Output
from kalit.kit.resources import Key

# The key that signs. To rotate: name the other one here and deploy; a day later, when no token of
# the first is left, replace that key. Both public halves are published all the while.
SIGNING = Key.TOKENS_A
PUBLISHED = (Key.TOKENS_A, Key.TOKENS_B)


@dataclass(frozen=True)
class Family:
    """How long a family's tokens hold: `refresh` from its last use, and `longest` from the login."""

    name: str
    access: timedelta
    refresh: timedelta
    longest: timedelta


PLAIN = Family("token", access=timedelta(minutes=60), refresh=timedelta(days=1), longest=timedelta(days=1))
ROTATING = Family("auth", access=timedelta(minutes=15), refresh=timedelta(days=7), longest=timedelta(days=30))
FAMILIES = {family.name: family for family in (PLAIN, ROTATING)}
LONGEST_ACCESS = max(family.access for family in FAMILIES.values())


class RefreshNotValid(Unauthenticated):
    """Token is invalid or expired"""

    ru = "Токен недействителен или просрочен"
    uz = "Token yaroqsiz yoki muddati oʻtgan"

    @property
    def extra(self) -> dict[str, Any]:
        return {"code": "token_not_valid"}


class RefreshToken(Input):
    refresh: NonBlank = Field(examples=["<refresh token>"])


class Tokens(Output):
    refresh: str = Field(examples=["<refresh token>"])
    access: str = Field(examples=["<access token>"])


class FirstTokens(Tokens):
    """What a one-time password gives: until another one is set, they open the door that does that, and no other."""

    must_change_password: Literal[True] = True


class Access(Output):
    access: str = Field(
        description="A JWT, signed ES256, to be sent as `Authorization: Bearer …`.", examples=["<access token>"]
    )


class Holder(NamedTuple):
    """Whose token it is: account, session, and the version of the account's sessions then."""

    uuid: str
    number: int
    session: str
    version: int


def claims(token_type: str, holder: Holder, family: Family, at: datetime) -> dict[str, Any]:
    """The claims of an access or refresh token issued at `at`."""
    issued = int(at.timestamp())
    lifetime = family.access if token_type == "access" else family.refresh
    return {
        "iss": ISSUER,
        "sub": holder.uuid,
        "user_id": holder.uuid if family is ROTATING else holder.number,
        "token_type": token_type,
        "iat": issued,
        "exp": issued + int(lifetime.total_seconds()),
        "jti": uuid4().hex,
        "sid": holder.session,
        "ver": holder.version,
    }


class Ticket(NamedTuple):
    """What a rotating refresh token names: the session, and the how manieth of its tokens it is."""

    account: UUID
    session: UUID
    generation: int

    @property
    def successor(self) -> "Ticket":
        return self._replace(generation=self.generation + 1)

    @property
    def _bytes(self) -> bytes:
        return self.account.bytes + self.session.bytes + self.generation.to_bytes(4, "big")

    def token(self, secret: bytes) -> str:
        """The refresh token: the same for the same ticket, so that a lost answer can be given again."""
        sealed = self._bytes + hmac.digest(secret, self._bytes, "sha256")
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    @classmethod
    def read(cls, token: str) -> "Ticket":
        """The ticket that a token claims to be; whether it is, `matches` tells. Raises `RefreshNotValid`."""
        try:
            data = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
            return cls(UUID(bytes=data[:16]), UUID(bytes=data[16:32]), int.from_bytes(data[32:36], "big"))
        except ValueError:
            raise RefreshNotValid from None

    def matches(self, token: str, secret: bytes) -> bool:
        """Whether we gave out this token for this ticket; to the letter, so that it has one spelling."""
        return hmac.compare_digest(token.encode(), self.token(secret).encode())
