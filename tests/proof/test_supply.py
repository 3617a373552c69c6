"""Nothing is installed that is not locked, by its version and by what it hashes to.

Whether a locked version has a known hole is not looked up: for that the advisories would have to be reached.
"""

import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path

from tests.conftest import ROOT

from .goals import Proved

LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}\b")
NOT_AUDITED = "not audited: no advisories within reach"


def entries(lock: Path) -> Iterator[str]:
    """A lock file's requirements, each with its hashes as one line."""
    lines = lock.read_text().replace("\\\n", " ").splitlines()
    return (line for line in lines if line.strip() and not line.lstrip().startswith("#"))


def pinned(lock: str) -> set[tuple[str, str]]:
    """(name, version) of all that a lock file names."""
    found = [PINNED.match(entry) for entry in entries(ROOT / "requirements" / f"{lock}.lock")]
    return {(plain(match[1]), match[2]) for match in found if match}


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def installed(where: Path) -> set[tuple[str, str]]:
    folders = [str(folder) for folder in where.glob("lib/python*/site-packages")]
    found: list[Distribution] = list(distributions(path=folders))
    return {(plain(one.metadata["Name"]), one.version) for one in found}


def test_every_python_package_is_locked_with_its_hashes(proved: Proved) -> None:
    told = [(lock.name, entry) for lock in LOCKS for entry in entries(lock)]
    wrong = [f"{lock}: {entry.split()[0]}" for lock, entry in told if not (PINNED.match(entry) and HASH.search(entry))]
    assert len(told) > 100
    proved("G20", len(told), wrong=len(wrong), back_end=NOT_AUDITED)
    assert not wrong


def test_every_npm_package_is_locked_with_its_hash(proved: Proved) -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    told = {name: package for name, package in packages.items() if name}
    wrong = [name for name, package in told.items() if not package.get("integrity", "").startswith("sha512-")]
    assert told
    proved("G20", len(told), wrong=len(wrong), back_end=NOT_AUDITED)
    assert not wrong


def test_the_environments_hold_what_is_locked_and_nothing_else(proved: Proved) -> None:
    environments = {
        Path(sys.prefix): pinned("dev") | pinned("uv"),
        ROOT / ".venv-engine": pinned("engine"),
    }
    for where, locked in environments.items():
        there = {(name, version) for name, version in installed(where) if name not in ("pip", "setuptools")}
        proved("G20", len(there), wrong=len(there - locked), back_end=NOT_AUDITED)
        assert there, where
        assert there <= locked, where


def test_whatever_installs_asks_for_the_hashes() -> None:
    for file in ("install.sh", "infra/packages.py"):
        text = (ROOT / file).read_text()
        installs = re.findall(r'pip"?,? "?install', text)
        assert len(installs) == text.count("--require-hashes") > 0, file
