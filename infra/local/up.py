"""`make up`: the whole cloud on a laptop, in the foreground, until Ctrl-C or SIGTERM.

Settings come from the environment (README, "Settings of the local system"). Everything listens on loopback.
"""

import asyncio
import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from infra import static
from infra.installation import (
    Admin,
    DoorFailed,
    Mqtt,
    PaymentKeys,
    bucket,
    call,
    first_administrator,
    share_edge_secret,
    share_mqtt,
    share_payment_keys,
    upload_static_files,
)
from infra.stages import STAGES

from . import assembly, deployer
from .assembly import ROOT, SynthesisFailed
from .deployer import Aws, DeploymentFailed
from .gateway import Gateway
from .stripe import server as stripe_server
from .stripe.account import ONCE, Telling

STAGE = STAGES["local"]
ENGINE_PYTHON = ROOT / ".venv-engine" / "bin" / "python"
WEBHOOK = "/api/webhook/"
SANDBOX_KEY, SANDBOX_SECRET = "sk_test_sandbox", "whsec_sandbox"
TUNABLES = ("UNLOCK_LIMIT", "VERIFY_LIMIT", "OFFLINE_AFTER", "SMS_RATE")
STARTED_WITHIN = 30.0  # seconds that the engine may take to come up
STOPPED_WITHIN = 15.0


class CannotStart(Exception):
    """Why not, and what to do about it."""


@dataclass(frozen=True)
class Settings:
    """What a person or a test may set."""

    port: int = 8000
    mqtt_port: int = 8883
    state: Path = ROOT / ".kalit"
    admin: Admin = Admin()
    clock_file: str = ""
    tunables: Mapping[str, str] = field(default_factory=dict)  # limits that the doors are to have (`kit.tunables`)
    rate_limit: int = 0  # requests a minute and address; 0: any
    payments: PaymentKeys = field(default_factory=PaymentKeys)  # without an API key, the sandbox's
    telling: Telling = ONCE  # how the sandbox tells of payments
    doors: tuple[Path, ...] = ()
    persist: bool = True
    templates: Path | None = None  # where they lie, or will

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> "Settings":
        def number(name: str, default: int) -> int:
            try:
                return int(env.get(name) or default)
            except ValueError:
                raise CannotStart(f"{name}={env[name]} is not a number.") from None

        return cls(
            port=number("PORT", 8000),
            mqtt_port=number("MQTT_PORT", 8883),
            state=Path(env.get("KALIT_STATE") or ROOT / ".kalit").resolve(),
            admin=Admin.from_environment(env),
            rate_limit=number("KALIT_RATE_LIMIT", 0),
            payments=_test_keys(PaymentKeys.from_environment(env)),
            telling=Telling(number("KALIT_WEBHOOK_COPIES", 1), shuffled=bool(number("KALIT_WEBHOOK_SHUFFLE", 0))),
            tunables={name: str(number(f"KALIT_{name}", 0)) for name in TUNABLES if env.get(f"KALIT_{name}")},
            clock_file=str(Path(env["KALIT_CLOCK"]).resolve()) if env.get("KALIT_CLOCK") else "",
        )


def _test_keys(keys: PaymentKeys) -> PaymentKeys:
    """Keys as they are set, if no money moves by them. Raises `CannotStart`."""
    if keys.api_base:  # somebody's own sandbox
        keys = replace(keys, api_key=keys.api_key or SANDBOX_KEY, webhook_secret=keys.webhook_secret or SANDBOX_SECRET)
    if keys.api_key and not keys.api_key.startswith(("sk_test_", "rk_test_")):
        raise CannotStart("STRIPE_API_KEY is for real money. Set a test key (sk_test_…), or none for the sandbox.")
    if keys.api_key and not keys.webhook_secret:
        raise CannotStart(
            "STRIPE_API_KEY is set, and STRIPE_WEBHOOK_SECRET is not. Stripe's own command prints one, and brings its "
            f"events here: stripe listen --forward-to localhost:8000{WEBHOOK}"
        )
    return keys


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def say(text: str) -> None:
    print(f"  {text}", flush=True)


