"""A lock on the line: MQTT over mutual TLS, and the carrying out of what its firmware decides.

Everything runs on one event loop, by `add_reader` and not by `select()`, so that a thousand locks fit into a process
that may open enough files (`may_open`). Reports wait in their order until the broker has acknowledged them.
"""

import asyncio
import contextlib
import json
import random
import resource
import time
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

import aiomqtt

from .credentials import Credentials
from .firmware import Close, Deed, Firmware, Memory, Note, Open, Report, Restart

RESTARTS_IN = 2.0  # seconds
LAST_WORDS = 3.0  # seconds that reports have before the connection is closed
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds before it connects again, doubling
JITTER = 0.2  # of every wait, so that a fleet does not come in step
MOST_WAITING = 100  # reports; the oldest go first
FILES_PER_LOCK = 4  # the connection, paho's pair to wake itself, and one to spare
DELETED = "Was the device deleted? Then delete its credentials too, below $KALIT_STATE/locks"
CURES = (  # what the library says, and what it means here
    ("refused", "nothing listens there. Is the system up, with this MQTT_PORT?"),
    ("CERTIFICATE_VERIFY_FAILED", f"this is not the system that made the device. {DELETED}"),
    ("Not authorized", f"nobody is let in under this name with this certificate. {DELETED}"),
    ("Operation timed out", f"the broker hangs up, or does not answer. {DELETED}"),
    ("Session taken over", "another lock has come under this name. Is it running twice?"),
    ("Administrative action", "the server ended the connection"),
    ("during message iteration", "the connection was lost"),
)


@dataclass(frozen=True)
class Habits:
    """How this one is to behave."""

    battery: int = 100
    heartbeat: float = 60.0  # seconds
    drift: float = 0.0  # seconds that its clock is ahead
    flaky: float = 0.0  # probability that a message is lost, and that it comes twice
    silent: bool = False  # hears commands, never answers nor obeys them


