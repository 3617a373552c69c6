import pytest

from ..rows import unchanged
from .yard import LOCK, Yard


def test_a_heartbeat_that_changes_nothing_costs_one_read_and_no_write(yard: Yard, calls: list[str]) -> None:
    yard.clock.move(seconds=59)
    with unchanged(yard.aws):
        calls.clear()
        yard.hear("heartbeat", battery_level=87, is_locked=True)
        assert calls == ["GetItem"]


def test_a_sighting_is_written_anew_each_minute(yard: Yard, calls: list[str]) -> None:
    yard.clock.move(seconds=60)
    calls.clear()
    yard.hear("heartbeat", battery_level=87, is_locked=True)
    assert calls == ["GetItem", "UpdateItem"]
    assert yard.data("show")["last_seen"] == "2026-01-05T12:01:00.000Z"


def test_a_lock_whose_heart_beats_stays_online(yard: Yard) -> None:
    for _ in range(20):
        yard.clock.move(seconds=59)
        yard.hear("heartbeat")
        yard.tick("find_silent")
    assert yard.data("show")["is_online"] is True
    assert yard.log == []


def test_how_often_a_sighting_is_written_follows_how_long_a_lock_may_be_silent(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OFFLINE_AFTER", "10")
    for _ in range(10):
        yard.clock.move(seconds=4)
        yard.hear("heartbeat")
        assert yard.data("status")["is_online"] is True


def test_it_brings_a_lock_back_that_counted_as_offline(yard: Yard) -> None:
    yard.clock.move(minutes=10)
    yard.tick("find_silent")
    yard.hear("heartbeat")
    assert yard.data("show")["is_online"] is True
    assert ("DEVICE_OFFLINE", True) in yard.log


def test_what_it_tells_of_the_lock_is_taken_in(yard: Yard) -> None:
    yard.hear("heartbeat", battery_level=15, is_locked=False)
    told = yard.data("show")
    assert (told["battery_level"], told["is_battery_low"], told["is_locked"]) == (15, True, False)
    assert len(yard.letters()) == 1


def test_it_cannot_say_that_the_lock_is_gone(yard: Yard) -> None:
    with unchanged(yard.aws):
        yard.hear("heartbeat", status="offline")


def test_a_late_heartbeat_is_not_believed(yard: Yard) -> None:
    yard.hear("status", status="online", battery_level=40, counter=50)
    yard.hear("heartbeat", battery_level=99, counter=49)
    assert yard.data("show")["battery_level"] == 40
    assert yard.attacks == [("REPLAY_ATTACK", "LOW")]


def test_a_late_heartbeat_that_tells_nothing_else_is_no_attack(yard: Yard) -> None:
    yard.hear("status", status="online", battery_level=40, counter=50)
    with unchanged(yard.aws):
        yard.hear("heartbeat", battery_level=40, counter=49)


def test_nobody_else_speaks_for_it(yard: Yard) -> None:
    thing = yard.thing
    yard.hear("heartbeat", "LOCK-999", battery_level=1)
    assert yard.thing == thing
    assert yard.events[0]["metadata"] == {"device_id": "LOCK-999"}
    assert LOCK not in str(yard.events)
