"""What a token says and how long it holds. Signing needs KMS and is in `store`."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

from pydantic import Field

from kalit.kit.caller import ISSUER
from kalit.kit.errors import Unauthenticated
from kalit.kit.fields import Input, NonBlank, Output
from kalit.kit.resources import Key

# The key that signs. To rotate: name the other one here and deploy; a day later, when no token of
# the first is left, replace that key. Both public halves are published all the while.
SIGNING = Key.TOKENS_A
PUBLISHED = (Key.TOKENS_A, Key.TOKENS_B)

ACCESS = timedelta(minutes=60)
REFRESH = timedelta(days=1)


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


class Access(Output):
    access: str = Field(
        description="A JWT, signed ES256, to be sent as `Authorization: Bearer …`.", examples=["<access token>"]
    )


class Holder(NamedTuple):
    """Whose token it is; `version` is the account's session version."""

    uuid: str
    number: int
    version: int


def claims(token_type: str, holder: Holder, at: datetime) -> dict[str, Any]:
    """The claims of an access or refresh token issued at `at`."""
    issued = int(at.timestamp())
    lifetime = ACCESS if token_type == "access" else REFRESH
    return {
        "iss": ISSUER,
        "sub": holder.uuid,
        "user_id": holder.number,
        "token_type": token_type,
        "iat": issued,
        "exp": issued + int(lifetime.total_seconds()),
        "jti": uuid4().hex,
        "ver": holder.version,
    }