class Lock:
    """One virtual lock: firmware, memory, a bolt, and its way to the broker."""

    def __init__(
        self,
        credentials: Credentials,
        load: Callable[[], Memory],
        keep: Callable[[Memory], None],
        habits: Habits = Habits(),
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.credentials, self.load, self.keep, self.habits, self.say = credentials, load, keep, habits, say
        self.firmware = self._start(habits.battery)
        self.topic = f"smartlock/{credentials.device_id}"
        self.tls = credentials.tls()
        self.outbox: deque[Report] = deque(maxlen=MOST_WAITING)
        self.waiting, self.empty = asyncio.Event(), asyncio.Event()
        self.switched_on, self.leaving = asyncio.Event(), asyncio.Event()
        self.switched_on.set()
        self.empty.set()
        self.online = self.restarting = False
        self.timer: asyncio.TimerHandle | None = None
        self.acknowledged = 0  # reports

    def _start(self, battery: int) -> Firmware:
        return Firmware(self.credentials.device_id, self.credentials.secret, self.load(), battery)

    def now(self) -> float:
        """Unix seconds by this lock's clock."""
        return time.time() + self.habits.drift

    # What its firmware decides.

    def do(self, deeds: Sequence[Deed]) -> None:
        """Keep the memory, then carry out the deeds in their order."""
        self.keep(self.firmware.memory)
        for deed in deeds:
            match deed:
                case Note(text):
                    self.say(text)
                case Report():
                    self.outbox.append(deed)
                    self.waiting.set()
                    self.empty.clear()
                case Open(seconds):
                    self._rest()
                    if seconds is not None:
                        self.timer = asyncio.get_running_loop().call_later(seconds, self._timed_out)
                case Close():
                    self._rest()
                case Restart():
                    self.restarting = True
                    self.leaving.set()

    def _rest(self) -> None:
        if self.timer:
            self.timer.cancel()
        self.timer = None

    def _timed_out(self) -> None:
        self.do(self.firmware.timed_out())

    # Its way to the broker.

    async def run(self) -> None:
        """Stay on the line until cancelled; whoever is cut off connects again."""
        pause = FIRST_PAUSE
        while True:
            await self.switched_on.wait()
            began = time.monotonic()
            try:
                await self._connected()
                pause = FIRST_PAUSE
            except aiomqtt.MqttError as error:
                pause = FIRST_PAUSE if time.monotonic() - began > LONGEST_PAUSE else min(2 * pause, LONGEST_PAUSE)
                self.say(f"not connected to {self.place}: {meaning(error)}; trying again in {pause:.0f} s")
                await asyncio.sleep(jittered(pause))
            if self.restarting:
                await asyncio.sleep(RESTARTS_IN)
                self._rest()
                self.firmware, self.restarting = self._start(self.firmware.battery), False

    async def _connected(self) -> None:
        """One connection, until it is told to leave. Raises `aiomqtt.MqttError` when it is cut off."""
        self.leaving.clear()
        async with self._client() as client:
            await client.subscribe(f"{self.topic}/commands", qos=1)
            self.say(f"connected to {self.place}")
            self.do(self.firmware.started())
            self.online = True
            try:
                await _first(self._listen(client), self._send(client), self._beat(), self._leave())
            finally:
                self.online = False

    def _client(self) -> aiomqtt.Client:
        return aiomqtt.Client(
            self.credentials.endpoint,
            self.credentials.port,
            identifier=self.credentials.device_id,
            protocol=aiomqtt.ProtocolVersion.V5,
            will=aiomqtt.Will(f"{self.topic}/status", json.dumps({"status": "offline"}), qos=1),
            tls_context=self.tls,
        )

    async def _listen(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            copies = self._copies("a command")
            if self.habits.silent:
                self.say(f"silent: {bytes(message.payload)!r}")
                continue
            for _ in range(copies):
                self.do(self.firmware.hear(bytes(message.payload), self.now()))

    async def _send(self, client: aiomqtt.Client) -> None:
        while True:
            await self.waiting.wait()
            while self.outbox:
                report = self.outbox[0]
                for _ in range(self._copies(f"a {report.channel}")):
                    await client.publish(f"{self.topic}/{report.channel}", json.dumps(report.payload), qos=1)
                self.acknowledged += 1
                if self.outbox[0] is report:  # and was not pushed out meanwhile
                    self.outbox.popleft()
            self.waiting.clear()
            self.empty.set()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(jittered(self.habits.heartbeat))
            self.do(self.firmware.beat())

    async def _leave(self) -> None:
        await self.leaving.wait()
        await self._emptied()

    async def _emptied(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.empty.wait(), LAST_WORDS)

    def _copies(self, what: str) -> int:
        """How often a message gets through; once, unless the line is flaky."""
        if random.random() < self.habits.flaky:  # noqa: S311
            self.say(f"flaky: {what} is lost")
            return 0
        if random.random() < self.habits.flaky:  # noqa: S311
            self.say(f"flaky: {what} comes twice")
            return 2
        return 1

    @property
    def place(self) -> str:
        return f"{self.credentials.endpoint}:{self.credentials.port}"

    def leave(self) -> None:
        """Say that it goes off the line, and go."""
        self.switched_on.clear()
        if self.online:
            self.do(self.firmware.going())
            self.leaving.set()

    async def say_goodbye(self) -> None:
        """Report that it will be off the line; whoever runs it may then cancel that."""
        if self.online:
            self.do(self.firmware.going())
            await self._emptied()


async def _first(*jobs: Coroutine[Any, Any, None]) -> None:
    """Run all until one ends; raises what that one raised."""
    tasks = [asyncio.ensure_future(job) for job in jobs]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in ended:
        task.result()


def jittered(seconds: float) -> float:
    """About so many seconds."""
    return seconds * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - guards nothing


def meaning(error: aiomqtt.MqttError) -> str:
    """What went wrong, and what helps."""
    told = f"{error} {error.__cause__ or ''}".strip()
    return next((cure for words, cure in CURES if words in told), told)


def may_open(locks: int) -> None:
    """Let this process open the files of so many locks. Raises `ValueError` where the machine's limit is lower."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = FILES_PER_LOCK * locks + 200
    if soft != resource.RLIM_INFINITY and soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
