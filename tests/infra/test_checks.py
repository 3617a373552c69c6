"""The templates through other people's eyes: cdk-nag at synthesis, and cfn-lint."""

import subprocess
import sys
from pathlib import Path

import pytest

from infra.local.assembly import SAID
from tests.infra.conftest import Templates

pytestmark = pytest.mark.long


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_cdk_nag_has_no_finding_without_a_reason(stage: str, request: pytest.FixtureRequest) -> None:
    """One that has none fails the synthesis; a warning would be said."""
    made: Templates = request.getfixturevalue(stage)
    assert "AwsSolutions" not in (made.folder / SAID).read_text()


def test_cfn_lint_finds_nothing(dev: Templates) -> None:
    done = subprocess.run(
        # W3005: CDK names a dependency beside the reference that already makes it.
        [Path(sys.executable).with_name("cfn-lint"), "--ignore-checks", "W3005", "--", *map(str, dev.files)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
