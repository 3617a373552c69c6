"""Locks from their registration to their deletion: over HTTP, mutual TLS, topic rules and streams."""

import asyncio
import json
import time
from datetime import datetime, timedelta
from typing import Any

import aiomqtt
import pytest

from infra.local.lock.credentials import Credentials
from tests.local.wire import Wire, played
from tests.running import Local, eventually

SOON = 20.0  # seconds, on a busy machine


class Home:
    """Somebody and his locks."""

    def __init__(self, local: Local) -> None:
        self.user = local.user()

    def register(self, device_id: str) -> Credentials:
        answer = self.user.post("/api/v1/devices/", {"device_id": device_id, "name": "Front door"})
        assert answer.status_code == 201, answer.text
        return Credentials.of(answer.json())

    def get(self, lock: Credentials, what: str) -> Any:
        return self.user.get(f"/api/v1/devices/{lock.id}/{what}").json()["data"]

    def status(self, lock: Credentials) -> Any:
        return self.get(lock, "status/")

    def online(self, lock: Credentials, *, online: bool = True) -> None:
        eventually(lambda: self.status(lock)["is_online"] is online, SOON)

    def unlock(self, lock: Credentials) -> str:
        answer = self.user.post(f"/api/v1/devices/{lock.id}/unlock/", {"duration": 1})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["data"]["command_id"])

    def state(self, lock: Credentials, command: str) -> str:
        return str(self.get(lock, f"commands/{command}/")["state"])

    def becomes(self, lock: Credentials, command: str, state: str) -> None:
        eventually(lambda: self.state(lock, command) == state, SOON)


@pytest.fixture(scope="module")
def home(local: Local) -> Home:
    return Home(local)


@pytest.fixture(scope="module")
def ignored(home: Home) -> tuple[Credentials, str]:
    """A lock that hears and does nothing, and the unlock that it was sent: its time runs beside the other tests."""
    lock = home.register("HOME_SILENT")

    async def play() -> str:
        async with Wire(lock, silent=True) as wire:
            await asyncio.to_thread(home.online, lock)
            command = await asyncio.to_thread(home.unlock, lock)
            await wire.heard("silent", command)
            assert await asyncio.to_thread(home.state, lock, command) == "published"
        return command

    return lock, played(play())


def client(lock: Credentials, name: str = "") -> aiomqtt.Client:
    """A connection with a lock's credentials that does what it should not."""
    return aiomqtt.Client(
        lock.endpoint,
        lock.port,
        identifier=name or lock.device_id,
        tls_context=lock.tls(),
        protocol=aiomqtt.ProtocolVersion.V5,
        timeout=3,
    )


def test_a_lock_that_was_registered_comes_online_and_obeys_within_a_second(
    home: Home, ignored: tuple[Credentials, str]
) -> None:
    lock = home.register("HOME_01")
    assert home.status(lock)["is_online"] is False
    took = []

    async def play() -> None:
        async with Wire(lock) as wire:
            await asyncio.to_thread(home.online, lock)
            for number in (1, 2, 3):
                asked = time.monotonic()
                command = await asyncio.to_thread(home.unlock, lock)
                await wire.heard(f"unlock {number} ", "opened for 1 s")
                took.append(time.monotonic() - asked)
                await asyncio.to_thread(home.becomes, lock, command, "executed")
            # It locks itself again, and says so.
            await asyncio.to_thread(eventually, lambda: home.status(lock)["is_locked"], SOON)

    played(play())
    assert min(took) < 1, took
    log = home.user.get(f"/api/v1/devices/{lock.id}/logs/").json()["results"]
    assert [entry["event_type"] for entry in log].count("UNLOCK_APP") == 3
    assert home.user.get(f"/api/v1/devices/{lock.id}/").json()["data"]["access_stats"]["total_unlocks_30d"] == 3


def test_a_lock_that_loses_its_connection_is_offline_by_its_will(local: Local, home: Home) -> None:
    lock = home.register("HOME_02")
    cut = local.aws.client("iot-data").delete_connection

    async def play() -> None:
        async with Wire(lock) as wire:
            await asyncio.to_thread(home.online, lock)
            await asyncio.to_thread(cut, clientId=lock.device_id)
            await wire.until(lambda: not wire.lock.online)

    played(play())
    home.online(lock, online=False)
    answer = home.user.post(f"/api/v1/devices/{lock.id}/unlock/")
    assert (answer.status_code, answer.json()) == (400, {"success": False, "message": "Device is offline"})


def test_a_lock_is_itself_and_nobody_else(home: Home) -> None:
    victim, thief = home.register("HOME_03"), home.register("HOME_04")
    opened = json.dumps({"status": "online", "is_locked": False, "counter": 99})

    async def play() -> None:
        async with Wire(victim) as wire:
            await asyncio.to_thread(home.online, victim)
            with pytest.raises(aiomqtt.MqttError, match="Not authorized"):
                async with client(thief, victim.device_id):
                    pass
            for filter in ("smartlock/HOME_03/commands", "smartlock/+/commands", "smartlock/HOME_04/status", "#"):
                async with client(thief) as bad:
                    [code] = await bad.subscribe(filter, qos=1)
                    assert str(code) == "Not authorized", filter
            said = len(wire.said)
            for topic in ("smartlock/HOME_03/status", "smartlock/HOME_03/commands", "smartlock/HOME_04/status"):
                async with client(thief) as bad:
                    await bad.publish(topic, opened, qos=1)
            await asyncio.to_thread(home.online, thief)  # its own word, which was the last
            assert (wire.lock.online, wire.said[said:]) == (True, [])

    played(play())
    assert (home.status(victim)["is_locked"], home.status(thief)["is_locked"]) == (True, False)


def test_a_deleted_lock_is_cut_off_and_let_in_no_more(home: Home) -> None:
    lock = home.register("HOME_05")

    async def play() -> None:
        async with Wire(lock) as wire:
            await asyncio.to_thread(home.online, lock)
            answer = await asyncio.to_thread(home.user.session.delete, f"{home.user.url}/api/v1/devices/{lock.id}/")
            assert answer.status_code == 204
            await wire.until(lambda: not wire.lock.online)
        with pytest.raises(aiomqtt.MqttError):
            async with client(lock):
                pass

    played(play())
    assert home.user.get(f"/api/v1/devices/{lock.id}/").status_code == 404
    assert home.register("HOME_05").secret != lock.secret


def test_what_a_lock_ignores_expires_after_fifteen_seconds(home: Home, ignored: tuple[Credentials, str]) -> None:
    """Last of all: by now most of its time is over."""
    lock, command = ignored
    home.becomes(lock, command, "expired")
    told = home.get(lock, f"commands/{command}/")
    lasted = datetime.fromisoformat(told["expires_at"]) - datetime.fromisoformat(told["created_at"])
    assert timedelta(seconds=14) < lasted <= timedelta(seconds=15)
    assert home.status(lock)["is_locked"] is True
