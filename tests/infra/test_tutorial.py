"""The README's tutorials, followed to the letter in a copy of the repository."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

COPIED = ("docs", "events", "functions", "infra", "layers", "requirements", "tests")
BLOCK = re.compile(r"```python\n# (\S+)\n(.*?)```", re.DOTALL)
CHANGE = re.compile(r"```diff\n(.*?)```", re.DOTALL)


def run(copy: Path, *command: str) -> str:
    environment = {**os.environ, "PYTHONPATH": f"{copy}:{copy / 'layers' / 'kalit' / 'python'}"}
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.long
def test_adding_an_endpoint_and_a_command_takes_what_the_readme_shows(tmp_path: Path) -> None:
    for name in COPIED:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "cdk.json", "README.md"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "build").mkdir()
    for layer in (ROOT / "build").glob("layer-vendor-*.zip"):
        shutil.copy(layer, tmp_path / "build")

    told = (ROOT / "README.md").read_text()
    blocks = BLOCK.findall(told)
    tests = ["tests/functions/tasks/test_slots.py", "tests/functions/locks/test_beep.py"]
    assert [name for name, _ in blocks] == [
        "functions/tasks/slots.py",
        tests[0],
        "functions/locks/beep.py",
        tests[1],
    ]
    for name, text in blocks:
        (tmp_path / name).write_text(text)
    [row] = CHANGE.findall(told)
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=row, text=True, check=True)
    for derived in ("openapi", "events", "access", "rights"):
        run(tmp_path, f"infra.{derived}")

    routes = run(tmp_path, "infra.routes")
    assert "tasks.slots" in routes
    assert "locks.beep" in routes
    assert "3 passed" in run(tmp_path, "pytest", *tests, "-p", "no:cacheprovider")
    run(tmp_path, "ruff", "check", "--no-cache", ".")
    run(tmp_path, "pytest", "tests/infra/test_house.py", "-p", "no:cacheprovider")
