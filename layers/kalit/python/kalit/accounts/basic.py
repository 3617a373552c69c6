"""A name and its password as HTTP Basic carries them (RFC 7617)."""

import base64

from kalit.kit.errors import Invalid
from kalit.kit.fields import read

from .directory import Credentials


def credentials(authorization: str) -> Credentials | None:
    """What an Authorization header says, or None where it is of another scheme or malformed."""
    scheme, _, told = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, password = base64.b64decode(told.strip(), validate=True).decode().partition(":")
        return read(Credentials, {"username": name, "password": password}, source="form")
    except (ValueError, Invalid):
        return None