class Engine:
    """The engine's process, and what a killed run may have left of it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        # The same at every start: queue URLs in the deployed templates name it.
        remembered = settings.state / "engine.port"
        self.port = int(remembered.read_text()) if remembered.exists() else free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.running = settings.state / "engine.json"
        self.log = settings.state / "engine.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.lock: IO[str] | None = None

    def own_the_state(self) -> None:
        """Hold the state for this run alone, and end an engine that a killed run left behind.

        Two engines on one state would ruin it. Raises `CannotStart` when another `make up` is at work there.
        """
        self.settings.state.mkdir(parents=True, exist_ok=True)
        self.lock = (self.settings.state / "lock").open("w")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotStart(
                f"Another `make up` is running on {self.settings.state}. Stop it, or use a state of its own for this "
                "one: KALIT_STATE=.kalit-2 PORT=8001 MQTT_PORT=8884 make up"
            ) from None
        # The lock is ours, so whoever wrote this is dead. The engine's own lock tells whether it is, too.
        engine_lock = (self.settings.state / "engine.lock").open("w")
        with contextlib.suppress(OSError, ValueError, KeyError):
            pid = int(json.loads(self.running.read_text())["pid"])
            for signum in (signal.SIGTERM, signal.SIGKILL):
                if _free(engine_lock):
                    break
                say(f"ending the engine that a killed run left behind (process {pid})")
                os.kill(pid, signum)
                for _ in range(100):
                    if _free(engine_lock):
                        break
                    time.sleep(0.1)
        engine_lock.close()
        self.running.unlink(missing_ok=True)

    def start(self) -> None:
        folder = self.settings.state / "engine"
        folder.mkdir(parents=True, exist_ok=True)
        scratch = self.settings.state / "tmp"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/"),
            "TMPDIR": str(scratch),
            "AUTH": "true",
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "IOT_MTLS_PORT": str(self.settings.mqtt_port),
            "PERSIST_STATE": "1" if self.settings.persist else "0",
            "STATE_DIR": str(folder),
            "S3_PERSIST": "1" if self.settings.persist else "0",
            "S3_DATA_DIR": str(folder / "s3"),
            "SFTP_ENABLED": "0",
            "LOG_LEVEL": "WARNING",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        (folder / "layers").mkdir(exist_ok=True)
        (self.settings.state / "engine.port").write_text(str(self.port))
        with self.log.open("ab") as log, (self.settings.state / "engine.lock").open("w") as lock:
            # The engine inherits this lock and holds it as long as it lives, whatever becomes of us.
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.process = subprocess.Popen(
                [str(ENGINE_PYTHON), str(ROOT / "infra" / "local" / "engine.py")],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=[lock.fileno()],
            )
        partial = self.running.with_suffix(".partial")
        partial.write_text(json.dumps({"pid": self.process.pid, "endpoint": self.endpoint}))
        partial.replace(self.running)

    async def ready(self) -> None:
        """Wait until it answers. Raises `CannotStart`."""
        deadline = time.monotonic() + STARTED_WITHIN
        while time.monotonic() < deadline:
            if self.process and self.process.poll() is not None:
                break
            try:
                await asyncio.to_thread(urllib.request.urlopen, f"{self.endpoint}/_ministack/health", timeout=1)
                return
            except OSError:
                await asyncio.sleep(0.05)
        raise CannotStart(f"The local engine did not come up. Its last words:\n{_tail(self.log)}")

    def authority(self) -> str:
        """The certificate (PEM) that the broker's own is signed by."""
        with urllib.request.urlopen(f"{self.endpoint}/_ministack/iot/ca.pem", timeout=5) as answer:  # noqa: S310
            told: bytes = answer.read()
        return told.decode()

    async def stop(self) -> None:
        """Let it save, then go; only a run that owns the state has anything to stop."""
        if self.lock:
            self.lock.close()
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.terminate()
            try:
                await asyncio.to_thread(self.process.wait, STOPPED_WITHIN)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.communicate()
        self.running.unlink(missing_ok=True)


