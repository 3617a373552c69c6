"""What a visit of each door may cost at most: `budget.csv`, written anew by `python -m tests.speed.budget`.

The visits are those of the proofs (`tests/proof/town`), by a process that has read its keys and secrets.
"""

import csv
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple, fields
from pathlib import Path

from kalit.kit import caller
from kalit.kit.api import Endpoint
from tests.cloud import DOORS

from .meter import Spent, metered

FILE = Path(__file__).with_name("budget.csv")
COLUMNS = ("door", *(field.name for field in fields(Spent)))
# What is asked for -> the most calls that it is to take; where no account has to be read, one less.
AIMS = {"reads": 2, "creates": 3, "other changes": 3}
ANEW = bool(os.environ.get("BUDGET_ANEW"))  # what visits cost is to become the budget


def rows() -> dict[str, Spent]:
    """door -> its row."""
    with FILE.open(newline="") as file:
        head, *told = csv.reader(file)
    assert tuple(head) == COLUMNS
    return {door: Spent(int(calls), float(reads), int(writes)) for door, calls, reads, writes in told}


def write(costs: Mapping[str, Spent]) -> None:
    with FILE.open("w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(COLUMNS)
        rows.writerows((door, *(f"{figure:g}" for figure in astuple(cost))) for door, cost in sorted(costs.items()))


def over(cost: Spent, row: Spent) -> list[str]:
    """In what a visit costs more than its row allows."""
    pairs = [(name, getattr(cost, name), getattr(row, name)) for name in COLUMNS[1:]]
    return [f"{spent:g} {name}, where {most:g} are allowed" for name, spent, most in pairs if spent > most]


def aim(door: Endpoint) -> tuple[str, bool, int]:
    """What a door does, whether it needs an account, and in how many calls it is to do it."""
    what = "reads" if door.method == "GET" else "creates" if door.status == 201 else "other changes"
    return what, not door.open_to_all, AIMS[what] - door.open_to_all


def in_aim() -> dict[tuple[str, bool, int], tuple[int, int]]:
    """`aim` -> how many doors keep it, of how many."""
    told = rows()
    kept: dict[tuple[str, bool, int], list[bool]] = {}
    for name, door in sorted(DOORS.items()):
        if isinstance(door, Endpoint):
            kept.setdefault(aim(door), []).append(told[name].calls <= aim(door)[2])
    return {which: (sum(doors), len(doors)) for which, doors in sorted(kept.items(), key=lambda one: not one[0][1])}


@contextmanager
def visited() -> Iterator[Spent]:
    """What is made inside costs, when the public keys were read just before."""
    caller.key_ring().read()
    with metered() as spent:
        yield spent


if __name__ == "__main__":
    tests = "tests/proof/test_doors.py::test_a_visit_succeeds_within_its_budget"
    told = os.environ | {"BUDGET_ANEW": "1"}
    sys.exit(subprocess.run([sys.executable, "-m", "pytest", tests], env=told, check=False).returncode)
