"""Templates as CloudFormation gets them."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from infra.local.assembly import synthesize
from tests.conftest import ROOT


class Resource(NamedTuple):
    stack: str
    id: str
    type: str
    properties: Mapping[str, Any]
    told: Mapping[str, Any]


class Templates:
    """All templates of one stage."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def files(self) -> list[Path]:
        return sorted(self.folder.glob("*.template.json"))

    def all(self, *types: str) -> Iterator[Resource]:
        """The resources of these types, or of all."""
        for file in self.files:
            for id, told in json.loads(file.read_text())["Resources"].items():
                if not types or told["Type"] in types:
                    stack = file.name.removesuffix(".template.json")
                    yield Resource(stack, id, told["Type"], told.get("Properties", {}), told)


def templates(stage: str) -> Templates:
    folder = ROOT / "build" / f"test-{stage}"
    synthesize(folder, {"stage": stage}, checked=True)
    return Templates(folder)


@pytest.fixture(scope="session")
def dev() -> Templates:
    return templates("dev")


@pytest.fixture(scope="session")
def prod() -> Templates:
    return templates("prod")
