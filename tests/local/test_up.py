"""`make up` as a person uses it: started, killed, started again, in the way of others, reloaded."""

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
import requests

from infra.local.up import ENGINE_PYTHON, Settings, free_port
from tests.conftest import ROOT
from tests.running import Running, User, eventually

pytestmark = pytest.mark.long  # each starts a system of its own


class Up:
    """One `make up` in a process group of its own, and what it prints."""

    all: ClassVar[list["Up"]] = []

    def __init__(self, state: Path, like: "Up | None" = None, **settings: str) -> None:
        """On ports of its own, or on those of a run before it."""
        self.ports = like.ports if like else {"PORT": str(free_port()), "MQTT_PORT": str(free_port())}
        self.url = f"http://localhost:{self.ports['PORT']}"
        own = {"KALIT_STATE": str(state), **self.ports}
        self.process = subprocess.Popen(
            ["make", "up"],
            cwd=ROOT,
            env={**os.environ, "KALIT_ADMIN_PASSWORD": "an admin's password", **own, **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.all.append(self)

    def _read(self) -> None:
        assert self.process.stdout
        self.lines.extend(iter(self.process.stdout.readline, ""))

    @property
    def said(self) -> str:
        return "".join(self.lines)

    def ready(self) -> float:
        """Seconds until it said so itself."""
        line = eventually(lambda: next((line for line in self.lines if line.startswith("Ready in")), None), within=90)
        assert requests.get(f"{self.url}/health/", timeout=60).status_code == 200
        found = re.search(r"Ready in ([\d.]+) s", line)
        assert found
        return float(found[1])

    def gave_up(self) -> bool:
        """Whether it ended by itself, and not well."""
        self.process.wait(60)
        return self.end() != 0

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send the whole process group a signal; returns the exit status."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, number)
        status = self.process.wait(30)
        self.reader.join(10)
        assert self.process.stdout
        self.process.stdout.close()
        return status


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "state"
    while Up.all:
        Up.all.pop().end()
    running = tmp_path / "state" / "engine.json"
    with contextlib.suppress(ProcessLookupError, FileNotFoundError):
        os.kill(json.loads(running.read_text())["pid"], signal.SIGKILL)


@pytest.fixture
def used_state(state: Path, laptop: Path) -> Path:
    """A state in which the templates lie, as after any earlier run: to synthesize them takes longest of a start."""
    shutil.copytree(laptop, state / "assembly")
    return state


def test_what_was_acknowledged_survives_a_kill(state: Path) -> None:
    first = Up(state)
    first.ready()
    ali = User.new(first.url)
    countdown, sum_ = ali.create("countdown", seconds=15)["id"], ali.create("sum", numbers=[1, 2, 3])["id"]
    assert ali.finished(sum_)["result"] == {"result": 6}
    acknowledged = time.monotonic()
    eventually(lambda: time.monotonic() - acknowledged >= 5, within=6)
    engine = json.loads((state / "engine.json").read_text())["pid"]
    os.kill(engine, signal.SIGKILL)
    first.end(signal.SIGKILL)

    second = Up(state, like=first)
    assert second.ready() <= 45  # a third of that on a machine that does nothing else
    again = User.log_in(second.url, ali.username)
    assert again.task(sum_)["result"] == {"result": 6}
    assert again.finished(again.create("sum", numbers=[4])["id"])["result"] == {"result": 4}
    assert again.finished(countdown)["status"] == "completed", second.said
    second.end()
    assert "stopping; the state is kept" in second.said
    assert not (state / "engine.json").exists()


WRITE = """
import sys
sys.argv = []
from infra.local import engine
moves = iter(range({moves}))
def replace(self, target, replace=engine.Path.replace):
    if next(moves, None) is None:
        raise SystemExit("killed")
    return replace(self, target)
engine.Path.replace = replace
engine.write_as_one({{"a.json": "new", "b.json": "new"}})
"""


@pytest.mark.parametrize(("moves", "left"), [(0, "old"), (1, "new"), (2, "new"), (3, "new")])
def test_a_snapshot_is_written_whole_or_not_at_all(tmp_path: Path, moves: int, left: str) -> None:
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text("old")
    for script in (WRITE.format(moves=moves), "from infra.local import engine; engine.finish_what_a_kill_cut()"):
        environment = {**os.environ, "STATE_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
        subprocess.run([ENGINE_PYTHON, "-c", script], env=environment, cwd=tmp_path, capture_output=True)
    assert [(tmp_path / name).read_text() for name in ("a.json", "b.json")] == [left, left]


def test_an_engine_left_behind_is_ended_and_said(used_state: Path) -> None:
    first = Up(used_state)
    first.ready()
    engine = json.loads((used_state / "engine.json").read_text())["pid"]
    os.kill(engine, signal.SIGSTOP)  # so that it cannot follow its parent by itself
    first.end(signal.SIGKILL)
    os.kill(engine, signal.SIGCONT)
    second = Up(used_state, like=first)
    second.ready()
    assert f"ending the engine that a killed run left behind (process {engine})" in second.said
    second.end()


def test_two_runs_on_one_state_are_told_apart(used_state: Path) -> None:
    first = Up(used_state)
    first.ready()
    second = Up(used_state)
    assert second.gave_up()
    assert "Another `make up` is running" in second.said
    assert requests.get(f"{first.url}/health/", timeout=60).status_code == 200
    first.end()


def test_a_taken_port_is_named_with_its_cure(state: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        up = Up(state, PORT=str(port))
        assert up.gave_up()
    assert f"Port {port} is taken" in up.said
    assert "PORT=8001 make up" in up.said


def test_a_missing_node_is_named(state: Path, tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("make", "sh", "cat", "cksum", "dirname", "env"):
        (tools / tool).symlink_to(str(shutil.which(tool)))
    up = Up(state, PATH=str(tools))
    assert up.gave_up()
    assert "Node.js is not installed" in up.said


ANSWER = """
from kalit.kit import api


@api.get("/probe/answer/")
def handler() -> str:
    \"\"\"Say a word.\"\"\"
    return "{word}"
"""


def test_a_changed_handler_is_reloaded_while_the_system_runs(tmp_path: Path) -> None:
    door = tmp_path / "doors" / "functions" / "probe" / "answer.py"
    door.parent.mkdir(parents=True)
    door.write_text(ANSWER.format(word="one"))
    settings = Settings(
        port=free_port(), mqtt_port=free_port(), state=tmp_path / "state", doors=(tmp_path / "doors",), persist=False
    )
    running = Running(settings)
    with running as system:
        watching = asyncio.run_coroutine_threadsafe(system.reload(), running.loop)
        assert requests.get(f"{system.url}/probe/answer/", timeout=60).text == "one"
        door.write_text(ANSWER.format(word="two"))
        eventually(lambda: requests.get(f"{system.url}/probe/answer/", timeout=60).text == "two", within=90)
        watching.cancel()
