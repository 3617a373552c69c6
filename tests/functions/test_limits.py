"""How often somebody may do something."""

from datetime import timedelta

import pytest

from kalit.kit import limits
from kalit.kit.errors import Throttled
from kalit.kit.limits import Limit
from kalit.kit.resources import Table
from tests.cloud import Cloud

from .world import BEGINNING, at_once, meanwhile, upset

THREE = Limit("test", most=3, window=timedelta(minutes=1))


class Failed(Exception):
    """What counts."""


@pytest.fixture(autouse=True)
def _ops(aws: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(Table.OPS.variable, aws.ids[Table.OPS])


def spend(who: str = "ali", after: float = 0) -> bool:
    try:
        limits.spend(THREE, who, BEGINNING + timedelta(seconds=after))
    except Throttled:
        return False
    return True


def fail(who: str = "ali", after: float = 0) -> None:
    with limits.tries(THREE, who, BEGINNING + timedelta(seconds=after), failure=Failed):
        raise Failed


def test_so_many_and_no_more() -> None:
    assert [spend() for _ in range(5)] == [True, True, True, False, False]


def test_everybody_has_his_own() -> None:
    assert all(spend(f"user {n}") for n in range(5))


def test_who_hears_no_hears_how_long() -> None:
    for _ in range(3):
        spend()
    with pytest.raises(Throttled) as refused:
        limits.spend(THREE, "ali", BEGINNING + timedelta(seconds=42))
    assert refused.value.headers == {"Retry-After": "18"}


def test_the_window_begins_with_the_first_and_is_followed_by_a_new_one() -> None:
    assert [spend(after=seconds) for seconds in (0, 30, 59, 59.9)] == [True, True, True, False]
    assert [spend(after=seconds) for seconds in (60, 61, 62, 63)] == [True, True, True, False]


def test_forty_at_once_are_no_more_than_three() -> None:
    assert sorted(at_once([spend] * 40)) == [False] * 37 + [True] * 3


def test_of_many_that_find_the_window_over_three_pass() -> None:
    for _ in range(4):
        spend()
    assert sorted(at_once([lambda: spend(after=60)] * 12)) == [False] * 9 + [True] * 3


def test_who_finds_that_somebody_has_just_opened_a_new_window_has_a_place_in_it() -> None:
    for _ in range(4):
        spend()
    with upset("GetItem", meanwhile(lambda: spend(after=60))):
        assert spend(after=60)


def test_only_failures_count_as_tries() -> None:
    for _ in range(10):
        with limits.tries(THREE, "ali", BEGINNING, failure=Failed):
            pass
        with pytest.raises(ZeroDivisionError), limits.tries(THREE, "ali", BEGINNING, failure=Failed):
            raise ZeroDivisionError
    for _ in range(3):
        with pytest.raises(Failed):
            fail()
    with pytest.raises(Throttled):
        fail()


def test_who_is_counted_cannot_be_read_from_the_table(aws: Cloud) -> None:
    spend("ali 198.51.100.7")
    [row] = aws.rows(Table.OPS, "LIMIT#")
    assert "198.51" not in str(row)
    assert row["ttl"] == int(BEGINNING.timestamp()) + 60


def test_a_try_that_outlasts_its_window_leaves_the_next_one_alone(aws: Cloud) -> None:
    with limits.tries(THREE, "ali", BEGINNING, failure=Failed):
        assert [spend(after=seconds) for seconds in (60, 61)] == [True, True]
    assert [spend(after=62), spend(after=63)] == [True, False]


def test_a_failure_after_its_window_is_gone_leaves_nothing_behind(aws: Cloud) -> None:
    def forget() -> None:
        [row] = aws.rows(Table.OPS, "LIMIT#")
        key = {name: {"S": row[name]} for name in ("pk", "sk")}
        aws.client("dynamodb").delete_item(TableName=aws.ids[Table.OPS], Key=key)

    with upset("UpdateItem", meanwhile(forget), after=1), pytest.raises(Failed):
        fail()
    assert aws.rows(Table.OPS, "LIMIT#") == []
