from copy import deepcopy
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from tests.cloud import REGION, Cloud

from ..world import Clock
from .app import PHONE, App
from .staff import Staff


@pytest.fixture(scope="package")
def _signed_up() -> list[tuple[dict[str, str], dict[str, Any]]]:
    """The tokens of an app that signed up, and all rows as they are then; empty before."""
    return []


@pytest.fixture
def app(aws: Cloud, clock: Clock, _signed_up: list[tuple[dict[str, str], dict[str, Any]]]) -> App:
    """An app whose owner has just signed up. Passwords are slow to hash, so he does that once in the package."""
    tables, app = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables, App(aws)
    if not _signed_up:
        assert app.sign_up(first_name="Ali", last_name="Valiyev", phone=PHONE).status == 201
        _signed_up.append((app.tokens, {name: deepcopy(table.items) for name, table in tables.items()}))
    [(tokens, rows)] = _signed_up
    for name, items in rows.items():
        tables[name].items = deepcopy(items)
    app.tokens = dict(tokens)
    return app


@pytest.fixture(scope="package")
def _bootstrapped() -> list[tuple[str, dict[str, Any]]]:
    """The administrator's token, and all rows as they are then; empty before."""
    return []


@pytest.fixture
def staff(aws: Cloud, clock: Clock, _bootstrapped: list[tuple[str, dict[str, Any]]]) -> Staff:
    """The administrator, made as a deployment makes him; once in the package."""
    tables = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables
    if not _bootstrapped:
        boss = {"username": "boss", "password": "password123", "email": "boss@example.com"}
        aws.call("accounts.bootstrap", boss)
        _bootstrapped.append((aws.log_in("boss"), {name: deepcopy(table.items) for name, table in tables.items()}))
    [(token, rows)] = _bootstrapped
    for name, items in rows.items():
        tables[name].items = deepcopy(items)
    return Staff(aws, token)
