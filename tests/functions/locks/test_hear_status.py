from typing import Any

import pytest
from pynamodb.exceptions import UpdateError

from kalit.kit.resources import Table
from tests.cloud import Cloud

from ..rows import kept, unchanged
from ..world import Killed, at_once, killed_after, meanwhile, refused, upset
from .yard import LOCK, Yard


def shown(yard: Yard, *names: str) -> tuple[Any, ...]:
    told = yard.data("show")
    return tuple(told[name] for name in names)


def test_a_lock_comes_online_with_what_it_tells(yard: Yard) -> None:
    id = yard.register("LOCK-002").json["data"]["id"]
    yard.clock.move(seconds=3)
    yard.hear("status", "LOCK-002", status="online", is_locked=False, battery_level=55, firmware_version="2.1")
    told = yard.data("show", id=id)
    assert (told["is_online"], told["is_locked"], told["battery_level"], told["firmware_version"]) == (
        True,
        False,
        55,
        "2.1",
    )
    assert told["last_seen"] == told["last_unlock"] == "2026-01-05T12:00:03.000Z"
    assert [row["event_type"] for row in yard.rows(f"DEVICE#{id} LOG#")] == ["DEVICE_ONLINE"]


def test_a_lock_goes_offline_when_its_last_will_is_heard(yard: Yard) -> None:
    yard.clock.move(seconds=9)
    yard.hear("status", status="offline", counter=None)
    assert shown(yard, "is_online", "is_locked", "battery_level") == (False, True, 87)
    assert shown(yard, "last_seen") == ("2026-01-05T12:00:00.000Z",), "its will is none of its signs of life"
    assert yard.log == [("DEVICE_OFFLINE", True)]
    assert "watched" in yard.thing, "its owner is still to be told"


def test_it_comes_back(yard: Yard) -> None:
    yard.hear("status", status="offline", counter=None)
    yard.clock.move(seconds=1)
    yard.hear("status", status="online")
    assert shown(yard, "is_online") == (True,)
    assert "watched" in yard.thing


def test_what_it_does_not_tell_stays(yard: Yard) -> None:
    yard.hear("status", status="online")
    assert shown(yard, "is_locked", "battery_level", "firmware_version") == (True, 87, "1.0.0")


def test_turning_it_by_hand_is_no_opening_but_is_shown(yard: Yard) -> None:
    yard.clock.move(seconds=2)
    yard.hear("status", status="online", is_locked=False)
    assert shown(yard, "is_locked", "last_unlock") == (False, "2026-01-05T12:00:02.000Z")


def test_a_battery_that_gets_low_is_logged_once_and_written_of(yard: Yard) -> None:
    for level in (21, 20, 19, 12):
        yard.clock.move(seconds=1)
        yard.hear("status", status="online", battery_level=level)
    assert yard.log == [("BATTERY_LOW", True)]
    assert shown(yard, "is_battery_low") == (True,)
    [letter] = yard.letters()
    assert letter["to"] == "owner@example.com"
    assert "Front door" in letter["subject"]
    assert "20 %" in letter["subject"]
    yard.clock.move(hours=1)
    yard.hear("status", status="online", battery_level=90)
    assert shown(yard, "is_battery_low") == (False,)
    assert "low" not in yard.thing


# What comes again, late, out of order, or from nobody


def test_what_comes_twice_changes_nothing(yard: Yard) -> None:
    first = yard.hear("status", status="online", is_locked=False, battery_level=80)
    with unchanged(yard.aws):
        yard.again(first)
    yard.clock.move(seconds=20)
    with unchanged(yard.aws):
        yard.again(first)
    assert yard.attacks == []


def test_what_comes_late_changes_nothing_and_leaves_an_event(yard: Yard) -> None:
    late = yard.hear("status", status="online", is_locked=False, battery_level=80)
    yard.clock.move(seconds=1)
    yard.hear("status", status="online", is_locked=True, battery_level=79)
    thing = yard.thing
    yard.clock.move(seconds=1)
    yard.again(late)
    assert yard.thing == thing
    assert yard.attacks == [("REPLAY_ATTACK", "LOW")]
    assert yard.log == []


def test_the_locks_counter_orders_its_reports_whatever_the_broker_does(yard: Yard) -> None:
    yard.hear("status", status="online", is_locked=False, counter=9)
    yard.clock.move(seconds=1)
    yard.hear("status", status="online", is_locked=True, counter=8)
    assert shown(yard, "is_locked") == (False,)


def test_reports_without_a_counter_are_ordered_by_the_brokers_receipt(yard: Yard) -> None:
    yard.clock.move(seconds=2)
    yard.hear("status", status="online", is_locked=False, counter=None)
    yard.clock.move(seconds=-1)
    yard.hear("status", status="online", is_locked=True, counter=None)
    assert shown(yard, "is_locked") == (False,)
    yard.clock.move(seconds=2)
    yard.hear("status", status="online", is_locked=True, counter=None)
    assert shown(yard, "is_locked") == (True,)


