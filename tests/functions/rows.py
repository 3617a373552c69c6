"""What a door leaves behind in the tables, and what a test puts there."""

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


def change_ali(aws: Cloud, **values: Any) -> None:
    """Other values in the row of the first account."""
    [row] = [row for row in aws.rows(Table.ACCOUNTS, "ACCOUNT#") if row["username"] == "ali"]
    put(aws, Table.ACCOUNTS, {**row, **values})


def put(aws: Cloud, table: Table, row: dict[str, Any]) -> None:
    aws.resource.Table(aws.ids[table]).put_item(Item=row)
