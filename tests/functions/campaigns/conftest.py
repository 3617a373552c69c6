"""A company with somebody who works there."""

import pytest

from kalit.kit.resources import Table
from tests.cloud import Cloud

from ..rows import Once, once, put
from ..world import Clock, quick_passwords
from .importer import Importer
from .office import PEOPLE, Office


@pytest.fixture(scope="package")
def _peopled() -> Once[dict[str, str]]:
    """The people's tokens."""
    return []


@pytest.fixture
def office(aws: Cloud, clock: Clock, _peopled: Once[dict[str, str]]) -> Office:
    """An office in which all have accounts: they are opened once in the package."""
    return Office(aws, clock, once(_peopled, lambda: _come(aws)))


def _come(aws: Cloud) -> dict[str, str]:
    with quick_passwords():
        tokens = {name: aws.register(name) for name in PEOPLE}
    accounts = [row for row in aws.rows(Table.ACCOUNTS, "ACCOUNT#") if row["sk"] == "ACCOUNT"]
    for row in accounts:
        put(aws, Table.ACCOUNTS, {**row, "role": PEOPLE[str(row["username"])]})
    return tokens


@pytest.fixture
def importer(aws: Cloud, clock: Clock, token: str) -> Importer:
    return Importer(aws, token)


@pytest.fixture
def stranger(importer: Importer) -> Importer:
    return Importer(importer.aws, importer.aws.register("vali"))
