"""No door imports what it does not use: that is time of every cold start."""

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable

import pytest

from infra.catalog import catalog
from kalit.kit.consumers import Batches
from kalit.kit.doors import Door
from tests.conftest import ROOT

DOORS = catalog()
Asks = Callable[[Door], bool]


def consumes(door: Door) -> bool:
    return isinstance(door, Batches)


def calls_aws(door: Door) -> bool:
    return bool(door.grants)


def none(door: Door) -> bool:
    return False


# package -> the doors that may import it when they begin; others may not, or only when a request needs it.
DEAR: dict[str, Asks] = {
    "aws_lambda_powertools.utilities.batch": consumes,
    "asyncio": consumes,  # of Powertools' batch
    "aws_lambda_powertools.utilities.data_classes": consumes,  # its events
    "aws_lambda_powertools.utilities.parser": consumes,  # it knows models, too
    "botocore": calls_aws,
    "pynamodb": calls_aws,
    "urllib3": calls_aws,
    # Of what few doors do, or not with each request.
    "argon2": none,
    "cronsim": none,
    "cryptography": none,
    "jwt": none,
    "multipart": none,
    "segno": none,
    "stripe": none,
    "zxcvbn": none,
    # Of the layer or of a developer's machine, and of no door.
    "aws_lambda_powertools.event_handler": none,
    "aws_lambda_powertools.utilities.idempotency": none,
    "aws_lambda_powertools.utilities.validation": none,
    "aws_xray_sdk": none,
    "boto3": none,
    "pydantic.v1": none,
    "requests": none,
    "tzdata": none,
    "yaml": none,
}
# Powertools asks botocore which version it is, and needs nothing else of it.
LIGHT = {"botocore"}


@pytest.fixture(scope="module")
def modules() -> dict[str, list[str]]:
    """door -> what it imports, but for what a door with the same rights to import did before it: a process for each."""
    groups = defaultdict(list)
    for door in DOORS:
        groups[tuple(asks(door) for asks in DEAR.values())].append(door.name)
    return {door: told for names in groups.values() for door, told in _brought(names).items()}


def _brought(doors: list[str]) -> dict[str, list[str]]:
    command = [sys.executable, "-m", "tests.infra.modules", *doors]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    told: dict[str, list[str]] = json.loads(done.stdout)
    return told


def test_no_door_imports_what_it_does_not_use(modules: dict[str, list[str]]) -> None:
    wrong = [
        f"{door.name} imports {package}"
        for door in DOORS
        for package, asks in DEAR.items()
        if not asks(door) and _has(modules[door.name], package)
    ]
    assert wrong == []


def test_what_is_looked_for_is_found_where_it_may_be(modules: dict[str, list[str]]) -> None:
    """Or a package that is called otherwise by now would be looked for in vain."""
    for package, asks in DEAR.items():
        assert asks is none or any(_has(modules[door.name], package) for door in DOORS if asks(door)), package


def _has(modules: list[str], package: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for name in modules if name not in LIGHT)
