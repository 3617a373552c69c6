"""What a door leaves behind in the tables, and what a test puts there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any, TypeVar

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from kalit.kit.api import Endpoint
from kalit.kit.resources import Table
from tests.cloud import DOORS, REGION, Cloud

Made = TypeVar("Made")
Once = list[tuple[Made, Callable[[], None]]]  # what was made and what brings its rows back, or nothing yet


def remember() -> Callable[[], None]:
    """Calling what this gives brings back all rows as they are now."""
    tables = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables
    rows = {name: deepcopy(table.items) for name, table in tables.items()}

    def bring_back() -> None:
        for name, items in rows.items():
            tables[name].items = deepcopy(items)

    return bring_back


def once(made: Once[Made], make: Callable[[], Made]) -> Made:
    """What is slow to make is made for the first test alone; for each other the rows are brought back."""
    if not made:
        made.append((make(), remember()))
    [(thing, bring_back)] = made
    bring_back()
    return thing


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
