"""The same matrix against the running system: gateway, functions, roles and all."""

import uuid

import pytest

from tests.running import Local

from .goals import ENGINE, FULL, Proved
from .test_matrix import OF_HTTP, mismatches
from .town import PEOPLE, Town, Visit
from .town.there import There

# All in full length, or one of each kind; those last after whom the visitor has to log in anew.
CHOSEN = OF_HTTP if FULL else {name: visit for name, visit in OF_HTTP.items() if name in ("tasks.create", "locks.show")}
IN_ORDER = dict(sorted(CHOSEN.items(), key=lambda named: named[1].leaves))


@pytest.fixture(scope="module")
def abroad(local: Local) -> Town:
    return Town(There(local), uuid.uuid4().hex[:6])


@pytest.mark.parametrize("visit", IN_ORDER.values(), ids=IN_ORDER)
def test_a_door_serves_whom_it_is_to_serve(abroad: Town, visit: Visit, proved: Proved) -> None:
    said = mismatches(abroad, visit, lambda: visit.tell(abroad))
    proved("G11", len(PEOPLE), wrong=len(said), back_end=ENGINE)
    assert not said, "\n".join(said)
