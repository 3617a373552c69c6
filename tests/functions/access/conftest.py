"""The yard of the locks, with a keypad at its door."""

import pytest

from ..locks.conftest import _peopled as _peopled
from ..locks.conftest import yard as _yard
from ..locks.yard import Yard
from .keypad import Keypad

yard = _yard


@pytest.fixture
def keypad(yard: Yard) -> Keypad:
    return Keypad(yard)
