"""What a door leaves behind in the tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kalit.kit.resources import Table
from tests.cloud import Cloud


def kept(aws: Cloud) -> dict[str, Any]:
    """All rows by table and key. Counters are left out: their gaps are allowed."""
    return {
        f"{table.value} {row['pk']} {row['sk']}": row
        for table in Table
        for row in aws.rows(table)
        if row["sk"] != "COUNTER"
    }


@contextmanager
def unchanged(aws: Cloud) -> Iterator[None]:
    """Nothing that happens inside is kept."""
    before = kept(aws)
    yield
    assert kept(aws) == before
