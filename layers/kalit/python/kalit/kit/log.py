"""The log: one JSON object per line, snake_case keys, the message a past-tense verb.

Never a phone number, PIN, token, secret or address; ids only.
"""

from contextvars import ContextVar
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger

if TYPE_CHECKING:
    from .doors import Door

log = Logger(service="kalit", location=None, use_rfc3339=True, utc=True)


_own: ContextVar[str] = ContextVar("own", default="")


def begin(door: "Door", request_id: str) -> None:
    """Start a call's log: its keys, and none of the call before it."""
    _own.set(request_id)
    log.clear_state()
    log.append_keys(function=door.name, domain=door.folder, request_id=request_id)


def go_on(request_id: str, caller_id: str = "") -> None:
    """Log under the id of the request that asked for this work, and its caller's; else under the call's own."""
    log.append_keys(request_id=request_id or _own.get(), caller_id=int(caller_id) if caller_id.isdecimal() else None)


def request_id() -> str:
    """The id of the request that is being worked on; messages, rows and executions carry it on."""
    return _key("request_id")


def caller_id() -> str:
    """The integer id of the account whose request is being worked on, as text; empty where nobody asked."""
    return _key("caller_id")


def _key(name: str) -> str:
    return str(log.get_current_keys().get(name) or "")