class System:
    """Engine, templates and gateway together."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.engine = Engine(settings)
        self.aws = Aws(self.engine.endpoint)
        self.gateway = Gateway(settings.port, settings.rate_limit)
        self.templates = settings.templates or settings.state / "assembly"
        self.payments = settings.payments
        self.sandbox: stripe_server.Sandbox | None = None
        self.on_webhook: Callable[[str, int], None] = lambda *_: None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.settings.port}"

    async def start(self) -> None:
        """Everything, in order, telling each step. Raises `CannotStart`."""
        await asyncio.to_thread(self.engine.own_the_state)
        await asyncio.to_thread(self.check)
        try:
            await self.gateway.start()
        except OSError:
            raise CannotStart(
                f"Port {self.settings.port} is taken by another program. Stop it, or choose another: PORT=8001 make up"
            ) from None
        self.engine.start()
        if not self.payments.api_key:
            await self.start_sandbox()
        await asyncio.gather(asyncio.to_thread(self.synthesize), self.engine.ready())
        await asyncio.to_thread(self.deploy)
        self.gateway.secret = await asyncio.to_thread(share_edge_secret, self.aws.client, STAGE)
        files = await asyncio.to_thread(upload_static_files, self.aws.client, STAGE)
        pictures = await asyncio.to_thread(bucket, self.aws.client, STAGE, static.PICTURES)
        s3 = self.aws.client("s3")
        self.gateway.files = lambda key: s3.get_object(Bucket=pictures if key.startswith("media/") else files, Key=key)
        api = await asyncio.to_thread(deployer.api_id, self.aws, STAGE)
        if resumed := await asyncio.to_thread(deployer.resume, self.aws):
            say(f"{resumed} executions go on that the last stop had cut")
        await asyncio.to_thread(self.bootstrap)
        self.gateway.target = f"{self.engine.endpoint}/_aws/execute-api/{api}/$default"
        await asyncio.to_thread(self.warm)

    async def start_sandbox(self) -> None:
        """Payments without money, at the same address as before: pages that were opened go on."""
        remembered = self.settings.state / "stripe.port"
        port = int(remembered.read_text()) if remembered.exists() else free_port()
        secret = self.payments.webhook_secret or SANDBOX_SECRET
        settings = stripe_server.Settings(
            file=self.settings.state / "stripe.sqlite",
            port=port,
            webhook=self.url + WEBHOOK,
            secret=secret,
            clock_file=self.settings.clock_file,
            telling=self.settings.telling,
        )
        self.sandbox = stripe_server.Sandbox(settings, lambda *told: self.on_webhook(*told))
        try:
            await self.sandbox.start()
        except OSError:
            raise CannotStart(
                f"Port {port}, which the payments had before, is taken. Stop what has it, or start anew: make clean"
            ) from None
        remembered.write_text(str(port))
        self.payments = PaymentKeys(SANDBOX_KEY, secret, f"http://127.0.0.1:{port}")
        say(f"payments: a sandbox that speaks Stripe's API, at http://localhost:{port}")

    def check(self) -> None:
        """What must be there before anything is started."""
        assembly.check_node()
        if not ENGINE_PYTHON.exists():
            raise CannotStart("The engine's environment is missing. Run `make install`.")
        needed = {
            self.settings.mqtt_port: "for MQTT, is taken. Stop what has it, or choose another: MQTT_PORT=8884 make up",
            self.engine.port: "which the engine had before, is taken. Stop what has it, or start anew: make clean",
        }
        for port, cure in needed.items():
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    raise CannotStart(f"Port {port}, {cure}") from None

    def synthesize(self) -> None:
        context = {"stage": STAGE.name, "clock_file": self.settings.clock_file}
        if self.settings.tunables:
            context["tunables"] = json.dumps(self.settings.tunables)
        started = time.monotonic()
        made = assembly.synthesize(self.templates, context, self.settings.doors)
        say(f"templates: {f'synthesized in {time.monotonic() - started:.1f} s' if made else 'unchanged'}")

    def deploy(self) -> None:
        share_mqtt(self.aws.client, STAGE, Mqtt("localhost", self.settings.mqtt_port, self.engine.authority()))
        deployer.deploy(self.aws, self.templates, STAGE, say)
        share_payment_keys(self.aws.client, STAGE, self.payments)

    def bootstrap(self) -> None:
        first_administrator(self.aws.client, STAGE, self.settings.admin, say)

    def warm(self) -> None:
        """Start the doors that others wait for, so that the first task is as quick as the next."""
        for name in ("tasks.dispatch", "tasks.sum"):
            sample = ROOT / "events" / f"{name.replace('.', '/')}.json"
            call(self.aws.client, STAGE, name, json.loads(sample.read_text()))

    async def reload(self) -> None:
        """Watch the sources, and deploy what changed. A change that does not synthesize is told and waited out."""
        seen = _stamps(self.settings)
        while True:
            await asyncio.sleep(0.5)
            now = _stamps(self.settings)
            if now == seen:
                continue
            changed = sorted({str(path.relative_to(ROOT)) for path, _ in seen ^ now if path.is_relative_to(ROOT)})
            seen = now
            say(f"changed: {', '.join(changed[:5])}")
            started = time.monotonic()
            try:
                await asyncio.to_thread(self.synthesize)
                await asyncio.to_thread(self.deploy)
                say(f"reloaded in {time.monotonic() - started:.1f} s")
            except Exception as error:  # whatever it is, the old code goes on
                say(f"not reloaded, the old code goes on: {error}")

    async def stop(self) -> None:
        await self.gateway.stop()
        if self.sandbox:
            await self.sandbox.stop()
        await self.engine.stop()


def _stamps(settings: Settings) -> set[tuple[Path, float]]:
    stamps = set()
    for file in assembly.sources(settings.doors):
        with contextlib.suppress(FileNotFoundError):
            stamps.add((file, file.stat().st_mtime))
    return stamps


def _free(lock: IO[str]) -> bool:
    """Whether nobody holds this lock; then it is ours."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _tail(file: Path, lines: int = 15) -> str:
    return "\n".join(file.read_text(errors="replace").splitlines()[-lines:]) if file.exists() else ""


