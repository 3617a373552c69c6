"""The templates through other people's eyes: cdk-nag at synthesis, and cfn-lint."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.infra.conftest import Templates


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_cdk_nag_has_no_finding_without_a_reason(stage: str, tmp_path: Path) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if name != "CDK_VALIDATION"},
        "CDK_OUTDIR": str(tmp_path),
        "CDK_CONTEXT_JSON": f'{{"stage": "{stage}"}}',
    }
    done = subprocess.run(
        [sys.executable, "-m", "infra.app"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "AwsSolutions" not in done.stdout + done.stderr


def test_cfn_lint_finds_nothing(dev: Templates) -> None:
    done = subprocess.run(
        # W3005: CDK names a dependency beside the reference that already makes it.
        [Path(sys.executable).with_name("cfn-lint"), "--ignore-checks", "W3005", "--", *map(str, dev.files)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
