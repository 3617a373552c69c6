"""What a door leaves behind in the tables, and what a test puts there."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kalit.kit.api import Endpoint
from kalit.kit.resources import Table
from tests.cloud import DOORS, Cloud


def kept(aws: Cloud) -> dict[str, Any]:
    """All rows by table and key, but for what also tries leave behind that come to nothing.

    Those are counters, whose gaps are allowed, counts of tries, security events, and the history of jobs.
    """
    return {
        f"{table.value} {row['pk']} {row['sk']}": row
        for table in Table
        for row in aws.rows(table)
        if row["sk"] not in ("COUNTER", "LIMIT", "TICK", "SECURITY-EVENT") and not row["pk"].startswith("JOB")
    }


@contextmanager
def unchanged(aws: Cloud) -> Iterator[None]:
    """Nothing that happens inside is kept."""
    before = kept(aws)
    yield
    assert kept(aws) == before


def change_ali(aws: Cloud, **values: Any) -> None:
    """Other values in the row of the first account."""
    [row] = [row for row in aws.rows(Table.ACCOUNTS, "ACCOUNT#") if row.get("username") == "ali"]
    put(aws, Table.ACCOUNTS, {**row, **values})


def put(aws: Cloud, table: Table, row: dict[str, Any]) -> None:
    aws.table(table).put_item(Item=row)


def refusal(name: str, status: int, detail: dict[str, Any]) -> dict[str, Any]:
    """How a door says what the DRF dialect says as `detail`."""
    door = DOORS[name]
    assert isinstance(door, Endpoint)
    if door.path.startswith("/api/v1/"):
        return {"success": False, "error": {"message": detail["detail"], "code": status}, **door.refused}
    return detail
