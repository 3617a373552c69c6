"""`make lock NAME=LOCK_0001`: one virtual lock in the foreground, until Ctrl-C. It prints what it does."""

import argparse
import asyncio
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp

from infra.local.up import CannotStart, Settings

from . import account
from .connection import Habits, Lock
from .credentials import Credentials, Unusable, read, write
from .flash import Flash
from .keypad import HELP, Keypad, lines


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make lock", description="A virtual lock.")

    def percent(text: str) -> int:
        if not text.isdecimal() or int(text) > 100:
            raise argparse.ArgumentTypeError("a whole number from 0 to 100")
        return int(text)

    def probability(text: str) -> float:
        if not 0 <= float(text) < 1:
            raise argparse.ArgumentTypeError("at least 0 and below 1")
        return float(text)

    def seconds(text: str) -> float:
        if float(text) <= 0:
            raise argparse.ArgumentTypeError("more than 0")
        return float(text)

    parser.add_argument("name", nargs="?", default="LOCK_0001", help="its hardware id")
    parser.add_argument("--battery", type=percent, default=100, metavar="PERCENT")
    parser.add_argument("--heartbeat", type=seconds, default=60.0, metavar="SECONDS", help="about so often (60)")
    parser.add_argument("--drift", type=float, default=0.0, metavar="SECONDS", help="its clock is so much ahead")
    parser.add_argument("--flaky", type=probability, default=0.0, metavar="P", help="lose and repeat so many messages")
    parser.add_argument("--silent", action="store_true", help="hear commands, never obey nor answer them")
    parser.add_argument("--credentials", type=Path, metavar="FILE", help="the JSON answer of POST /api/v1/devices/")
    return parser.parse_args()


async def known(asked: argparse.Namespace, kept: Path, url: str) -> dict[str, Any]:
    """The answer that made this device: one that is given, or was kept, or is asked for now. Raises `Unusable`."""
    if asked.credentials:
        return read(asked.credentials)
    if kept.exists():
        return read(kept)
    owner = os.environ.get("KALIT_EMAIL", ""), os.environ.get("KALIT_PASSWORD", "")
    made = await account.register(url, asked.name, *owner)
    write(kept, made)
    return made


def how_to(url: str, answer: dict[str, Any], credentials: Credentials, kept: Path) -> str:
    """What a person needs to command this lock."""
    owner = answer.get("owner")
    device = f"{url}/api/v1/devices/{credentials.id}"
    if owner:
        login = f"owner    {owner['email']}  password {owner['password']}  (kept in {kept})\n"
        body = f'\'{{"email": "{owner["email"]}", "password": "{owner["password"]}"}}\''
    else:
        login, body = "", '\'{"email": "…", "password": "…"}\''
    return f"""{login}device   {credentials.id}
log in   TOKEN=$(curl -s {url}/api/v1/auth/login/ -H 'Content-Type: application/json' -d {body} \\
           | python3 -c 'import json, sys; print(json.load(sys.stdin)["data"]["tokens"]["access"])')
unlock   curl -X POST {device}/unlock/ -H "Authorization: Bearer $TOKEN" -d duration=10
told     curl {device}/commands/ -H "Authorization: Bearer $TOKEN"
keypad   {HELP.replace(chr(10), chr(10) + " " * 9)}"""


async def main() -> int:
    """Run until told to stop. Returns the exit status."""
    asked = arguments()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        settings = Settings.from_environment(os.environ)
        url = os.environ.get("URL") or f"http://localhost:{settings.port}"
        kept = settings.state / "locks" / f"{asked.name}.json"
        answer = await known(asked, kept, url)
        credentials = Credentials.of(answer)
        flash = Flash(settings.state / "locks" / f"{credentials.device_id}.memory.json", credentials.secret)
        habits = Habits(asked.battery, asked.heartbeat, asked.drift, asked.flaky, asked.silent)
        lock = Lock(credentials, flash.load, flash.keep, habits, say)
    except (CannotStart, Unusable) as error:
        print(f"\nCannot start: {error}", file=sys.stderr)
        return 1
    print(how_to(url, answer, credentials, kept), flush=True)
    async with aiohttp.ClientSession(base_url=url, timeout=aiohttp.ClientTimeout(30)) as http:
        tasks = [asyncio.create_task(job) for job in (lock.run(), _type(Keypad(lock, http)), stop.wait())]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        await lock.say_goodbye()
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    for end in ended:
        if isinstance(end, Exception):
            raise end
    return 0


async def _type(keypad: Keypad) -> None:
    typed = lines(asyncio.get_running_loop())
    while True:
        await keypad.typed(await typed.get())


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