async def main() -> int:
    """Run until told to stop. Returns the exit status."""
    started = time.monotonic()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        system = System(Settings.from_environment(os.environ))
    except CannotStart as error:
        print(f"\nCannot start: {error}", file=sys.stderr)
        return 1
    system.gateway.on_request = lambda method, path, status: say(f"{method} {path} {status}")
    system.on_webhook = lambda event, status: say(f"webhook {event} {status or 'not answered'}")
    try:
        print(f"Kalit starts; its state is in {system.settings.state}", flush=True)
        starting = asyncio.create_task(system.start())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait((starting, stopping), return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            starting.cancel()
            return 0
        starting.result()
        print(
            f"Ready in {time.monotonic() - started:.1f} s: {system.url}  docs {system.url}/api/docs/"
            f"  admin {system.settings.admin.username}  (Ctrl-C stops)",
            flush=True,
        )
        reload = asyncio.create_task(system.reload())
        gone = asyncio.create_task(asyncio.to_thread(system.engine.process.wait))  # type: ignore[union-attr]
        await asyncio.wait((reload, stopping, gone), return_when=asyncio.FIRST_COMPLETED)
        if gone.done() and not stop.is_set():
            print(f"\nThe local engine died. Its last words:\n{_tail(system.engine.log)}", file=sys.stderr)
            return 1
        reload.cancel()
        return 0 if stop.is_set() else 1
    except (CannotStart, DeploymentFailed, DoorFailed, SynthesisFailed) as error:
        print(f"\nCannot start: {error}", file=sys.stderr)
        return 1
    finally:
        say("stopping; the state is kept")
        await system.stop()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
