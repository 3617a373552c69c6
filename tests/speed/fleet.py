"""A fleet on a laptop: 1,000 virtual locks, their heartbeats through the topic rules, and what those would cost on AWS.

    make bench                            # LOCKS=1000 SECONDS=60

Starts a system of its own, registers the locks, connects them, lets each beat every 20 to 30 s, and counts: what the
broker acknowledged must have opened the door exactly as often, and in the end the server must know of each lock what
the lock knows of itself. Prices are list prices of us-east-1; the time of a door is the README's.
"""

import asyncio
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp

from infra.local.lock.connection import JITTER, Habits, Lock, may_open
from infra.local.lock.credentials import Credentials
from infra.local.lock.firmware import Memory
from infra.local.up import Settings, free_port
from kalit.locks.reports import HeartbeatReport, Known
from tests.running import Local, Running

AT_ONCE = 4  # registrations, and locks that connect
TRIES, PAUSE = 30, 2.0  # of a registration, and seconds between them
BUSY = (409, 500, 502, 503, 504)  # a laptop may take its time; the Idempotency-Key makes trying again harmless
PASSWORD = "ming qulf, bir kalit"
BEAT = 25.0  # seconds, a fifth more or less
USUAL_BEAT = 60.0  # that of docs/locks.md
DRAINED_WITHIN = 180.0  # seconds that the laptop may be behind
DOOR = "locks.hear_heartbeat"
MOST_TOLD = 10_000  # events of a log that the engine tells
CHANGE_EVERY = 0.1  # seconds: of one lock after the other, in the end
PRICES = {  # dollars a million
    "IoT Core: the message": 1.00,
    "IoT Core: the rule and its action": 0.30,
    "IoT Core: a minute's connection": 0.08,
    "Lambda: 512 MB for 30 ms": 0.40,
    "DynamoDB: a consistent read": 0.125,
    "logs: half a KB": 0.25,
    "traces: one in twenty": 0.25,
}
WRITE = 1.875  # an UpdateItem of one unit, and two more since the row's place in the index of sightings moves


