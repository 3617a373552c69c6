"""What must be true of everything that is kept, whoever wrote it: one checker for each domain, over its rows."""

from collections.abc import Callable

from kalit.kit.resources import Table
from tests.recounted import miscounted

from . import accounts, campaigns, locks, shop, tasks
from .system import System

COUNTED = (Table.JOBS, Table.OPS, Table.SECURITY)
# domain -> the invariants that its rows break, in words
RULES: dict[str, Callable[[System], list[str]]] = {
    "accounts": accounts.wrong,
    "tasks": lambda system: tasks.broken(system.rows(Table.TASKS)),
    "locks": lambda system: locks.broken(system.rows(Table.LOCKS), system.cloud.things),
    "campaigns": lambda system: campaigns.broken(system.rows(Table.CAMPAIGNS)),
    "shop": lambda system: shop.broken(system.rows(Table.SHOP)),
    "counts": lambda system: [what for table in COUNTED for what in miscounted(table, system.rows(table))],
}


def wrong(system: System) -> list[str]:
    """Every invariant that is broken, in words, once streams and queues are settled."""
    return [f"{domain}: {what}" for domain, broken in RULES.items() for what in broken(system)]
