"""The office."""

import pytest

from tests.cloud import Cloud

from ..world import Clock
from .office import Office


@pytest.fixture
def office(aws: Cloud, clock: Clock, token: str) -> Office:
    office = Office(aws, token, clock)
    office.role("admin")
    return office