class Fleet:
    """The locks, and what they said."""

    def __init__(self, credentials: Iterable[Credentials]) -> None:
        self.said: Counter[str] = Counter()
        self.locks = [self._lock(told) for told in credentials]
        self.tasks: list[asyncio.Task[None]] = []

    def _lock(self, credentials: Credentials) -> Lock:
        memory = Memory()
        return Lock(credentials, lambda: memory, lambda _: None, Habits(heartbeat=BEAT), self._note)

    def _note(self, text: str) -> None:
        self.said[text.split(":")[0].split(" to ")[0]] += 1

    async def connect(self) -> None:
        """Some at a time, as a fleet does that keeps to its jitter."""
        some = asyncio.Semaphore(AT_ONCE)

        async def one(lock: Lock) -> None:
            async with some:
                self.tasks.append(asyncio.create_task(lock.run()))
                await until(lambda: lock.online and not lock.outbox)

        await asyncio.gather(*map(one, self.locks))

    def rest(self) -> None:
        """Beat no more, but for once."""
        for lock in self.locks:
            lock.habits = replace(lock.habits, heartbeat=3600.0)

    async def hang_up(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


class Server:
    """What the system knows of the fleet."""

    def __init__(self, local: Local, http: aiohttp.ClientSession) -> None:
        self.local, self.http = local, http

    async def register(self, number: int) -> list[Credentials]:
        """One owner, and so many locks."""
        owner = {"email": "fleet@example.com", "password": PASSWORD}
        async with self.http.post("/api/v1/auth/register/", json={**owner, "password_confirm": PASSWORD}) as answer:
            token = (await answer.json())["data"]["tokens"]["access"]
        self.http.headers["Authorization"] = f"Bearer {token}"
        some = asyncio.Semaphore(AT_ONCE)

        async def one(place: int) -> Credentials:
            name = f"FLEET_{place:04d}"
            new = {"json": {"device_id": name, "name": name}, "headers": {"Idempotency-Key": name}}
            async with some:
                for _ in range(TRIES):
                    async with self.http.post("/api/v1/devices/", **new) as answer:
                        if answer.status == 201:
                            return Credentials.of(await answer.json())
                        assert answer.status in BUSY, await answer.text()
                    await asyncio.sleep(PAUSE)
            raise AssertionError(f"{name} could not be registered")

        return await asyncio.gather(*map(one, range(number)))

    async def states(self) -> dict[str, tuple[bool, bool, int]]:
        """By hardware id: online, locked, battery."""
        async with self.http.get("/api/v1/devices/") as answer:
            told = (await answer.json()).get("data", [])  # none where the laptop is too busy
        return {d["device_id"]: (d["is_online"], d["is_locked"], d["battery_level"]) for d in told}

    def heard(self) -> int:
        """How often the door of heartbeats was opened, and came to its end."""
        group = f"/aws/lambda/local-{DOOR.replace('.', '-')}"
        logs = self.local.aws.client("logs")
        ends = logs.filter_log_events(logGroupName=group, filterPattern="END RequestId")["events"]
        assert len(ends) < MOST_TOLD, "too many to be counted: fewer LOCKS or SECONDS, please"
        return len(ends)

    def writes(self) -> int:
        """How often the rows of locks have changed."""
        scan = self.local.aws.client("dynamodb").get_paginator("scan")
        pages = scan.paginate(
            TableName="local-locks",
            FilterExpression="sk = :thing",
            ExpressionAttributeValues={":thing": {"S": "THING"}},
        )
        return sum(int(row.get("moves", {"N": "0"})["N"]) for page in pages for row in page["Items"])


async def until(seen: Callable[[], object], within: float = DRAINED_WITHIN) -> None:
    async with asyncio.timeout(within):
        while not seen():
            await asyncio.sleep(0.1)


def share_of_writes(beat: float) -> float:
    """How many of a lock's heartbeats are written, by the server's own rule, where nothing but time passes."""
    dice, at, writes = random.Random(1), datetime(2026, 11, 21, tzinfo=UTC), 0
    known = Known(
        online=True,
        is_locked=True,
        battery_level=100,
        battery_low_threshold=20,
        counter=0,
        heard_at=at,
        bolt_counter=0,
        bolt_at=at,
        last_seen=at,
        firmware_version=None,
    )
    for counter in range(1, 10_001):
        at += timedelta(seconds=beat * dice.uniform(1 - JITTER, 1 + JITTER))
        change = HeartbeatReport(battery_level=100, is_locked=True, counter=counter).upon(known, at)
        known = known.model_copy(update=change.state)
        writes += bool(change.state)
    return writes / 10_000


def bill(writes: float) -> None:
    """What a million heartbeats cost, when so many of them are written."""
    rows = {**PRICES, f"DynamoDB: {writes:.2f} writes": WRITE * writes}
    for name, price in rows.items():
        print(f"  {name:<36}{price:>7.2f}")
    print(f"  {'together, $ a million heartbeats':<36}{sum(rows.values()):>7.2f}")


async def drive(local: Local, locks: int, seconds: float) -> bool:
    """Register, connect, beat, compare. Returns whether all was right."""
    async with aiohttp.ClientSession(base_url=local.url, timeout=aiohttp.ClientTimeout(120)) as http:
        server, took = Server(local, http), stopwatch()
        fleet = Fleet(await server.register(locks))
        print(f"{locks} locks registered in {took():.0f} s", flush=True)
        await fleet.connect()
        await eventually(server, fleet)
        print(f"connected, and known to be online, in {took():.0f} s", flush=True)

        heard, writes, beats = server.heard(), server.writes(), fleet.said["heartbeat"]
        await asyncio.sleep(seconds)
        fleet.rest()
        await asyncio.sleep(BEAT * (1 + JITTER) + 1)
        await until(lambda: not any(lock.outbox for lock in fleet.locks))
        beats = fleet.said["heartbeat"] - beats
        with_patience = time.monotonic() + DRAINED_WITHIN
        while (came := server.heard() - heard) < beats and time.monotonic() < with_patience:
            await asyncio.sleep(1)
        share = (server.writes() - writes) / beats
        print(f"{beats} heartbeats in {took():.0f} s; the door was opened {came} times; {beats - came} are missing")

        for lock in fleet.locks:
            lock.do(lock.firmware.measured(random.randint(30, 90)))
            if random.random() < 0.5:
                lock.do(lock.firmware.turned())
            await asyncio.sleep(CHANGE_EVERY)
        wrong = await eventually(server, fleet)
        print(
            f"{locks - wrong} of {locks} locks are known as they are; {fleet.said['not connected']} connections broke"
        )
        await fleet.hang_up()

    print(f"\nAWS calls a heartbeat: 1 GetItem, {share:.2f} UpdateItem, at one every {BEAT:.0f} s:")
    bill(share)
    print(f"\nat one every {USUAL_BEAT:.0f} s, by the same rule:")
    bill(share_of_writes(USUAL_BEAT))
    return came == beats and not wrong


async def eventually(server: Server, fleet: Fleet) -> int:
    """Wait until the server knows each lock as it is; returns of how many it does not."""
    deadline = time.monotonic() + DRAINED_WITHIN
    while True:
        known = await server.states()
        states = {
            lock.credentials.device_id: (True, lock.firmware.is_locked, lock.firmware.battery) for lock in fleet.locks
        }
        wrong = sum(known.get(name) != state for name, state in states.items())
        if not wrong or time.monotonic() > deadline:
            return wrong
        await asyncio.sleep(1)


def true_state(lock: Lock) -> tuple[bool, bool, int]:
    """Online, locked, battery."""
    return True, lock.firmware.is_locked, lock.firmware.battery


def stopwatch() -> Callable[[], float]:
    """Seconds since it was last asked."""
    last = [time.monotonic()]

    def took() -> float:
        last.append(time.monotonic())
        return last[-1] - last[-2]

    return took


def main() -> int:
    locks, seconds = int(os.environ.get("LOCKS", "1000")), float(os.environ.get("SECONDS", "60"))
    may_open(locks)
    with tempfile.TemporaryDirectory() as state:
        settings = Settings(port=free_port(), mqtt_port=free_port(), state=Path(state), persist=False)
        with Running(settings) as system:
            return 0 if asyncio.run(drive(Local(system), locks, seconds)) else 1


if __name__ == "__main__":
    sys.exit(main())
