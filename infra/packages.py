"""Zip files for Lambda, built without Docker: a door, the kalit layer, the vendor layer.

Same content, same bytes: a package's hash changes only when what it holds does.
"""

import compileall
import hashlib
import inspect
import os
import py_compile
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from kalit.kit.doors import Door
from kalit.kit.resources import Resource

from .catalog import ROOT, source

BUILD = ROOT / "build"
LAYERS = ROOT / "layers"
LOCK = ROOT / "requirements" / "runtime.lock"
LAMBDA_PYTHON = "3.13"
PLATFORMS = {"arm64": "aarch64-manylinux_2_28", "x86_64": "x86_64-manylinux_2_28"}
EPOCH = (2020, 1, 1, 0, 0, 0)

# Which of botocore's service models a resource is reached through; all others stay out of the layer.
SERVICES = {
    "table": "dynamodb",
    "queue": "sqs",
    "machine": "stepfunctions",
    "key": "kms",
    "mac": "kms",
    "cipher": "kms",
    "bucket": "s3",
    "broker": "iot-data",
    "fleet": "iot",
    "email": "sesv2",
    "sms": "pinpoint-sms-voice-v2",
}

# What no door imports: the installer's scripts; Powertools' router, which we use when the document is made, and its
# other utilities; dateutil's zones, beside tzdata; pydantic's own past; and the parser with which cffi is built.
UNUSED = (
    "bin",
    "aws_lambda_powertools/event_handler",
    *(
        f"aws_lambda_powertools/utilities/{name}"
        for name in ("auth_alpha", "circuit_breaker", "feature_flags", "idempotency", "kafka", "streaming")
    ),
    "dateutil/zoneinfo",
    "pycparser",
    "pydantic/v1",
)


def door_zip(door: Door) -> Path:
    """The door's own file, and those that its host names, at their paths of the repository."""
    file = source(door)
    files = [file, *(file.parent / name for name in door.host.files)]
    root = file.parents[2]
    return _zip(f"door-{door.name}", [(path, str(path.relative_to(root))) for path in files])


def kalit_zip(*, native: bool) -> Path:
    """The layer of what the product knows. `native`: for this machine's interpreter."""
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder) / "python"
        shutil.copytree(
            LAYERS / "kalit" / "python", python, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True
        )
        _compile(python, native=native)
        return _zip("layer-kalit", _below(Path(folder)))


def vendor_zip(architecture: str, *, native: bool) -> Path:
    """The layer of hash-locked third-party packages, kept until the lock or the services change."""
    services = sorted(set(SERVICES.values()))
    version = f"{sys.version_info.major}.{sys.version_info.minor}" if native else LAMBDA_PYTHON
    steps = (inspect.getsource(step) for step in (_trim, _compile))
    told = [LOCK.read_text(), architecture, version, sys.platform if native else "", *services, *UNUSED, *steps]
    recipe = "\n".join(told)
    done = BUILD / f"layer-vendor-{hashlib.sha256(recipe.encode()).hexdigest()[:16]}.zip"
    if done.exists():
        return done
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder) / "python"
        target = ["--python", sys.executable]
        if not native:
            target = ["--python-platform", PLATFORMS[architecture], "--python-version", version]
        command = [
            *(sys.executable, "-m", "uv", "pip", "install", "--quiet"),
            *("--require-hashes", "--only-binary=:all:", "--no-compile-bytecode", "--link-mode", "copy"),
            *(*target, "--target", str(python), "-r", str(LOCK)),
        ]
        if subprocess.run(command, check=False).returncode:
            raise SystemExit("The vendor layer's packages could not be fetched. Is there a network?")
        _trim(python, services)
        _compile(python, native=native)
        return _zip(done.stem, _below(Path(folder)))


def services_of(resources: Iterable[Resource]) -> set[str]:
    """The botocore services behind the resources."""
    return {SERVICES[resource.kind] for resource in resources}


def _trim(python: Path, services: Sequence[str]) -> None:
    for path in python.glob("*.dist-info"):
        for name in ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json"):
            (path / name).unlink(missing_ok=True)
    for name in UNUSED:
        shutil.rmtree(python / name)
    for path in (python / "botocore" / "data").iterdir():
        if path.is_dir() and path.name not in services:
            shutil.rmtree(path)


def _compile(python: Path, *, native: bool) -> None:
    """Compiled files make imports 2.3 times faster; they must be of the interpreter that will run them."""
    if not native and f"{sys.version_info.major}.{sys.version_info.minor}" != LAMBDA_PYTHON:
        print(f"note: layers are not precompiled, that takes Python {LAMBDA_PYTHON}", file=sys.stderr)
        return
    compileall.compile_dir(
        python,
        quiet=2,
        stripdir=str(python),
        prependdir="/opt/python",
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )


def _below(folder: Path) -> list[tuple[Path, str]]:
    return [(path, str(path.relative_to(folder))) for path in sorted(folder.rglob("*")) if path.is_file()]


def _zip(name: str, files: Sequence[tuple[Path, str]]) -> Path:
    BUILD.mkdir(exist_ok=True)
    # Under a name of its own until it is whole: others may build the same.
    handle, partial = tempfile.mkstemp(dir=BUILD, suffix=".partial")
    with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for path, inside in files:
            info = zipfile.ZipInfo(inside, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            package.writestr(info, path.read_bytes())
    Path(partial).chmod(0o644)
    return Path(partial).replace(BUILD / f"{name}.zip")
