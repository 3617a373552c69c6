"""Synthesis of the templates, reused while nothing that goes into it has changed."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
OLDEST_NODE = 20
SAID = "said.txt"  # in a synthesis: what the app printed
LAST_WORDS = 12  # lines of a failed synthesis that are told; the cause is the last
SOURCES = ("functions", "layers", "infra", "requirements/runtime.lock", "requirements/dev.lock", "cdk.json")


class SynthesisFailed(Exception):
    """The app did not synthesize; the message is what it printed."""


def check_node() -> None:
    """Raises `SynthesisFailed` when the machine has no Node.js that CDK runs on."""
    try:
        version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        raise SynthesisFailed(
            "Node.js is not installed; the templates are made with it. Install Node 20 or newer."
        ) from None
    if int(version.lstrip("v").split(".")[0]) < OLDEST_NODE:
        raise SynthesisFailed(f"Node.js {version} is too old for CDK. Install Node {OLDEST_NODE} or newer.")


def fingerprint(context: Mapping[str, str], roots: Sequence[Path] = ()) -> str:
    """A hash over every file and value that synthesis reads."""
    digest = hashlib.sha256(json.dumps([context, sys.version, *map(str, roots)], sort_keys=True).encode())
    for file in sources(roots):
        with suppress(FileNotFoundError):  # an editor's, gone since it was listed
            digest.update(f"{file}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def sources(roots: Sequence[Path] = ()) -> list[Path]:
    """The files that synthesis reads, in order."""
    found: list[Path] = []
    for place in (*(ROOT / source for source in SOURCES), *roots):
        found += [place] if place.is_file() else [file for file in place.rglob("*") if file.is_file()]
    return sorted(file for file in found if "__pycache__" not in file.parts and ".mypy_cache" not in file.parts)


def synthesize(target: Path, context: Mapping[str, str], roots: Sequence[Path] = (), *, checked: bool = False) -> bool:
    """Synthesize into `target`, unless it holds just that already. True when it had to. Raises `SynthesisFailed`.

    `checked`: by cdk-nag too, whose findings fail it; that takes twice as long.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.with_name(f"{target.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two commands at once: the second finds what the first made
        return _synthesize(target, context, roots, checked)


def _synthesize(target: Path, context: Mapping[str, str], roots: Sequence[Path], checked: bool) -> bool:
    mark = target / "fingerprint"
    now = fingerprint(context, roots) + (" checked" if checked else "")
    if mark.exists() and mark.read_text() == now:
        return False
    check_node()
    partial = target.with_name(f"{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    told = {**context, "doors": ",".join(map(str, roots))}
    environment = {
        **os.environ,
        "CDK_OUTDIR": str(partial),
        "CDK_CONTEXT_JSON": json.dumps({**json.loads((ROOT / "cdk.json").read_text())["context"], **told}),
        "CDK_VALIDATION": "true" if checked else "false",
        "KALIT_ALARM_EMAIL": "",  # for AWS only, and not in the fingerprint
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20",
    }
    done = subprocess.run(
        [sys.executable, "-m", "infra.app"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SynthesisFailed("\n".join((done.stderr or done.stdout).strip().splitlines()[-LAST_WORDS:]))
    (partial / SAID).write_text(done.stdout + done.stderr)
    (partial / "fingerprint").write_text(now)
    shutil.rmtree(target, ignore_errors=True)
    partial.rename(target)
    return True
