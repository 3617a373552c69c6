"""`make lock` as a person uses it: it registers, obeys, hears its keypad, says goodbye, and is known the next time."""

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import requests

from tests.conftest import ROOT
from tests.running import Local, User, eventually


class Told:
    """One virtual lock in a process of its own, and what it prints."""

    def __init__(self, url: str, state: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "infra.local.lock", *arguments],
            cwd=ROOT,
            env={**os.environ, "URL": url, "KALIT_STATE": str(state)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = ""
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.said += line

    def type(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def find(self, pattern: str) -> "re.Match[str]":
        return eventually(lambda: re.search(pattern, self.said))

    def end(self) -> int:
        """Press Ctrl-C, where that is still needed; returns the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        status = self.process.wait(20)
        self.reader.join(10)
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.stdout.close()
        return status


def test_a_lock_registers_itself_obeys_and_is_known_again(local: Local, tmp_path: Path) -> None:
    first = Told(local.url, tmp_path, "PROCESS_1", "--battery", "15")
    first.find("connected to")
    device = first.find(r"device +(\S+)")[1]
    email, password = first.find(r"owner +(\S+)  password (.+?)  ").groups()
    login = requests.post(
        f"{local.url}/api/v1/auth/login/", json={"email": email, "password": password}, timeout=30
    ).json()
    owner = User(local.url, email, login["data"]["tokens"]["access"])

    def state() -> Any:
        return owner.get(f"/api/v1/devices/{device}/status/").json()["data"]

    eventually(lambda: state()["is_online"])
    sent = owner.post(f"/api/v1/devices/{device}/unlock/", {"duration": 1}).json()["data"]
    first.find(r"unlock 1 from .*: opened for 1 s")
    first.find("locked itself")
    command = f"/api/v1/devices/{device}/commands/{sent['command_id']}/"
    eventually(lambda: owner.get(command).json()["data"]["state"] == "executed")
    first.type("turn")
    first.find("opened by hand")
    first.type("what?")
    first.find("shake the case")
    assert first.end() == 0
    eventually(lambda: not state()["is_online"])
    assert (tmp_path / "locks" / "PROCESS_1.json").stat().st_mode & 0o777 == 0o600

    again, stranger = Told(local.url, tmp_path, "PROCESS_1"), Told(local.url, tmp_path / "elsewhere", "PROCESS_1")
    stranger.find("PROCESS_1 is taken")
    again.find("connected to")
    assert again.find(r"device +(\S+)")[1] == device
    assert stranger.process.wait(10) == 1
    stranger.end()
    assert again.end() == 0
