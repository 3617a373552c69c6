"""What a person does at the door, typed as lines: codes for the server, the knob, the case, the battery, the cable."""

import asyncio
import json
import threading
from collections.abc import Iterator

import aiohttp

from .connection import Lock
from .firmware import signature

CODES = {"pin": ("verify-pin", "pin_code"), "nfc": ("verify-nfc", "nfc_uid"), "qr": ("verify-qr", "qr_code")}
HELP = """\
pin 1234 · nfc AA:BB:CC:DD · qr CODE   show a code, which the server is asked about
again                                  send the last code's request once more, as who overheard it would
turn · tamper · battery 15             turn the knob, shake the case, drain the battery
off · on                               leave the line, come back"""


class Keypad:
    """The outside of one lock."""

    def __init__(self, lock: Lock, http: aiohttp.ClientSession) -> None:
        self.lock, self.http = lock, http
        self.last: tuple[str, dict[str, object]] | None = None  # of requests: kind of code, and body

    async def typed(self, line: str) -> None:
        """Do what a line says."""
        firmware = self.lock.firmware
        match line.split():
            case []:
                pass
            case ["pin" | "nfc" | "qr" as kind, value]:
                self.last = kind, self._signed(kind, value)
                await self._ask(*self.last)
            case ["again"] if self.last:
                await self._ask(*self.last)
            case ["turn"]:
                self.lock.do(firmware.turned())
            case ["tamper"]:
                self.lock.do(firmware.shaken())
            case ["battery", level] if level.isdecimal() and int(level) <= 100:
                self.lock.do(firmware.measured(int(level)))
            case ["off"]:
                self.lock.leave()
            case ["on"]:
                self.lock.switched_on.set()
            case _:
                self.lock.say(HELP)

    def _signed(self, kind: str, value: str) -> dict[str, object]:
        device, at = self.lock.credentials.id, int(self.lock.now())
        signed = signature(self.lock.credentials.secret, device, at, value)
        return {"device_id": device, CODES[kind][1]: value, "timestamp": at, "signature": signed}

    async def _ask(self, kind: str, body: dict[str, object]) -> None:
        """Ask the server about a code, and open when it grants access."""
        try:
            async with self.http.post(f"/api/v1/access/{CODES[kind][0]}/", json=body) as answer:
                status, text = answer.status, await answer.text()
        except (aiohttp.ClientError, TimeoutError) as error:
            self.lock.say(f"{kind}: the server does not answer: {error}")
            return
        told = _object(text)
        if status == 200 and told.get("access_granted") is True:
            self.lock.do(self.lock.firmware.admitted(kind))
        else:
            self.lock.say(f"{kind}: stays shut: {status} {told.get('message') or text[:200]}")


def _object(text: str) -> dict[str, object]:
    try:
        told = json.loads(text)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def lines(loop: asyncio.AbstractEventLoop) -> "asyncio.Queue[str]":
    """Lines of standard input as they come; none where it is closed."""
    queue: asyncio.Queue[str] = asyncio.Queue()

    def read() -> None:
        for line in _raw():
            loop.call_soon_threadsafe(queue.put_nowait, line)

    threading.Thread(target=read, daemon=True).start()
    return queue


def _raw() -> Iterator[str]:
    """Unbuffered: a buffer that a thread waits in cannot be closed when the program ends."""
    try:
        with open(0, "rb", buffering=0, closefd=False) as file:
            for line in file:
                yield line.decode(errors="replace")
    except OSError:
        return
