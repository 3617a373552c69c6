"""The log: one JSON object per line, snake_case keys, the message a past-tense verb.

Never a phone number, PIN, token, secret or address; ids only.
"""

from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger

if TYPE_CHECKING:
    from .doors import Door

log = Logger(service="kalit", location=None, use_rfc3339=True, utc=True)


def begin(door: "Door", request_id: str) -> None:
    """Start a call's log: its keys, and none of the call before it."""
    log.clear_state()
    log.append_keys(function=door.name, domain=door.folder, request_id=request_id)
