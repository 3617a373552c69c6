import pytest

from ..rows import unchanged
from ..world import meanwhile, upset
from .yard import Yard


def test_a_lock_that_fell_silent_is_noted_logged_and_written_of(yard: Yard) -> None:
    yard.clock.move(seconds=360)
    yard.tick("find_silent")
    thing = yard.thing
    assert (thing["online"], "watched" in thing) == (False, False)
    assert yard.log == [("DEVICE_OFFLINE", True)]
    [event] = yard.events
    assert (event["event_type"], event["severity"], event["owner"]) == (
        "DEVICE_OFFLINE",
        "MEDIUM",
        yard.people["owner"],
    )
    [letter] = yard.letters()
    assert (letter["to"], "offline" in letter["subject"]) == ("owner@example.com", True)
    assert yard.data("show")["last_seen"] == "2026-01-05T12:00:00.000Z"


def test_one_that_was_heard_of_lately_is_left_alone(yard: Yard) -> None:
    yard.clock.move(seconds=359)
    with unchanged(yard.aws):
        yard.tick("find_silent")


def test_one_whose_connection_broke_is_written_of_when_it_does_not_come_back(yard: Yard) -> None:
    yard.hear("status", status="offline", counter=None)
    assert yard.letters() == []
    yard.clock.move(seconds=360)
    yard.tick("find_silent")
    assert len(yard.letters()) == 1
    assert yard.log == [("DEVICE_OFFLINE", True)], "once"


def test_its_silence_is_noted_once(yard: Yard) -> None:
    yard.clock.move(hours=1)
    yard.tick("find_silent")
    yard.clock.move(minutes=1)
    with unchanged(yard.aws):
        yard.tick("find_silent")


def test_each_silence_is_noted_anew(yard: Yard) -> None:
    for _ in range(2):
        yard.clock.move(hours=2)
        yard.tick("find_silent")
        yard.clock.move(seconds=1)
        yard.hear("heartbeat")
    assert yard.log == [("DEVICE_OFFLINE", True)] * 2
    assert yard.attacks == [("DEVICE_OFFLINE", "MEDIUM")] * 2
    assert yard.data("status")["is_online"] is True


def test_one_that_speaks_meanwhile_is_not_lost(yard: Yard) -> None:
    yard.clock.move(seconds=400)
    with upset("TransactWriteItems", meanwhile(lambda: yard.hear("heartbeat")), own=True):
        yard.tick("find_silent")
    assert yard.data("status")["is_online"] is True
    assert (yard.log, yard.letters(), yard.attacks) == ([], [], [])


def test_one_that_never_came_online_is_not_missed(yard: Yard) -> None:
    yard.register("LOCK-002")
    yard.clock.move(seconds=60)
    yard.hear("heartbeat")
    yard.clock.move(seconds=300)
    with unchanged(yard.aws):
        yard.tick("find_silent")


def test_a_deleted_one_is_not_missed(yard: Yard) -> None:
    yard.ask("delete")
    yard.clock.move(hours=1)
    with unchanged(yard.aws):
        yard.tick("find_silent")


def test_how_long_it_may_be_silent_is_tunable(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFLINE_AFTER", "10")
    yard.clock.move(seconds=12)
    yard.tick("find_silent")
    assert yard.log == [("DEVICE_OFFLINE", True)]


def test_silent_locks_of_every_shard_are_found(yard: Yard) -> None:
    for number in range(8):
        yard.register(f"LOCK-01{number}")
        yard.hear("status", f"LOCK-01{number}", status="online")
    yard.clock.move(hours=1)
    yard.tick("find_silent")
    assert [row["online"] for row in yard.rows("THING#")] == [False] * 9
