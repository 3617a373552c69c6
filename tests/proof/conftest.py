"""The proof ring: what must hold whatever dies, repeats, comes late or comes at once."""

import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest

from tests.cloud import cloud, hold_to_rights

from . import accounts
from .system import System
from .tasks import Tasks


@pytest.fixture(scope="module")
def system(assembly: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """One cloud for a whole module; tests keep apart by new names, or empty the tables."""
    clock_file = tmp_path_factory.mktemp("clock") / "clock"
    # Doors are held to their rights here too, but what they used does not count: that is for tests/functions.
    unnoted = mock.patch("tests.cloud.used", defaultdict(lambda: defaultdict(set)))
    clocked = mock.patch.dict(os.environ, CLOCK_FILE=str(clock_file))
    with cloud(assembly) as made, unnoted, hold_to_rights("proof"), clocked:
        yield System(made, clock_file)


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
