"""What every ring of tests shares: one synthesis of the local stage, one local system, and no network but loopback."""

import gc
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests import rights
from tests.proof import canaries, goals

if TYPE_CHECKING:
    from tests.running import Local

# Before anything of AWS is imported: no credentials of the machine, no metadata service.
os.environ.update(
    AWS_ACCESS_KEY_ID="test",
    AWS_SECRET_ACCESS_KEY="test",
    AWS_DEFAULT_REGION="us-east-1",
    AWS_EC2_METADATA_DISABLED="true",
    AWS_CONFIG_FILE="/dev/null",
    AWS_SHARED_CREDENTIALS_FILE="/dev/null",
    JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION="20",
)
os.environ.pop("AWS_SESSION_TOKEN", None)
os.environ.pop("AWS_PROFILE", None)

ROOT = Path(__file__).parents[1]
NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
# Rings that knock at one running system. They wait more than they compute, so they can run beside the others.
OUTSIDE = ("local", "browser")
# Doors for triggers that no door of the product has yet.
PROBES = ROOT / "tests" / "local" / "doors"


class ByRing(LoadScopeScheduling):
    """A ring stays in one process, and both that share a running system in the same.

    The doors' is split by domain, the proofs' by file and by the domain that they visit. Who is done takes the next.
    """

    def _split_scope(self, nodeid: str) -> str:
        _, ring, domain, *_ = nodeid.split("/")
        if "over_http" in nodeid:
            return "outside"
        if "test_up.py" in nodeid:  # starts systems of its own
            return "up"
        if ring in ("functions", "proof"):
            file, _, test = domain.partition("::")
            visited = test.partition("[")[2].partition(".")[0] if file == "test_doors.py" else ""
            return f"{ring}/{file}/{visited}"
        return "outside" if ring in OUTSIDE else ring


def pytest_collection_finish() -> None:
    """Tests leave many small things behind and few circles: to look for those less often takes a tenth less time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    return ByRing(config, log)


def pytest_testnodedown(node: Any) -> None:
    told = getattr(node, "workeroutput", {})
    rights.remember(node.config, told.get("rights", ()), told.get("whole", False))
    goals.tell(node.config, (goals.Seen(**seen) for seen in told.get("goals", ())))
    node.config.stash.setdefault(canaries.HEARD, []).extend(told.get("canaries", ()))
    node.config.stash[goals.WHOLE] = node.config.stash.get(goals.WHOLE, False) or told.get("proof", False)


def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    found = canaries.CANARIES.found()
    if canaries.CANARIES.lines:
        goals.tell(config, [goals.Seen("G17", canaries.CANARIES.lines, 0, len(found), goals.MOTO)])
    if hasattr(config, "workeroutput"):
        config.workeroutput |= {"canaries": found}
        config.workeroutput |= {"rights": rights.needed(), "whole": config.stash.get(rights.WHOLE, False)}
        config.workeroutput |= {"goals": goals.told(config), "proof": config.stash.get(goals.WHOLE, False)}
        return
    if config.stash.get(rights.WHOLE, False) and not config.option.collectonly:
        rights.remember(config, rights.needed(), whole=True)
    if config.stash.get(rights.WHOLE, False):
        goals.tell(config, [goals.Seen("G16", len(rights.declared()), 0, len(rights.verdict(config)), goals.MOTO)])
    if rights.verdict(config) or goals.verdict(config) or canaries.verdict(config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in goals.table(terminalreporter.config):
        terminalreporter.write_line(line)
    config = terminalreporter.config
    for line in [*rights.verdict(config), *goals.verdict(config), *canaries.verdict(config)]:
        terminalreporter.write_line(line, red=True)
    if CHROMIUM is None:
        terminalreporter.write_line(
            "the browser ring did not run: no Chromium found; install it with: apt install chromium", yellow=True
        )


@pytest.fixture(scope="session")
def assembly() -> Path:
    """The local stage's templates, with the tests' own doors; synthesized again only when a source changed."""
    from infra.local.assembly import synthesize

    target = ROOT / "build" / "test-assembly"
    target.parent.mkdir(exist_ok=True)
    synthesize(target, {"stage": "local", "clock_file": ""}, [PROBES])
    return target


@pytest.fixture(scope="session")
def laptop() -> Path:
    """The templates that `make up` deploys."""
    from infra.local.assembly import synthesize

    target = ROOT / "build" / "test-local"
    synthesize(target, {"stage": "local", "clock_file": ""})
    return target


@pytest.fixture(scope="session")
def local(assembly: Path, tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Local]":
    """The deployed templates on the local engine: one system for all rings that knock from outside."""
    from infra.installation import Admin
    from infra.local.up import Settings, free_port
    from tests.running import ADMIN_PASSWORD, Local, Running

    settings = Settings(
        port=free_port(),
        mqtt_port=free_port(),
        state=tmp_path_factory.mktemp("state"),
        admin=Admin(password=ADMIN_PASSWORD),
        doors=(PROBES,),
        persist=False,
        templates=assembly,
    )
    with Running(settings) as system:
        local = Local(system)
        yield local
        local.search_logs()


@pytest.fixture(autouse=True, scope="session")
def loopback_only() -> Iterator[None]:
    """A test that reaches for the internet fails at once, naming where it wanted to go."""
    original = socket.socket.connect

    def connect(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = address[0] if isinstance(address, tuple) else ""
            assert host in ("127.0.0.1", "localhost", "::1"), f"a test wanted to reach {address}"
        original(self, address)  # type: ignore[arg-type]

    socket.socket.connect = connect  # type: ignore[assignment, method-assign]
    yield
    socket.socket.connect = original  # type: ignore[method-assign]
