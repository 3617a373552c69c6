"""The proof ring: what must hold whatever dies, repeats, comes late or comes at once."""

import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest

from tests.cloud import cloud, hold_to_rights
from tests.functions.world import quick_passwords
from tests.paying import Paying

from . import accounts, faults, goals
from .system import System
from .tasks import Tasks
from .town import Town
from .town.here import BringBack, Here

HERE = Path(__file__).parent
# In every `make test`: a few doors through each fault, who may what, and the harness itself.
GLIMPSE = {
    "test_doors.py",
    "test_matrix.py",
    "test_meter.py",
    "test_faults.py",
    "test_rights.py",
    "test_supply.py",
    "test_witness.py",
}
# Without the witnesses no other line counts; what takes longest is not to be left alone at the end.
FIRST = ("test_witness.py", "test_fuzz.py", "test_soak.py", "test_campaigns.py", "test_crowd.py")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is marked as `full` is for the long form alone; most else takes too long for who waits for `make test`."""
    mine = [item for item in items if HERE in item.path.parents]
    for item in mine:
        if item.path.name not in GLIMPSE:
            item.add_marker("long")
    chosen = {item.path for item in mine}
    left_out = config.option.keyword or config.option.markexpr
    config.stash[goals.WHOLE] = chosen >= set(HERE.rglob("test_*.py")) and not left_out
    if len(mine) == len(items):
        items.sort(key=lambda item: FIRST.index(item.path.name) if item.path.name in FIRST else len(FIRST))
    if not goals.FULL:
        items[:] = [item for item in items if not item.get_closest_marker("full")]


@pytest.fixture(scope="session")
def proved(pytestconfig: pytest.Config) -> goals.Proved:
    """Tells what was seen of a goal: `proved("G3", 120, faults=120, wrong=len(wrong))`."""

    def tell(goal: str, tried: int, *, faults: int = 0, wrong: int = 0, back_end: str = goals.MOTO) -> None:
        assert goal in goals.GOALS
        goals.tell(pytestconfig, [goals.Seen(goal, tried, faults, wrong, back_end)])

    return tell


@pytest.fixture(autouse=True)
def _enumerated(proved: goals.Proved) -> Iterator[None]:
    """What a test goes through by `died_everywhere` or `preempted_everywhere` is told without its own doing."""
    before = Counter(faults.enumerated)
    yield
    for goal, number in (faults.enumerated - before).items():
        proved(goal, number, faults=number)


@pytest.fixture(scope="module")
def system(assembly: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """One cloud for a whole module; tests keep apart by new names, or empty the tables."""
    clock_file = tmp_path_factory.mktemp("clock") / "clock"
    # Doors are held to their rights here too, but what they used does not count: that is for tests/functions.
    unnoted = mock.patch("tests.cloud.used", defaultdict(lambda: defaultdict(set)))
    clocked = mock.patch.dict(os.environ, CLOCK_FILE=str(clock_file))
    with cloud(assembly) as made, unnoted, hold_to_rights(), clocked:
        yield System(made, clock_file)


@pytest.fixture(scope="session")
def paying(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paying]:
    """The payment provider's sandbox, which tells nobody of anything."""
    with Paying(tmp_path_factory.mktemp("stripe") / "stripe.sqlite") as made:
        yield made


@pytest.fixture(scope="module")
def _tasks(system: System) -> Tasks:
    return Tasks(system)


@pytest.fixture
def tasks(_tasks: Tasks) -> Tasks:
    """One owner, no tasks."""
    _tasks.start_anew()
    return _tasks


@pytest.fixture(scope="module")
def boss(system: System) -> str:
    """The administrator's token."""
    system.cloud.call("accounts.bootstrap", {"username": "boss", "password": accounts.PASSWORD})
    token = system.cloud.log_in("boss", accounts.PASSWORD)
    assert system.cloud.http("accounts.list_users", token=token).status == 200  # and this process knows the keys
    return token


@pytest.fixture(scope="module")
def _town(system: System, paying: Paying) -> tuple[Town, BringBack]:
    town = Town(Here(system, paying), "here")
    town.place.settle()
    assert isinstance(town.place, Here)
    return town, town.place.remember()


@pytest.fixture
def town(_town: tuple[Town, BringBack]) -> Town:
    """As it was founded."""
    town, bring_back = _town
    bring_back()
    return town


@pytest.fixture(scope="module")
def quick_hash() -> Iterator[None]:
    """Passwords that are quick to check."""
    with quick_passwords():
        yield
