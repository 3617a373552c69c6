"""A company with somebody who works there."""

from copy import deepcopy
from typing import Any
from unittest import mock

import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from kalit.accounts import passwords
from kalit.kit.resources import Table
from tests.cloud import REGION, Cloud

from ..rows import put
from ..world import Clock
from .importer import Importer
from .office import PEOPLE, Office


@pytest.fixture(scope="package")
def _peopled() -> list[tuple[dict[str, str], Any]]:
    """The people's tokens, and all rows as they are when all have come; empty before."""
    return []


@pytest.fixture
def office(aws: Cloud, clock: Clock, _peopled: list[tuple[dict[str, str], Any]]) -> Office:
    """An office in which all have accounts: they are opened once in the package."""
    tables = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables
    if not _peopled:
        with mock.patch.dict(passwords.COST, time_cost=1, memory_cost=8):
            passwords._hasher.cache_clear()
            tokens = {name: aws.register(name) for name in PEOPLE}
        passwords._hasher.cache_clear()
        accounts = [row for row in aws.rows(Table.ACCOUNTS, "ACCOUNT#") if row["sk"] == "ACCOUNT"]
        for row in accounts:
            put(aws, Table.ACCOUNTS, {**row, "role": PEOPLE[str(row["username"])]})
        _peopled.append((tokens, {name: deepcopy(table.items) for name, table in tables.items()}))
    [(tokens, rows)] = _peopled
    for name, items in rows.items():
        tables[name].items = deepcopy(items)
    return Office(aws, clock, tokens)


@pytest.fixture
def importer(aws: Cloud, clock: Clock, token: str) -> Importer:
    return Importer(aws, token)


@pytest.fixture
def stranger(importer: Importer) -> Importer:
    return Importer(importer.aws, importer.aws.register("vali"))
