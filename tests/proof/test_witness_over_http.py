"""The battery of test_witness.py on the local engine, by processes and over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.running import Local

from . import witness
from .crew import Crew, crew
from .goals import ENGINE, FULL, Proved

PROCESSES, THREADS = (4, 8) if FULL else (2, 4)


@pytest.fixture(scope="module")
def client(local: Local) -> Iterator[Any]:
    """A table on the engine, and the client to it."""
    with witness.connected(local.aws.endpoint) as client:
        witness.make_table(client)
        yield client
        client.delete_table(TableName=witness.TABLE)


@pytest.fixture(scope="module")
def workers(local: Local) -> Iterator[Crew]:
    with crew(PROCESSES, THREADS, local.aws.endpoint) as made:
        yield made


@pytest.mark.parametrize("check", witness.BATTERY)
def test_the_engine_keeps_what_dynamodb_promises(client: Any, workers: Crew, check: str, proved: Proved) -> None:
    its = witness.BATTERY[check]
    its.prepare(client)
    its.judge(client, workers.work(check))
    proved("G0", workers.workers, back_end=ENGINE)
