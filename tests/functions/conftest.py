"""Every door against AWS in this process: an event in, an answer and its effects out."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from botocore.client import BaseClient
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.sqs.models import sqs_backends
from moto.stepfunctions.models import stepfunctions_backends

from kalit.accounts import key_store, passwords
from kalit.campaigns import opt_out_store
from kalit.kit import caller, secrets
from kalit.kit.resources import Secret
from tests import rights
from tests.cloud import REGION, Cloud, cloud, hold_to_rights, used
from tests.paying import Paying
from tests.recounted import miscounted_anywhere

from .rows import Once, change_ali, once
from .world import Clock, quick_passwords

HERE = Path(__file__).parent


@pytest.fixture(scope="package")
def _cloud(assembly: Path) -> Iterator[Cloud]:
    """One cloud for the whole ring: to make one takes longer than most tests."""
    with cloud(assembly) as made:
        yield made


@pytest.fixture
def aws(_cloud: Cloud) -> Iterator[Cloud]:
    """A cloud in which nothing has happened yet; whatever happens, in the end all things are counted right."""
    for table in dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables.values():
        table.items.clear()
        if table.stream_shard:
            table.stream_shard.items.clear()
    for queue in sqs_backends[DEFAULT_ACCOUNT_ID][REGION].queues.values():
        queue._messages.clear()
        queue._pending_messages.clear()
        queue.pending_message_groups.clear()
        queue.deleted_messages.clear()
    for machine in stepfunctions_backends[DEFAULT_ACCOUNT_ID][REGION].state_machines:
        machine.executions.clear()
    _cloud.things.clear()
    for known in (caller.key_ring, key_store._published, key_store.public_keys, opt_out_store._key):
        known.cache_clear()
    secrets.forget()
    with mock.patch.dict(os.environ), hold_to_rights(used):
        yield _cloud
    assert miscounted_anywhere(_cloud) == []


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    file = tmp_path / "clock"
    monkeypatch.setenv("CLOCK_FILE", str(file))
    return Clock(file)


@pytest.fixture(scope="package")
def _paying(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paying]:
    with Paying(tmp_path_factory.mktemp("stripe") / "stripe.sqlite") as made:
        yield made


@pytest.fixture
def paying(aws: Cloud, clock: Clock, _paying: Paying) -> Paying:
    """The payment sandbox, on the test's clock, in which nothing was sold yet; the doors have its keys."""
    _paying.forget()
    _paying.follow(clock.file)
    aws.give(Secret.PAYMENTS, _paying.keys)
    return _paying


@pytest.fixture(scope="package")
def _registered() -> Once[str]:
    """Ali's token."""
    return []


@pytest.fixture
def token(aws: Cloud, clock: Clock, _registered: Once[str]) -> str:
    """The access token of `ali`, the first account. Passwords are slow to hash, so he registers once in the ring."""
    return once(_registered, aws.register)


@pytest.fixture
def calls(aws: Cloud) -> Iterator[list[str]]:
    """The names of the AWS calls that are made, in their order."""
    made: list[str] = []
    original = BaseClient._make_api_call

    def noted(client: BaseClient, name: str, asked: dict[str, Any]) -> Any:
        made.append(name)
        return original(client, name, asked)

    with mock.patch.object(BaseClient, "_make_api_call", noted):
        yield made


@pytest.fixture
def fast_hash(aws: Cloud, token: str) -> Iterator[None]:
    """Argon2id with the least work, also behind ali's password, for tests of a thousand guesses."""
    with quick_passwords():
        change_ali(aws, password=passwords.hashed("password123"))
        yield


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    chosen = {item.path for item in items if HERE in item.path.parents}
    left_out = config.option.keyword or config.option.markexpr
    config.stash[rights.WHOLE] = chosen >= set(HERE.rglob("test_*.py")) and not left_out
