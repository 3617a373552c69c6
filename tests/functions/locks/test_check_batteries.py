from kalit.kit.resources import Table

from ..rows import unchanged
from .yard import Yard


def low(yard: Yard) -> None:
    """The battery gets low, of which its owner was written to."""
    yard.hear("heartbeat", battery_level=15)
    yard.letters()
    yard.clock.move(hours=6)


def test_owners_of_locks_with_a_low_battery_are_written_to(yard: Yard) -> None:
    low(yard)
    yard.tick("check_batteries")
    [letter] = yard.letters()
    assert (letter["to"], "15 %" in letter["subject"]) == ("owner@example.com", True)


def test_each_time_until_it_is_replaced(yard: Yard) -> None:
    low(yard)
    for _ in range(2):
        yard.tick("check_batteries")
        assert len(yard.letters()) == 1
        yard.clock.move(hours=6)
    yard.hear("heartbeat", battery_level=100)
    with unchanged(yard.aws):
        yard.tick("check_batteries")


def test_a_tick_that_comes_twice_writes_one_letter(yard: Yard) -> None:
    low(yard)
    for _ in range(2):
        yard.tick("check_batteries")
        yard.deliver()
        yard.clock.move(minutes=1)
    assert len(yard.aws.rows(Table.OPS, "OUTBOX#email# ")) == 1


def test_locks_out_of_use_are_passed_over(yard: Yard) -> None:
    for status in ("INACTIVE", "MAINTENANCE"):
        yard.ask("update", {"status": status})
        low(yard)
        with unchanged(yard.aws):
            yard.tick("check_batteries")


def test_a_full_battery_is_passed_over(yard: Yard) -> None:
    with unchanged(yard.aws):
        yard.tick("check_batteries")


def test_a_threshold_that_was_raised_counts(yard: Yard) -> None:
    yard.ask("update", {"battery_low_threshold": 90})
    yard.tick("check_batteries")
    assert len(yard.letters()) == 1


def test_deleted_locks_are_passed_over(yard: Yard) -> None:
    low(yard)
    yard.ask("delete")
    with unchanged(yard.aws):
        yard.tick("check_batteries")
