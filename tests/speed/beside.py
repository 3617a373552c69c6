"""Our doors beside the same endpoints in four other frameworks: cold and warm CPU, memory, modules, size, dollars.

    make bench                            # ROUNDS=9

Every candidate runs in fresh processes of the same bare interpreter, all over recorded answers of AWS that another
process gives over HTTP, so its time is not counted. Ours are unpacked from their zip and the two layers, as on Lambda;
the peers' packages are compiled in the same way. All take turns, so that the machine's noise meets all alike.
"""

import compileall
import json
import os
import py_compile
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from infra.catalog import ROOT, catalog
from infra.packages import door_zip, kalit_zip, vendor_zip
from infra.stages import STAGES
from tests.speed import report
from tests.speed.recording import NOBODY, Recorded, recorded
from tests.speed.wire import wire

HERE = Path(__file__).parent
RESULTS = ROOT / "build" / "speed.json"
PEERS_PACKAGES = (
    ROOT / ".venv-peers" / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
)
PEERS = {
    "FastAPI + Mangum": "fastapi_app",
    "DRF + Mangum": "drf_app",
    "Flask + apig-wsgi": "flask_app",
    "Chalice": "chalice_app",
}
MODULES = PEERS | {report.BARE: "bare_app"}
SHARED = ("tasks.show", "tasks.create")  # what the peers have too
# The ten operations that are asked for most; one of them is a queue's, and one is the locks'.
TEN = (
    *SHARED,
    "tasks.list",
    "tasks.sum",
    "accounts.token",
    "accounts.refresh",
    "catalog.list_products",
    "locks.show",
    "locks.unlock",
    "locks.hear_heartbeat",
)
DOORS = (*TEN, "campaigns.start")
DAY = 86_400

Told = dict[str, float]


@dataclass(frozen=True)
class Candidate:
    """What a child is asked, and in which environment."""

    name: str  # of a peer with the door that it stands beside
    door: str
    module: str
    paths: tuple[str, ...]
    event: Mapping[str, Any]
    variables: Mapping[str, str]
    shift: float


def unpack(folder: Path) -> Path:
    """All doors and both layers where Lambda would have them, for this machine. Returns what to import from."""
    for package in (vendor_zip(STAGES["local"].architecture, native=True), kalit_zip(native=True)):
        with zipfile.ZipFile(package) as inside:
            inside.extractall(folder)
    for door in catalog():
        with zipfile.ZipFile(door_zip(door)) as inside:
            inside.extractall(folder / "python")
    return folder / "python"


