"""How passwords are kept: argon2id at OWASP's floor."""

from functools import cache
from typing import Any

COST: dict[str, Any] = {"memory_cost": 19 * 1024, "time_cost": 2, "parallelism": 1}  # KiB, passes, lanes


@cache
def _hasher() -> Any:
    from argon2 import PasswordHasher

    return PasswordHasher(**COST)


@cache
def _nobody() -> str:
    """A hash that no password matches, so that an unknown name costs the same as a wrong password."""
    return hashed("no account has this password")


def hashed(password: str) -> str:
    text: str = _hasher().hash(password)
    return text


def matches(kept: str | None, password: str) -> bool:
    """Whether `password` is the one behind the kept hash. Exactly one verification, also for no account."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        _hasher().verify(kept or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(kept)
