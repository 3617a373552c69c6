"""Test zero: is the emulator a fair witness? Without this, every other result about concurrency is void.

The same battery must pass on moto as we use it (tests.cloud.Sound), must fail on moto as it comes, and must pass on the
engine (test_witness_over_http.py).
"""

import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from moto import mock_aws

from tests.cloud import Sound
from tests.quick import quick

from . import witness
from .goals import FULL, Proved
from .system import at_once
from .witness import BATTERY, Check

WORKERS = 32 if FULL else 16


@pytest.fixture(autouse=True)
def impatient_threads() -> Iterator[None]:
    """Threads that take turns a thousand times as often as usual."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(5e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.fixture
def moto() -> Iterator[Any]:
    """A table in moto as it comes, and the client to it."""
    with mock_aws(), witness.connected() as client:
        witness.make_table(client)
        yield client


@pytest.fixture
def sound(moto: Any) -> Iterator[Any]:
    """The same, made sound and quick."""
    with Sound(), quick():
        yield moto


def run(check: Check, client: Any) -> None:
    check.prepare(client)
    check.judge(client, at_once([partial(check.work, client, worker) for worker in range(WORKERS)]))


@pytest.mark.parametrize("check", BATTERY.values(), ids=BATTERY)
def test_the_emulator_keeps_what_dynamodb_promises(sound: Any, check: Check, proved: Proved) -> None:
    run(check, sound)
    proved("G0", WORKERS)


def test_moto_as_it_comes_applies_a_transaction_token_twice(moto: Any) -> None:
    with pytest.raises(AssertionError):
        run(BATTERY["a transaction token counts once"], moto)


def test_moto_as_it_comes_lets_threads_overtake_each_other(moto: Any) -> None:
    """So the battery can tell. Each of these all but always fails; that all of them pass would mean it went blind."""
    racy = [
        "an aborted transaction takes nothing with it",
        "a stock is never oversold",
        "money is neither made nor lost",
    ]
    assert any(_fails(BATTERY[name], moto) for name in racy)


def _fails(check: Check, client: Any) -> bool:
    """Wrongly counted, or broken inside by another thread."""
    try:
        run(check, client)
    except Exception:
        return True
    return False
