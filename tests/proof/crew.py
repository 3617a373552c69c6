"""Workers in processes of their own, for what threads of one process would not show.

Nothing heavy is imported here: each process does so anew.
"""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from threading import Barrier
from typing import Any

from tests.functions.world import at_once

from . import witness

_meeting: Barrier  # of all processes, before each check
_client: witness.Client
_open = ExitStack()  # for as long as the process lives


class Crew:
    """So many processes with so many threads each, which know the emulator at one address."""

    def __init__(self, pool: ProcessPoolExecutor, processes: int, threads: int) -> None:
        self.pool, self.processes, self.threads = pool, processes, threads

    @property
    def workers(self) -> int:
        return self.processes * self.threads

    def work(self, check: str) -> list[Any]:
        """What all workers tell of a check of the battery, worked at by all at once."""
        firsts = range(0, self.workers, self.threads)
        parts = [self.pool.submit(_part, check, range(first, first + self.threads)) for first in firsts]
        return [told for part in parts for told in part.result(timeout=120)]


@contextmanager
def crew(processes: int, threads: int, endpoint: str) -> Iterator[Crew]:
    context = multiprocessing.get_context("spawn")
    meeting = context.Barrier(processes)
    with ProcessPoolExecutor(processes, context, initializer=_begin, initargs=(meeting, endpoint)) as pool:
        yield Crew(pool, processes, threads)


def _begin(meeting: Barrier, endpoint: str) -> None:
    global _meeting, _client
    _meeting, _client = meeting, _open.enter_context(witness.connected(endpoint))


def _part(check: str, workers: range) -> list[Any]:
    """One process's part. Who waits at the meeting takes no second one, so each process has one."""
    _meeting.wait(timeout=60)
    return at_once([partial(witness.BATTERY[check].work, _client, worker) for worker in workers])
