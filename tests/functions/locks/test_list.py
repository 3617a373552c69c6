import pytest

from .yard import LOCK, Yard


def ids(yard: Yard, by: str = "owner") -> list[str]:
    return [lock["device_id"] for lock in yard.data("list", by=by)]


def test_a_lock_is_listed_as_it_last_reported(yard: Yard) -> None:
    answer = yard.ask("list")
    assert (answer.status, answer.json["success"], answer.json["count"]) == (200, True, 1)
    assert answer.json["data"] == [
        {
            "id": yard.id,
            "device_id": LOCK,
            "name": "Front door",
            "device_type": "LITE",
            "location": "",
            "status": "ACTIVE",
            "is_locked": True,
            "is_online": True,
            "battery_level": 87,
            "is_battery_low": False,
            "keypad_enabled": False,
            "nfc_enabled": False,
            "last_seen": "2026-01-05T12:00:00.000Z",
            "last_unlock": None,
            "is_shared": False,
        }
    ]


@pytest.mark.parametrize("by", ["admin", "member", "viewer"])
def test_whom_it_is_shared_with_sees_that_it_is(yard: Yard, by: str) -> None:
    [lock] = yard.data("list", by=by)
    assert (lock["id"], lock["is_shared"]) == (yard.id, True)


@pytest.mark.parametrize("by", ["former", "stranger", "manager", "boss"])
def test_nobody_else_sees_it(yard: Yard, by: str) -> None:
    answer = yard.ask("list", by=by)
    assert (answer.status, answer.json) == (200, {"success": True, "count": 0, "data": []})


def test_ones_own_and_those_of_others_are_listed_together_the_newest_first(yard: Yard) -> None:
    for number in (2, 3):
        yard.clock.move(seconds=1)
        yard.register(f"LOCK-00{number}", by="member")
    yard.clock.move(seconds=1)
    other = yard.register("LOCK-004").json["data"]["id"]
    yard.ask("share", {"email": "member@example.com"}, id=other)
    assert ids(yard, "member") == ["LOCK-004", "LOCK-003", "LOCK-002", LOCK]
    assert [lock["is_shared"] for lock in yard.data("list", by="member")] == [True, False, False, True]


def test_a_lock_that_is_deleted_is_listed_no_more(yard: Yard) -> None:
    yard.ask("delete")
    assert ids(yard) == ids(yard, "member") == []


def test_a_share_that_ends_takes_it_from_the_list(yard: Yard) -> None:
    yard.ask("unshare", id=yard.shares["member"])
    assert ids(yard, "member") == []


def test_a_lock_of_the_same_name_that_somebody_registered_anew_is_not_ones_own(yard: Yard) -> None:
    yard.ask("delete")
    yard.register(LOCK, by="stranger")
    assert ids(yard) == ids(yard, "member") == []
    assert ids(yard, "stranger") == [LOCK]


@pytest.mark.parametrize(("silent", "online"), [(359, True), (360, False), (4_000, False)])
def test_a_silent_lock_is_offline_whether_somebody_noted_that_or_not(yard: Yard, silent: int, online: bool) -> None:
    """Five minutes, and the fifth of them by which the write of a sighting may be late."""
    yard.clock.move(seconds=silent)
    assert yard.data("list")[0]["is_online"] is online


def test_what_a_list_costs(yard: Yard, calls: list[str]) -> None:
    yard.data("list")
    calls.clear()
    yard.data("list")
    assert calls == ["GetItem", "Query", "BatchGetItem", "BatchGetItem"]
    calls.clear()
    yard.data("list", by="member")
    assert calls == ["GetItem", "Query", "BatchGetItem", "BatchGetItem", "BatchGetItem"]
