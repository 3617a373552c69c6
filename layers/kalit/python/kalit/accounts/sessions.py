"""Logins and what becomes of them: who may try, which refresh token is followed by which, when a session is over."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from pydantic import Field

from kalit.kit.errors import NotFound, Refused
from kalit.kit.fields import Input, Moment, Output
from kalit.kit.limits import Limit
from kalit.kit.request import Request

from .tokens import Family

# Failures of one account from one address; other addresses of its owner stay open to him.
LOGINS = Limit("login", most=10, window=timedelta(minutes=15))

# How long an answer may have been lost, while its successor was not seen. Phones lose answers: zitadel/zitadel#9631
# counts one device in twenty a day, and audiobookshelf#5376 found that a minute is too short on iOS.
GRACE = timedelta(minutes=10)
LONGEST_AGENT = 200
MOST_LISTED = 100


class SessionNotFound(NotFound):
    """Session not found."""

    ru = "Сеанс не найден."
    uz = "Seans topilmadi."


class NotYourToken(Refused):
    """Invalid token"""

    ru = "Недействительный токен"
    uz = "Token yaroqsiz"
    bare = True


class Client(NamedTuple):
    """From where somebody logs in."""

    address: str
    agent: str

    @classmethod
    def of(cls, request: Request) -> "Client":
        return cls(request.address, request.header("user-agent")[:LONGEST_AGENT])


class Verdict(StrEnum):
    """What a genuine refresh token is answered with."""

    ROTATE = "rotate"  # the newest: its successor takes its place
    AGAIN = "again"  # its successor was given out, and perhaps lost: the same again
    REFUSE = "refuse"
    REVOKE = "revoke"  # it was followed by one that was used: two hold it, and one of them is a thief


def judge(generation: int, newest: int, rotated_at: datetime, expires_at: datetime, at: datetime) -> Verdict:
    """What to do about the token of a `generation` in a session whose `newest` was given out at `rotated_at`."""
    if at >= expires_at or generation > newest:
        return Verdict.REFUSE
    if generation == newest:
        return Verdict.ROTATE
    if generation == newest - 1 and at - rotated_at <= GRACE:
        return Verdict.AGAIN
    return Verdict.REVOKE


def expiry(family: Family, created_at: datetime, at: datetime) -> datetime:
    """When a session is over that was last used at `at`."""
    return min(at + family.refresh, created_at + family.longest)


class Logout(Input):
    refresh: str | None = Field(
        None, description="The refresh token to end; without it, that of this session.", examples=[None]
    )


class Session(Output):
    """A login that has not ended."""

    id: UUID
    created_at: Moment
    last_used_at: Moment
    expires_at: Moment
    address: str = Field(description="From where it was begun; of an IPv6 address, its network.")
    device: str = Field(description="What the app or browser calls itself.")
    current: bool = Field(description="Whether it is the one that asks.")