def test_a_last_will_that_comes_after_its_lock_is_back_changes_nothing(yard: Yard) -> None:
    yard.clock.move(seconds=2)
    yard.hear("status", status="online", is_locked=False)
    yard.clock.move(seconds=-1)
    yard.hear("status", status="offline", counter=None)
    assert "watched" in yard.thing
    assert yard.thing["online"] is True


def test_an_attacker_fills_no_table(yard: Yard) -> None:
    for number in range(20):
        yard.hear("status", "GHOST-7", status="online", is_locked=bool(number % 2))
        yard.hear("status", status="online", battery_level=number, counter=0)
    assert sorted(yard.attacks) == [("REPLAY_ATTACK", "LOW"), ("UNAUTHORIZED_ACCESS", "MEDIUM")]


def test_a_lock_that_is_registered_no_more_is_not_heard(yard: Yard) -> None:
    yard.ask("delete")
    before = {key: row for key, row in kept(yard.aws).items() if "SECURITY-EVENT" not in key}
    yard.hear("status", status="online", is_locked=False)
    assert {key: row for key, row in kept(yard.aws).items() if "SECURITY-EVENT" not in key} == before
    event = yard.events[-1]
    assert (event["event_type"], event["severity"], event["owner"]) == ("UNAUTHORIZED_ACCESS", "MEDIUM", None)
    assert event["metadata"] == {"device_id": LOCK}


@pytest.mark.parametrize(
    "payload",
    [
        {"status": "fine"},
        {"battery_level": 101},
        {"battery_level": -1},
        {"battery_level": "full"},
        {"is_locked": "perhaps"},
        {"firmware_version": "9" * 51},
        {"counter": -1},
        {"counter": 2**53 + 1},
        {"counter": "first"},
    ],
    ids=str,
)
def test_what_cannot_be_understood_changes_nothing(yard: Yard, payload: dict[str, Any]) -> None:
    with unchanged(yard.aws):
        yard.hear("status", **{"status": "online", "counter": 99, **payload})


@pytest.mark.parametrize("payload", ["{}", None, 7, [], "offline"])
def test_what_is_no_report_changes_nothing(yard: Yard, payload: object) -> None:
    with unchanged(yard.aws):
        yard.aws.call("locks.hear_status", {"device": LOCK, "payload": payload, "at": 1_795_000_000_000})


def test_what_newer_firmware_tells_beside_does_no_harm(yard: Yard) -> None:
    yard.hear("status", status="online", is_locked=False, temperature=31, owner="x", online=False)
    assert shown(yard, "is_locked", "is_online") == (False, True)


# Company


def test_who_is_overtaken_by_a_newer_report_gives_way(yard: Yard) -> None:
    def newer() -> None:
        yard.hear("status", status="online", is_locked=True, battery_level=50, counter=9)

    with upset("UpdateItem", meanwhile(newer)):
        yard.hear("status", status="online", is_locked=False, battery_level=60, counter=8)
    assert shown(yard, "is_locked", "battery_level") == (True, 50)


def test_of_reports_at_once_the_newest_stays(yard: Yard) -> None:
    told = [{"is_locked": bool(n % 2), "battery_level": 50 + n, "counter": 10 + n} for n in range(8)]
    at_once([lambda one=one: yard.hear("status", status="online", **one) for one in told])
    assert shown(yard, "is_locked", "battery_level") == (True, 57)
    assert int(yard.thing["counter"]) == 17


def test_a_report_that_died_is_taken_in_by_its_next_try(yard: Yard) -> None:
    event = {"device": LOCK, "payload": {"status": "online", "battery_level": 5, "counter": 7}, "at": 1}
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        yard.aws.call("locks.hear_status", event)
    yard.aws.call("locks.hear_status", event)
    assert shown(yard, "battery_level") == (5,)
    assert yard.log == [("BATTERY_LOW", True)]


def test_what_cannot_be_kept_now_is_left_to_the_next_try(yard: Yard) -> None:
    with upset("UpdateItem", refused("InternalServerError")), pytest.raises(UpdateError):
        yard.hear("status", status="online", is_locked=False)
    assert shown(yard, "is_locked") == (True,)


def test_no_secret_or_address_is_written_of(aws: Cloud, yard: Yard) -> None:
    yard.hear("status", status="online", battery_level=5)
    rows = [row for row in aws.rows(Table.LOCKS) if row["pk"].startswith(("NOTICE#", "SECURITY"))]
    assert rows
    assert "owner@example.com" not in str(rows)
