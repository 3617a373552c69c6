import pytest

from tests.cloud import Cloud

from ..rows import Once, once
from ..world import Clock
from .app import PHONE, App
from .staff import Staff


@pytest.fixture(scope="package")
def _signed_up() -> Once[dict[str, str]]:
    """The tokens of an app that signed up."""
    return []


@pytest.fixture
def app(aws: Cloud, clock: Clock, _signed_up: Once[dict[str, str]]) -> App:
    """An app whose owner has just signed up. Passwords are slow to hash, so he does that once in the package."""
    app = App(aws)

    def sign_up() -> dict[str, str]:
        assert app.sign_up(first_name="Ali", last_name="Valiyev", phone=PHONE).status == 201
        return app.tokens

    app.tokens = dict(once(_signed_up, sign_up))
    return app


@pytest.fixture(scope="package")
def _bootstrapped() -> Once[str]:
    """The administrator's token."""
    return []


@pytest.fixture
def staff(aws: Cloud, clock: Clock, _bootstrapped: Once[str]) -> Staff:
    """The administrator, made as a deployment makes him; once in the package."""

    def bootstrap() -> str:
        boss = {"username": "boss", "password": "password123", "email": "boss@example.com"}
        aws.call("accounts.bootstrap", boss)
        return aws.log_in("boss")

    return Staff(aws, once(_bootstrapped, bootstrap))
