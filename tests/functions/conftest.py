"""Every door against AWS in this process: an event in, an answer and its effects out."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import boto3
import pytest

from kalit.accounts import store as accounts
from kalit.kit import caller
from kalit.kit.resources import Queue, Table
from tests.cloud import REGION, Cloud, cloud, hold_to_rights

from .world import Clock

HERE = Path(__file__).parent


@pytest.fixture(scope="package")
def _cloud(assembly: Path) -> Iterator[Cloud]:
    """One cloud for the whole ring: to make one takes longer than most tests."""
    with cloud(assembly) as made:
        yield made


@pytest.fixture(scope="package")
def _emptied(_cloud: Cloud) -> Callable[[], None]:
    """Drops what happened so far. But the numbers of tasks go on rising: executions are named by them."""
    tables = [boto3.resource("dynamodb", region_name=REGION).Table(_cloud.ids[table]) for table in Table]
    sqs = _cloud.client("sqs")

    def empty() -> None:
        for table in tables:
            with table.batch_writer() as batch:
                for row in table.scan()["Items"]:
                    if row["pk"] != "COUNTER#task":
                        batch.delete_item({"pk": row["pk"], "sk": row["sk"]})
        for queue in Queue:
            sqs.delete_queue(QueueUrl=_cloud.ids[queue])
            _cloud.ids[queue] = sqs.create_queue(QueueName=f"local-{queue.value}")["QueueUrl"]
        for known in (caller.key_ring, accounts._published, accounts.public_keys):
            known.cache_clear()

    return empty


@pytest.fixture
def aws(_cloud: Cloud, _emptied: Callable[[], None], request: pytest.FixtureRequest) -> Iterator[Cloud]:
    """A cloud in which nothing has happened yet."""
    _emptied()
    with mock.patch.dict(os.environ), hold_to_rights(request.node.name):
        yield _cloud


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    file = tmp_path / "clock"
    monkeypatch.setenv("CLOCK_FILE", str(file))
    return Clock(file)


@pytest.fixture
def token(aws: Cloud, clock: Clock) -> str:
    """The access token of `ali`, the first account."""
    return aws.register()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The test of unused rights looks back on all others of this ring: it comes last, and only when all were chosen."""
    ring = [item for item in items if HERE in item.path.parents]
    chosen = {item.path for item in ring}
    last = [item for item in ring if item.path.name == "test_rights.py"]
    complete = chosen >= set(HERE.rglob("test_*.py")) and not config.option.keyword
    for item in last:
        items.remove(item)
    if complete:
        items.extend(last)
    elif last:
        config.hook.pytest_deselected(items=last)
