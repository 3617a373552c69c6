"""How passwords are kept: argon2id at OWASP's floor."""

from functools import cache
from typing import Any

COST: dict[str, Any] = {"memory_cost": 19 * 1024, "time_cost": 2, "parallelism": 1}  # KiB, passes, lanes

# A hash that no password matches, so that an unknown name costs the same as a wrong password.
NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$46XX6Kanool4JeuW4mgESw$2f/ViuWx90uul7OgiBZT0iTGu4syd8Zh440VAtBJlw4"


@cache
def _hasher() -> Any:
    from argon2 import PasswordHasher

    return PasswordHasher(**COST)


def hashed(password: str) -> str:
    text: str = _hasher().hash(password)
    return text


def matches(kept: str | None, password: str) -> bool:
    """Whether `password` is the one behind the kept hash. Exactly one verification, also for no account."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        _hasher().verify(kept or NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(kept)
