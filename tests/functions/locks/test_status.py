from .yard import LOCK, Yard


def test_what_a_lock_last_reported_at_a_glance(yard: Yard) -> None:
    answer = yard.ask("status", by="viewer")
    assert (answer.status, answer.json["success"]) == (200, True)
    assert answer.json["data"] == {
        "device_id": LOCK,
        "name": "Front door",
        "is_locked": True,
        "is_online": True,
        "battery_level": 87,
        "is_battery_low": False,
        "last_seen": "2026-01-05T12:00:00.000Z",
        "last_unlock": None,
    }


def test_a_command_that_was_accepted_opens_nothing_yet(yard: Yard) -> None:
    command = yard.unlock()
    assert yard.data("status")["is_locked"] is True
    yard.clock.move(seconds=16)
    assert (yard.data("status")["is_locked"], yard.state(command)) == (True, "expired")


def test_what_a_glance_costs(yard: Yard, calls: list[str]) -> None:
    yard.data("status")
    calls.clear()
    yard.data("status")
    assert calls == ["GetItem", "GetItem", "GetItem"]
