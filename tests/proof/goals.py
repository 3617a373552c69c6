"""What is to be proved, and the table of what was seen: a test tells it by the fixture `proved`.

Each process of a run keeps its own; who started them puts them together. A goal that no test told of fails the run,
if all of the ring was chosen.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import pytest

FULL = bool(os.environ.get("FULL"))  # the long form: `make proof FULL=1`
SHORT = bool(os.environ.get("SHORT"))  # that of `make proof`; without either, a glimpse in `make test`
MOTO = "moto + lock"
ENGINE = "engine"
RULES = "none"  # pure rules, and the lock's firmware

# goal -> what is tried, and what is to come of it
GOALS = {
    "G0": ("the emulators keep what DynamoDB promises, threads or no threads", "0 anomalies"),
    "G1": ("death before and after every AWS call of every door, then a retry or none", "0 lost, doubled, half done"),
    "G2": ("buyers race for the last pieces while processes die", "sold and left add up to what was there"),
    "G3": ("another door runs to its end at each call of a door on the same rows", "0 broken invariants"),
    "G4": ("seeded bugs: conditions, keys and orders taken out of stores and rules", "all found"),
    "G5": ("campaigns over forty zones with duplicates and deaths", "at most once each, never at night, all told"),
    "G6": ("payments told three times, late, forged, old", "paid once each, forged 0, late ones given back"),
    "G7": ("commands to locks: lost, doubled, late; shares end while they fly", "executed at most once, none stale"),
    "G8": ("tokens: broken, expired, replayed, at once", "accepted 0; one successor"),
    "G9": ("known and unknown names at every way in", "no difference"),
    "G10": ("PINs and passwords are guessed", "looked at no more than the limit; the owner comes in"),
    "G11": ("every door by everybody", "all cells declared, 0 mismatches"),
    "G12": ("tasks are created at once, finished twice, cut short", "at most 5 active, 0 lost"),
    "G13": ("inputs that nobody thought of, at every operation that is documented", "0 server errors, 0 undocumented"),
    "G14": ("poison among messages, then a cure and a redrive", "0 lost, poison put aside, all done after it"),
    "G15": ("timers come late, thrice, never", "effect once, missed ones repaired"),
    "G16": ("rights that doors declare, against the calls that they make", "0 missing, 0 unused"),
    "G17": ("secrets and personal data, looked for in all that is logged, queued and kept", "0 outside their places"),
    "G18": ("reads that need not be consistent are one version behind", "0 broken invariants"),
    "G19": ("all of it at once, with faults, then everything is counted", "counters, stock and outbox agree"),
    "G20": ("what is installed", "all of it locked by hash"),
}


@dataclass(frozen=True)
class Seen:
    """What one test tells of a goal: how often it was tried, with how many faults, and how often it went wrong."""

    goal: str
    tried: int
    faults: int
    wrong: int
    back_end: str


class Proved(Protocol):
    """The fixture's type."""

    def __call__(self, goal: str, tried: int, *, faults: int = 0, wrong: int = 0, back_end: str = MOTO) -> None: ...


TOLD = pytest.StashKey[list[Seen]]()
WHOLE = pytest.StashKey[bool]()  # whether all tests of the ring were chosen


def tell(config: pytest.Config, seen: Iterable[Seen]) -> None:
    config.stash.setdefault(TOLD, []).extend(seen)


def told(config: pytest.Config) -> list[dict[str, Any]]:
    """What this process has seen, fit to be sent to another."""
    return [asdict(seen) for seen in config.stash.get(TOLD, [])]


def table(config: pytest.Config) -> Iterator[str]:
    """The table, in Markdown, of the goals that something was told of; faults are those that were injected."""
    seen = config.stash.get(TOLD, [])
    if not seen:
        return
    yield "| goal | | tried | faults | expected | wrong | back end |"
    yield "|---|---|--:|--:|---|--:|---|"
    for goal, (what, expected) in GOALS.items():
        mine = [one for one in seen if one.goal == goal]
        if mine:
            tried, faults, wrong = (sum(getattr(one, name) for one in mine) for name in ("tried", "faults", "wrong"))
            ends = ", ".join(sorted({one.back_end for one in mine}))
            yield f"| {goal} | {what} | {tried:,} | {faults:,} | {expected} | {wrong:,} | {ends} |"


def verdict(config: pytest.Config) -> list[str]:
    """The goals that no test told of, once all tests of the ring have run; nothing where not all were chosen."""
    seen = {one.goal for one in config.stash.get(TOLD, [])}
    whole = config.stash.get(WHOLE, False) and not config.option.collectonly
    return [f"no test told of {goal}: {what}" for goal, (what, _) in GOALS.items() if whole and goal not in seen]
