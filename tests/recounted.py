"""How many there are of things is kept beside the things: here all are counted anew, whoever wrote them.

A thing is one more, and what a count says is taken away again: nothing may remain.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from kalit.kit.resources import Table
from tests.cloud import Cloud

Row = Mapping[str, Any]
Steps = Iterator[tuple[str, int]]

IN_THE_SHOP = {
    "CATEGORY": "categories",
    "ATTRIBUTE": "attributes",
    "VALUE": "values",
    "PRODUCT": "products",
    "VARIANT": "variants",
    "REVIEW": "reviews",
}
SCHEDULES = {None: "new", False: "rerun", True: "processed"}


def _shop(row: Row) -> Steps:
    kind, counted = _kind(row), row["pk"].partition("#")[2]
    if kind in IN_THE_SHOP and "deleted_at" not in row:
        yield IN_THE_SHOP[kind], 1
    elif kind == "ORDER":
        yield row["status"], 1
    elif kind == "COUNT":
        yield counted, -int(row["number"])
    elif row["pk"] in ("COUNTS#orders", "COUNTS#reviews"):
        yield from _taken_away(row)


def _campaigns(row: Row) -> Steps:
    """Of each kind there are an owner's, and everybody's."""
    if _kind(row) in ("CLIENT", "CAMPAIGN", "IMPORT") and "#" not in row["sk"]:
        yield from ((f"{row['sk']}S#{whose}", 1) for whose in (row["owner"], ""))
    elif row["pk"].startswith("COUNTS#"):
        yield row["pk"].removeprefix("COUNTS#"), -int(row["all"])


def _jobs(row: Row) -> Steps:
    if _kind(row) == "SCHEDULE":
        yield SCHEDULES[json.loads(row["told"])["status"]], 1
    elif row["pk"] == "COUNTS":
        yield from _taken_away(row)


def _ops(row: Row) -> Steps:
    """Jobs are counted by queue and state; the counts live longer than they."""
    queue = row["pk"].removeprefix("JOBS#")
    if row["sk"] == "JOB":
        yield f"{row['queue']} {row['state']}", 1
    elif queue != row["pk"]:
        yield from ((f"{queue} {state}", step) for state, step in _taken_away(row))


def _security(row: Row) -> Steps:
    if row["sk"] == "ALERT":
        yield row["status"], 1
    elif row["pk"] == "COUNTS#alerts":
        yield from _taken_away(row)


def _kind(row: Row) -> str:
    return str(row["sk"]).partition("#")[0]


def _taken_away(row: Row) -> Steps:
    yield from ((name, -int(number)) for name, number in row.items() if name not in ("pk", "sk", "ttl"))


_STEPS: dict[Table, Callable[[Row], Steps]] = {
    Table.SHOP: _shop,
    Table.CAMPAIGNS: _campaigns,
    Table.JOBS: _jobs,
    Table.OPS: _ops,
    Table.SECURITY: _security,
}


def miscounted(table: Table, rows: Iterable[Row]) -> list[str]:
    """What is counted wrong among a table's rows, in words."""
    more: Counter[str] = Counter()
    for row in rows:
        for what, step in _STEPS[table](row):
            more[what] += step
    return [f"{table.value}: there are {by} more {what} than counted" for what, by in more.items() if by]


def miscounted_anywhere(cloud: Cloud) -> list[str]:
    """What is counted wrong of things that stay until somebody deletes them."""
    return [what for table in _STEPS if table is not Table.OPS for what in miscounted(table, cloud.rows(table))]
