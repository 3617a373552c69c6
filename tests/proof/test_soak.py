"""All of it at once, with faults; then everything is counted."""

import random
import threading
from collections import Counter
from pathlib import Path
from time import monotonic

from .goals import FULL, Proved
from .soak import Faults, world
from .system import System

SECONDS, ACTS, THREADS = 600, 150, 8  # the long form goes by time, the short one by what was done


def test_after_a_time_of_faults_everything_agrees(system: System, tmp_path: Path, proved: Proved) -> None:
    faults = Faults(random.Random(19), threading.Lock(), Counter())
    with world(system, tmp_path) as all_domains:
        until = monotonic() + SECONDS
        all_domains.live(THREADS, lambda acts: monotonic() > until if FULL else acts > ACTS, faults)
        all_domains.settle()
        wrong, happened = list(all_domains.all_wrong()), all_domains.happened()
    assert faults.seen["faults"] > ACTS / 10
    assert min(happened.values()) > 0 or not FULL, happened
    proved("G19", faults.seen["calls"], faults=faults.seen["faults"], wrong=len(wrong))
    assert not wrong
