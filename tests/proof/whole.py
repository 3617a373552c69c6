"""What must be true of everything that is kept, whoever wrote it: one checker for each domain, over its rows."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from kalit.kit.resources import Table
from tests.functions.jobs.office import STATES

from . import accounts, campaigns, locks, shop, tasks
from .system import System

# domain -> the invariants that its rows break, in words
RULES: dict[str, Callable[[System], list[str]]] = {
    "accounts": accounts.wrong,
    "tasks": lambda system: tasks.broken(system.rows(Table.TASKS)),
    "locks": lambda system: locks.broken(system.rows(Table.LOCKS), system.cloud.things),
    "campaigns": lambda system: campaigns.broken(system.rows(Table.CAMPAIGNS)),
    "jobs": lambda system: _miscounted_jobs(system.rows(Table.OPS)),
    "security": lambda system: _miscounted_alerts(system.rows(Table.SECURITY)),
    "shop": lambda system: shop.broken(system.rows(Table.SHOP)),
}


def wrong(system: System) -> list[str]:
    """Every invariant that is broken, in words, once streams and queues are settled."""
    return [f"{domain}: {what}" for domain, broken in RULES.items() for what in broken(system)]


def _miscounted_jobs(table: Sequence[dict[str, Any]]) -> list[str]:
    """How many jobs a queue has in each state is kept beside them."""
    real = Counter((row["queue"], row["state"]) for row in table if row["sk"] == "JOB")
    kept: Counter[tuple[str, str]] = Counter()
    for row in table:
        if row["pk"].startswith("JOBS#"):
            kept.update({(row["pk"].removeprefix("JOBS#"), state): int(row.get(state, 0)) for state in STATES})
    return [] if +kept == real else [f"counted {dict(+kept)}, there are {dict(real)}"]


def _miscounted_alerts(table: Sequence[dict[str, Any]]) -> list[str]:
    """So are alerts, by whether they are open."""
    real = {"open": 0, "resolved": 0} | Counter(row["status"] for row in table if row["sk"] == "ALERT")
    kept = dict.fromkeys(real, 0)
    for row in table:
        if row["pk"].startswith("COUNTS#alerts"):
            kept = {name: kept[name] + int(row.get(name, 0)) for name in kept}
    return [] if kept == real else [f"counted {kept}, there are {real}"]