def settle_peers(folder: Path) -> Path:
    """The peers' own files, compiled like everything else."""
    shutil.copytree(HERE / "peers", folder, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    compileall.compile_dir(folder, quiet=2, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    return folder


def ours(visit: Recorded, packages: Path) -> Candidate:
    return Candidate(
        name=visit.door,
        door=visit.door,
        module=f"functions.{visit.door}",
        paths=(str(packages),),
        event=visit.event,
        variables=visit.variables,
        shift=visit.at.timestamp() - time.time(),
    )


def theirs(name: str, visit: Recorded, apps: Path) -> Candidate:
    """A peer, with a token that holds today: its clock is the machine's."""
    key = ec.generate_private_key(ec.SECP256R1())
    token = visit.event["headers"]["authorization"].partition(" ")[2]
    claims = jwt.decode(token, options={"verify_signature": False}) | {"exp": int(time.time()) + DAY}
    claims["iat"] = int(time.time())
    signed = jwt.encode(claims, key, "ES256", {"kid": "k"})
    headers = {**visit.event["headers"], "authorization": f"Bearer {signed}"}
    event = {**visit.event, "headers": headers}
    public = jwt.algorithms.ECAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": "k", "alg": "ES256"}
    return Candidate(
        name=f"{name}, {visit.door}",
        door=visit.door,
        module=MODULES[name],
        paths=(str(apps), str(PEERS_PACKAGES)),
        event=rest(event) if name == "Chalice" else event,
        variables={**visit.variables, "JWT_KEY": json.dumps(public)},
        shift=0.0,
    )


def rest(event: Mapping[str, Any]) -> dict[str, Any]:
    """The same request as a REST API's event, which is what Chalice's routes take."""
    http = event["requestContext"]["http"]
    route = event["routeKey"].partition(" ")[2]
    return {
        "resource": route,
        "path": event["rawPath"],
        "httpMethod": http["method"],
        "headers": dict(event["headers"]),
        "multiValueHeaders": {name: [value] for name, value in event["headers"].items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": event.get("pathParameters") or None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": route,
            "httpMethod": http["method"],
            "path": event["rawPath"],
            "identity": {"sourceIp": http["sourceIp"]},
            "requestId": event["requestContext"]["requestId"],
            "stage": "api",
        },
        "body": event.get("body"),
        "isBase64Encoded": event.get("isBase64Encoded", False),
    }


def measure(candidate: Candidate, endpoint: str) -> Told:
    """One fresh process. What it writes to its log is counted in bytes a request."""
    environment = {"PATH": os.environ["PATH"], **NOBODY, **candidate.variables, "AWS_ENDPOINT_URL": endpoint}
    # A door's own file comes as source and its folder is read-only on Lambda, so it is compiled at each cold start.
    environment |= {"PYTHONDONTWRITEBYTECODE": "1", "AWS_LAMBDA_FUNCTION_NAME": "speed"}
    asked = {name: getattr(candidate, name) for name in ("paths", "module", "event", "shift")}
    done = subprocess.run(
        [sys._base_executable, "-S", str(HERE / "child.py")],  # type: ignore[attr-defined]
        input=json.dumps(asked),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{candidate.name}: {done.stderr[-2000:]}\n{done.stdout[-500:]}")
    *lines, last = done.stdout.splitlines()
    told: Told = json.loads(last)
    told["log_bytes"] = sum(len(line) + 1 for line in lines) / told["requests"]
    return told


def median(told: Sequence[Told]) -> dict[str, tuple[float, float, float]]:
    """Measure -> median, smallest and largest."""
    columns = {name: [one[name] for one in told] for name in told[0]}
    return {name: (statistics.median(seen), min(seen), max(seen)) for name, seen in columns.items()}


def sizes() -> dict[str, int]:
    """The zips' bytes: the layers as they are for Lambda's interpreter and processor, and each door's."""
    layers = {
        "layer: vendor": vendor_zip(STAGES["prod"].architecture, native=False),
        "layer: kalit": kalit_zip(native=False),
    }
    packages = layers | {door.name: door_zip(door) for door in catalog()}
    return {name: package.stat().st_size for name, package in packages.items()}


def run(rounds: int) -> dict[str, Any]:
    """All measures, of so many rounds."""
    visits = recorded(DOORS)
    with tempfile.TemporaryDirectory() as name:
        packages, apps = unpack(Path(name) / "ours"), settle_peers(Path(name) / "peers")
        candidates = [ours(visits[door], packages) for door in DOORS]
        candidates += [theirs(peer, visits[door], apps) for door in SHARED for peer in PEERS]
        candidates.append(theirs(report.BARE, visits[report.BARE_DOOR], apps))
        told: dict[str, list[Told]] = {candidate.name: [] for candidate in candidates}
        with wire({door: visit.exchanges for door, visit in visits.items()}) as endpoints:
            for number in range(rounds):
                # In another order each time: who comes after whom is part of the machine's noise too.
                for candidate in random.Random(number).sample(candidates, len(candidates)):
                    told[candidate.name].append(measure(candidate, endpoints[candidate.door]))
                print(f"round {number + 1} of {rounds}", flush=True)
    return {
        "at": datetime.now(UTC).date().isoformat(),
        "rounds": rounds,
        "ten": TEN,
        "machine": machine(),
        "measured": {name: median(seen) for name, seen in told.items()},
        "used": {
            name: {"calls": visit.calls, "reads": visit.reads, "writes": visit.writes} for name, visit in visits.items()
        },
        "sizes": sizes(),
    }


def machine() -> str:
    """The processor, the number of cores, the interpreter."""
    told = (
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if "model name" in line
    )
    version = ".".join(map(str, sys.version_info[:3]))
    return f"{next(told, 'unknown processor')}, {os.cpu_count()} cores, Python {version}"


def main(rounds: int) -> None:
    if not PEERS_PACKAGES.exists():
        raise SystemExit("The peers' environment is missing: make bench makes it.")
    results = run(rounds)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1))
    results = json.loads(RESULTS.read_text())
    report.write(results)
    for title, section in (("aims", report.aims), ("beside peers", report.peers), ("doors", report.doors)):
        print(f"\n{title}\n{section(results)}")
    print(f"\nThe rest is in {report.PAGE.relative_to(ROOT)}.")


if __name__ == "__main__":
    main(int(os.environ.get("ROUNDS") or 9))
