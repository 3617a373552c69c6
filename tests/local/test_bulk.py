"""Statements in batches, on the engine: in the doors' tests they are our own reading of PartiQL (tests/partiql.py)."""

from collections.abc import Iterator
from typing import Any

import pytest

from kalit.kit import aws, bulk
from kalit.kit.resources import Table
from tests import partiql
from tests.running import Local

KEYS = [(f"BULK#{number}", "ROW") for number in range(60)]


@pytest.fixture
def table(local: Local, monkeypatch: pytest.MonkeyPatch) -> Iterator[Table]:
    """The table of campaigns, for this process."""
    monkeypatch.setenv(Table.CAMPAIGNS.variable, "local-campaigns")
    monkeypatch.setenv("AWS_ENDPOINT_URL", local.aws.endpoint)
    aws.client.cache_clear()
    yield Table.CAMPAIGNS
    aws.client.cache_clear()


def rows(table: Table) -> dict[tuple[str, str], Any]:
    return bulk.get(table, KEYS, ("state", "attempts"))


def test_what_is_there_stays_and_what_is_not_is_put(table: Table) -> None:
    bulk.insert(table, KEYS[:30], {"state": "It's", "attempts": 0})
    bulk.insert(table, KEYS, {"state": "PENDING", "attempts": 1})
    told = [(row["state"]["S"], row["attempts"]["N"]) for _, row in sorted(rows(table).items())]
    assert sorted(told) == [("It's", "0")] * 30 + [("PENDING", "1")] * 30

    others = bulk.update(table, [*KEYS, ("BULK#gone", "ROW")], {"state": "SENDING"}, {"state": "PENDING"}, attempts=2)
    assert others == {*range(30), 60}
    assert bulk.update(table, KEYS, {"state": "SENT", "attempts": 3}, {"state": "SENDING"}, attempts=1) == {*range(60)}
    assert bulk.update(table, KEYS[30:], {"state": "SENT", "attempts": 3}, {"state": "SENDING"}, attempts=2) == set()
    assert ("BULK#gone", "ROW") not in rows(table)


def test_a_statement_that_is_wrong_is_no_unmet_condition(table: Table) -> None:
    with pytest.raises(bulk.Failed):
        bulk._execute(['UPDATE "local-campaigns" SET "state"=\'x\' WHERE "pk"=\'a\''], bulk.UNMET)


def test_our_reading_knows_no_other_statement() -> None:
    with pytest.raises(AssertionError, match="does not understand"):
        partiql.execute(None, 'DELETE FROM "t" WHERE "pk"=\'a\'')  # type: ignore[arg-type]
