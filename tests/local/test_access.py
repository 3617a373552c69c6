"""Codes at the door of a virtual lock: over HTTP, signed by the lock; it opens, and says so over MQTT."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
import requests

from infra.local.lock.credentials import Credentials
from infra.local.lock.firmware import signature
from infra.local.lock.keypad import Keypad
from tests.local.wire import Wire, played
from tests.running import Local, User, eventually

GRANTED, SHUT = "opened for 5 s by {}", "{}: stays shut: {} {}"


class Door:
    """A lock of somebody's, and its codes."""

    def __init__(self, owner: User, lock: Credentials) -> None:
        self.owner, self.lock = owner, lock

    def make(self, path: str, **body: Any) -> Any:
        answer = self.owner.post(f"/api/v1/access/{path}/", body)
        assert answer.status_code == 201, answer.text
        return answer.json()["data"]

    def code(self, kind: str, **body: Any) -> Any:
        """A PIN, a card or a guest of this lock."""
        return self.make(f"devices/{self.lock.id}/{kind}", **body)

    def results(self, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.owner.get(f"/api/v1/{path}").json()["results"]
        return found


@pytest.fixture(scope="module")
def door(local: Local) -> Door:
    owner = local.user()
    answer = owner.post("/api/v1/devices/", {"device_id": "ACCESS_1", "name": "Front door", "device_type": "PRO"})
    assert answer.status_code == 201, answer.text
    return Door(owner, Credentials.of(answer.json()))


def test_what_opens_a_door_and_what_does_not(local: Local, door: Door) -> None:
    now = datetime.now(UTC)
    tomorrow = (now + timedelta(days=1)).isoformat()
    door.code("pin", pin_code="1111", name="Once", max_usage=1)
    door.code(
        "pin", pin_code="2222", name="Over", valid_until="2026-01-01T00:00:00Z", valid_from="2025-01-01T00:00:00Z"
    )
    at_the_lock = now.astimezone(ZoneInfo("Asia/Tashkent"))
    in_two_days = f"{at_the_lock + timedelta(days=2):%a}".lower()
    door.code("pin", pin_code="3333", name="Another day", allowed_days=[in_two_days])
    deleted = door.code("pin", pin_code="4444", name="Deleted")["id"]
    assert door.owner.session.delete(f"{local.url}/api/v1/access/pin/{deleted}/", timeout=30).status_code == 204
    door.code("nfc", uid="04:A3:5B:1C", name="Card")
    guest = door.code("guest", guest_name="Aziza", access_type="PIN", valid_from=now.isoformat(), valid_until=tomorrow)
    qr = door.make("qrcodes", device=str(door.lock.id))

    async def play() -> list[str]:
        async with Wire(door.lock) as wire, aiohttp.ClientSession(base_url=local.url) as http:
            keypad = Keypad(wire.lock, http)

            async def typed(line: str, said: str) -> None:
                before = len(wire.said)
                await keypad.typed(line)
                assert said in wire.said[before:], wire.said[before:]

            await typed("pin 1111", GRANTED.format("pin"))
            await typed("again", SHUT.format("pin", 401, "Request replayed - it was accepted before"))
            second = int(time.time())
            await wire.until(lambda: int(time.time()) > second)  # by which the next request differs
            await typed("pin 1111", SHUT.format("pin", 403, "PIN is max usage reached"))
            await typed("pin 2222", SHUT.format("pin", 403, "PIN is expired"))
            await typed("pin 3333", SHUT.format("pin", 403, "PIN is not allowed at this time"))
            await typed("pin 4444", SHUT.format("pin", 401, "Invalid PIN code"))
            await typed("nfc 04a35b1c", GRANTED.format("nfc"))
            await typed(f"pin {guest['generated_pin']}", GRANTED.format("pin"))
            await typed(f"qr {qr['code']}", GRANTED.format("qr"))
            await typed("again", SHUT.format("qr", 401, "Request replayed - it was accepted before"))
            await wire.until(lambda: not wire.lock.outbox)
            return wire.said

    played(play())
    tries = [
        (told["method"], told["success"], told["reason"]) for told in reversed(door.results("access/logs/recent/"))
    ]
    assert tries == [
        ("pin", True, ""),
        ("pin", False, "replayed"),
        ("pin", False, "max usage reached"),
        ("pin", False, "expired"),
        ("pin", False, "not allowed at this time"),
        ("pin", False, "unknown"),
        ("nfc", True, ""),
        ("pin", True, ""),
        ("qr", True, ""),
        ("qr", False, "replayed"),
    ]
    log = door.results(f"devices/{door.lock.id}/logs/")
    opened = [
        told["event_type"] for told in reversed(log) if told["success"] and told["event_type"].startswith("UNLOCK")
    ]
    assert opened == ["UNLOCK_PIN", "UNLOCK_NFC", "UNLOCK_PIN", "UNLOCK_QR"]
    eventually(
        lambda: (
            {"REPLAY_ATTACK", "UNLOCK_SUCCESS", "UNLOCK_FAILED"}
            <= {told["event_type"] for told in door.results("security/events/")}
        )
    )


def test_a_pin_of_five_uses_opens_five_times_however_many_knock(local: Local, door: Door) -> None:
    door.code("pin", pin_code="5555", name="Five", max_usage=5)
    at = int(time.time())

    def knock(number: int) -> int:
        told = {"device_id": "ACCESS_1", "pin_code": "5555", "timestamp": at + number}
        told["signature"] = signature(door.lock.secret, "ACCESS_1", at + number, "5555")
        return requests.post(f"{local.url}/api/v1/access/verify-pin/", json=told, timeout=60).status_code

    with ThreadPoolExecutor(20) as threads:
        answers = sorted(threads.map(knock, range(20)))
    assert answers == [200] * 5 + [403] * 15


def test_a_qr_code_opens_once_however_many_scan_it(local: Local, door: Door) -> None:
    qr = door.make("qrcodes", device=str(door.lock.id))
    scanner = local.user()

    def scan(_: int) -> bool:
        answer = scanner.post(f"/api/v1/access/qrcodes/{qr['id']}/scan/", {"code": qr["code"]})
        assert answer.status_code == 200, answer.text
        return bool(answer.json()["valid"])

    with ThreadPoolExecutor(20) as threads:
        assert sum(threads.map(scan, range(40))) == 1
