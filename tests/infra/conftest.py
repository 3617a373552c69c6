"""Templates as CloudFormation gets them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import aws_cdk as cdk
import pytest

from infra.app import build
from infra.local.assembly import synthesize
from infra.stages import Stage, chosen
from tests.conftest import ROOT

DOMAIN = "api.example.com"
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/3f0f4f9e-6a35-4cb5-9b66-0a54cf0d1a11"


HERE = Path(__file__).parent
SYNTHESES = {"dev", "prod", "furnished"}  # each takes a minute


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents and SYNTHESES & set(getattr(item, "fixturenames", ())):
            item.add_marker("long")


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


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """Production with all that whoever deploys may give it; all of cdk-nag's rules are held against it."""
    told = {
        "KALIT_ALARM_EMAIL": "ops@example.com",
        "KALIT_EMAIL_FROM": "kalit@example.com",
        "KALIT_SMS_ORIGIN": "arn:aws:sms-voice:eu-central-1:123456789012:phone-number/one",
    }
    stage: Stage = replace(chosen("prod", told), domain=DOMAIN, certificate=CERTIFICATE)
    folder = tmp_path_factory.mktemp("furnished")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("CDK_VALIDATION", raising=False)
        app = cdk.App(outdir=str(folder))
        build(app, stage)
        app.synth()
    return Templates(folder)
