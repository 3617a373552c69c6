"""A virtual lock on the line to a running system."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

from infra.local.lock.connection import Habits, Lock
from infra.local.lock.credentials import Credentials
from infra.local.lock.firmware import Memory

Result = TypeVar("Result")


def played(play: Coroutine[Any, Any, Result]) -> Result:
    """What comes of it, in a thread of its own: where the browser was at work, its driver's loop runs in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, play).result()


class Wire:
    """A lock on the line, and what it said."""

    def __init__(self, credentials: Credentials, **habits: Any) -> None:
        self.said: list[str] = []
        self.memory = Memory()
        self.lock = Lock(credentials, lambda: self.memory, lambda _: None, Habits(**habits), self.said.append)

    async def __aenter__(self) -> "Wire":
        self.task = asyncio.create_task(self.lock.run())
        await self.until(lambda: self.lock.online and not self.lock.outbox)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            await self.task

    async def until(self, seen: Callable[[], object]) -> None:
        async with asyncio.timeout(15):
            while not seen():
                await asyncio.sleep(0.02)

    async def heard(self, *parts: str) -> None:
        """Wait until a line has all these parts."""
        await self.until(lambda: any(all(part in line for part in parts) for line in self.said))
