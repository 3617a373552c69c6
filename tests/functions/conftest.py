"""Every door against AWS in this process: an event in, an answer and its effects out."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cloud import Cloud, cloud, hold_to_rights

HERE = Path(__file__).parent


@pytest.fixture
def aws(assembly: Path, request: pytest.FixtureRequest) -> Iterator[Cloud]:
    with cloud(assembly) as made, hold_to_rights(request.node.name):
        yield made


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
