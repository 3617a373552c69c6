"""No door has a right that it does not need: each is used by some test of this ring, so taking it away fails that test.

The other direction, no call without a right, is held in every test (tests/cloud.py).
"""

import pytest

from kalit.kit.resources import Grant
from tests.cloud import DOORS, used

RIGHTS = [(name, grant) for name, door in DOORS.items() for grant in door.grants]


@pytest.mark.parametrize(("name", "grant"), RIGHTS, ids=[f"{name} {grant}" for name, grant in RIGHTS])
def test_a_declared_right_is_needed(name: str, grant: Grant) -> None:
    assert used[name][grant], f"{name} declares {grant}, but no test needs it"
