"""No door has a right that it does not need: each is used by some test of the doors' ring.

The other direction, no call without a right, is held in every test (tests/cloud.py). The ring runs in several
processes; each tells what its tests needed, and who started them looks at all of it.
"""

from collections.abc import Iterable
from typing import Any

import pytest

WHOLE = pytest.StashKey[bool]()  # whether all tests of the ring were chosen
NEEDED = pytest.StashKey[set[tuple[str, str]]]()  # door and right


def needed() -> list[tuple[str, str]]:
    """What the tests of this process needed."""
    from tests.cloud import used

    return [(door, str(grant)) for door, grants in used.items() for grant in grants]


def declared() -> set[tuple[str, str]]:
    """All rights that doors declare."""
    from tests.cloud import DOORS

    return {(name, str(grant)) for name, door in DOORS.items() for grant in door.grants}


def unneeded(told: Iterable[tuple[str, str]]) -> list[str]:
    """The rights that are declared and that no test needed."""
    return [f"{door} declares {grant}, but no test needs it" for door, grant in sorted(declared() - set(told))]


def remember(config: pytest.Config, told: Iterable[Any], whole: bool) -> None:
    """What one process says."""
    config.stash[WHOLE] = config.stash.get(WHOLE, False) or whole
    config.stash.setdefault(NEEDED, set()).update((door, grant) for door, grant in told)


def verdict(config: pytest.Config) -> list[str]:
    """What is wrong, once all tests have run; nothing where not all of the ring were chosen."""
    return unneeded(config.stash.get(NEEDED, set())) if config.stash.get(WHOLE, False) else []
