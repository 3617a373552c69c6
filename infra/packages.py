"""Zip files for Lambda, built without Docker: a door, the kalit layer, the vendor layer.

Same content, same bytes: a package's hash changes only when what it holds does.
"""

import compileall
import gzip
import hashlib
import inspect
import json
import os
import py_compile
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

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
    "secret": "secretsmanager",
    "sms": "pinpoint-sms-voice-v2",
}

# What no door imports: the installer's scripts; Powertools' router, which we use when the document is made, and its
# other utilities; dateutil's calendars, and its zones, beside tzdata; pydantic's past and future, and its plugin for
# mypy; what cffi builds with; urllib3 in browsers; and requests with what it needs, since Stripe's library has another
# client here.
UNUSED = (
    "bin",
    "aws_lambda_powertools/event_handler",
    "aws_lambda_powertools/metrics/provider/datadog",
    *(
        f"aws_lambda_powertools/utilities/{name}"
        for name in (
            "auth_alpha",
            "circuit_breaker",
            "data_masking",
            "feature_flags",
            "idempotency",
            "kafka",
            "parameters",
            "streaming",
            "validation",
        )
    ),
    "certifi",
    "cffi",  # compiled bindings need `_cffi_backend` alone
    "charset_normalizer",
    "dateutil/rrule.py",
    "dateutil/zoneinfo",
    "idna",
    "pycparser",
    "pydantic/experimental",
    "pydantic/mypy.py",
    "pydantic/v1",
    "requests",
    "urllib3/contrib/emscripten",
)

# For type checkers; what botocore has beside its models, which no door asks for; and a version of DynamoDB's model that
# is older than the one which clients are made of.
UNUSED_FILES = (
    "**/*.pyi",
    *(f"botocore/data/*/*/{name}*.json*" for name in ("examples-", "paginators-", "waiters-")),
    "botocore/data/dynamodb/2011-12-05/*",
)

# The modules of Stripe's library that sessions and refunds reach, fifty of two thousand; a test runs on these alone.
STRIPE = Path(__file__).with_name("stripe.txt").read_text().split()


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
    steps = (inspect.getsource(step) for step in (_trim, _undocumented, _remove, _compile))
    told = [
        LOCK.read_text(),
        architecture,
        version,
        sys.platform if native else "",
        *services,
        *UNUSED,
        *UNUSED_FILES,
        *STRIPE,
        *steps,
    ]
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
    for name in UNUSED:
        _remove(python / name)
    for pattern in UNUSED_FILES:
        for path in python.glob(pattern):
            path.unlink()
    for path in python.glob("*.dist-info"):
        files = [line.partition(",")[0] for line in (path / "RECORD").read_text().splitlines()]
        if not any((python / name).exists() for name in files if not name.startswith(path.name)):
            _remove(path)
            continue
        for name in ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "sboms"):
            if (path / name).exists():
                _remove(path / name)
    # Where all of AWS is, 1.3 MB that each process reads; of the services that are left, 50 KB.
    endpoints = python / "botocore" / "data" / "endpoints.json"
    where = json.loads(endpoints.read_text())
    models = [next(python.glob(f"botocore/data/{service}/*/service-2.json.gz")) for service in services]
    left = {json.loads(gzip.decompress(model.read_bytes()))["metadata"]["endpointPrefix"] for model in models}
    for partition in where["partitions"]:
        partition["services"] = {name: told for name, told in partition["services"].items() if name in left}
    endpoints.write_text(json.dumps(where, separators=(",", ":")))
    stripe = python / "stripe"
    for path in sorted(stripe.rglob("*"), reverse=True):  # what is in a folder before the folder
        if path.suffix == ".py" and str(path.relative_to(stripe).with_suffix("")) not in STRIPE:
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    for path in (python / "botocore" / "data").iterdir():
        if path.is_dir() and path.name not in services:
            shutil.rmtree(path)
    for path in python.glob("botocore/data/*/*/service-2.json.gz"):
        model = _undocumented(json.loads(gzip.decompress(path.read_bytes())))
        for setting in model.get("clientContextParams", {}).values():
            setting["documentation"] = ""  # which botocore looks for
        path.write_bytes(gzip.compress(json.dumps(model, separators=(",", ":")).encode(), mtime=0))


def _undocumented(value: Any) -> Any:
    """A service's model without its texts for people, which are most of it; a shape may still be called so."""
    if isinstance(value, dict):
        texts = [name for name, item in value.items() if name == "documentation" and isinstance(item, str)]
        return {name: _undocumented(item) for name, item in value.items() if name not in texts}
    return [_undocumented(item) for item in value] if isinstance(value, list) else value


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


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
    with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w") as package:
        for path, inside in files:
            info = zipfile.ZipInfo(inside, EPOCH)
            info.external_attr = 0o644 << 16
            package.writestr(info, path.read_bytes(), zipfile.ZIP_DEFLATED, compresslevel=9)
    Path(partial).chmod(0o644)
    return Path(partial).replace(BUILD / f"{name}.zip")
