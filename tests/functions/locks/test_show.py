from typing import Any

import pytest

from .yard import LOCK, Yard


def test_a_lock_is_shown_with_all_that_is_known_of_it(yard: Yard) -> None:
    answer = yard.ask("show")
    assert (answer.status, answer.json["success"]) == (200, True)
    assert answer.json["data"] == {
        "id": yard.id,
        "device_id": LOCK,
        "name": "Front door",
        "device_type": "LITE",
        "location": "",
        "latitude": None,
        "longitude": None,
        "status": "ACTIVE",
        "is_locked": True,
        "is_online": True,
        "battery_level": 87,
        "is_battery_low": False,
        "battery_low_threshold": 20,
        "keypad_enabled": False,
        "nfc_enabled": False,
        "timezone": "Asia/Tashkent",
        "firmware_version": "1.0.0",
        "last_seen": "2026-01-05T12:00:00.000Z",
        "last_unlock": None,
        "last_lock": None,
        "active_pins": [],
        "active_nfcs": [],
        "active_guests": [],
        "shared_with_count": 3,
        "access_stats": {
            "total_unlocks_30d": 0,
            "failed_attempts_30d": 0,
            "last_activity": "2026-01-05T12:00:00.000Z",
        },
        "created_at": "2026-01-05T12:00:00.000Z",
        "updated_at": "2026-01-05T12:00:00.000Z",
    }


def stats(yard: Yard) -> dict[str, Any]:
    told: dict[str, Any] = yard.data("show")["access_stats"]
    return told


def test_openings_and_failures_of_thirty_days_are_counted(yard: Yard) -> None:
    yard.hear("response", type="unlock", success=True, method="pin")
    yard.hear("response", type="unlock", success=False, method="nfc", error="unknown card")
    yard.answer(yard.unlock())
    yard.clock.move(days=30)
    yard.hear("response", type="unlock", success=True, method="physical")
    yard.hear("response", type="lock", success=True, method="physical")
    told = {"total_unlocks_30d": 3, "failed_attempts_30d": 1, "last_activity": "2026-02-04T12:00:00.000Z"}
    assert stats(yard) == told
    yard.clock.move(days=1)
    assert stats(yard) == {**told, "total_unlocks_30d": 1, "failed_attempts_30d": 0}


def test_shares_that_ran_out_are_not_counted(yard: Yard) -> None:
    yard.ask("unshare", id=yard.shares["admin"])
    assert yard.data("show")["shared_with_count"] == 2


@pytest.mark.parametrize("by", ["admin", "member", "viewer"])
def test_whom_it_is_shared_with_sees_the_same(yard: Yard, by: str) -> None:
    assert yard.data("show", by=by) == yard.data("show")


def test_openings_and_closings_are_shown_with_their_times(yard: Yard) -> None:
    yard.clock.move(seconds=5)
    yard.answer(yard.unlock())
    yard.clock.move(seconds=5)
    yard.hear("response", type="lock", success=True, method="auto")
    shown = yard.data("show")
    assert (shown["last_unlock"], shown["last_lock"]) == ("2026-01-05T12:00:05.000Z", "2026-01-05T12:00:10.000Z")
    assert shown["is_locked"] is True


def test_what_a_look_costs(yard: Yard, calls: list[str]) -> None:
    yard.data("show")
    calls.clear()
    yard.data("show")
    assert calls == ["GetItem", "GetItem", "BatchGetItem", "Query", "Query"]
    calls.clear()
    yard.data("show", by="viewer")
    assert calls == ["GetItem", "GetItem", "GetItem", "BatchGetItem", "Query", "Query"]
