from typing import Any
from uuid import UUID

import pytest

from ..rows import unchanged
from ..world import Killed, at_once, killed_after, meanwhile, upset
from .yard import Yard


def wait(yard: Yard, seconds: float) -> None:
    yard.clock.move(seconds=seconds)


# Answers


def test_an_answer_ends_its_command(yard: Yard) -> None:
    command = yard.unlock("member", duration=7)
    wait(yard, 2)
    yard.answer(command)
    told = yard.data("show_command", command_id=command)
    assert (told["state"], told["answered_at"], told["error"]) == ("executed", "2026-01-05T12:00:02.000Z", "")
    shown = yard.data("show")
    assert (shown["is_locked"], shown["last_unlock"]) == (False, "2026-01-05T12:00:02.000Z")


def test_what_was_done_is_logged_once_with_who_asked(yard: Yard) -> None:
    yard.answer(yard.unlock("member", duration=7))
    [entry] = [entry for entry in yard.ask("logs").json["results"] if entry["event_type"] != "DEVICE_ONLINE"]
    assert entry == {
        "id": entry["id"],
        "device": yard.id,
        "device_name": "Front door",
        "user": entry["user"],
        "event_type": "UNLOCK_APP",
        "description": "Unlock by the app for 7 s: done",
        "ip_address": "198.51.100.7",
        "success": True,
        "error_message": "",
        "created_at": "2026-01-05T12:00:00.000Z",
    }
    assert entry["user"]["id"] == yard.people["member"]
    assert yard.data("show")["access_stats"]["total_unlocks_30d"] == 1


def test_a_lock_that_could_not_says_why(yard: Yard) -> None:
    command = yard.unlock()
    yard.answer(command, success=False, error="motor stuck")
    told = yard.data("show_command", command_id=command)
    assert (told["state"], told["error"]) == ("failed", "motor stuck")
    assert yard.data("show")["is_locked"] is True
    assert yard.log == [("UNLOCK_APP", False)]
    assert yard.data("show")["access_stats"]["failed_attempts_30d"] == 1


@pytest.mark.parametrize("told", [{}, {"error": ""}, {"error": None}])
def test_a_lock_that_could_not_need_not_say_why(yard: Yard, told: dict[str, Any]) -> None:
    command = yard.unlock()
    yard.answer(command, success=False, **told)
    assert yard.data("show_command", command_id=command)["error"] == "refused by the lock"


def test_older_words_for_an_error_are_understood(yard: Yard) -> None:
    command = yard.unlock()
    yard.answer(command, success=False, error_message="motor stuck")
    assert yard.data("show_command", command_id=command)["error"] == "motor stuck"


def test_an_answer_of_older_firmware_is_to_the_newest_open_command_of_its_kind(yard: Yard) -> None:
    first = yard.unlock()
    wait(yard, 1)
    second, lock = yard.unlock(), yard.command("lock")
    yard.hear("response", type="unlock", success=True, method="app", counter=None)
    assert [yard.state(command) for command in (first, second, lock)] == ["published", "executed", "published"]
    yard.hear("response", type="unlock", success=True, counter=None)
    assert [yard.state(command) for command in (first, second, lock)] == ["executed", "executed", "published"]


def test_an_answer_says_that_the_lock_is_there(yard: Yard) -> None:
    command = yard.unlock()
    yard.hear("status", status="offline", counter=None)
    wait(yard, 1)
    yard.answer(command)
    assert yard.data("show")["is_online"] is True


def test_an_answer_overtaken_by_a_status_ends_its_command_and_leaves_the_state(yard: Yard) -> None:
    command = yard.unlock()
    yard.hear("status", status="online", is_locked=True, counter=20)
    yard.answer(command, counter=19)
    assert (yard.state(command), yard.data("show")["is_locked"]) == ("executed", True)
    assert (yard.log, yard.attacks) == ([("UNLOCK_APP", True)], [])


# Answers that do not count


def test_an_answer_that_comes_twice_changes_nothing_and_leaves_an_event(yard: Yard) -> None:
    heard = yard.answer(yard.unlock())
    before = yard.thing, yard.log
    for _ in range(3):
        yard.again(heard)
    assert (yard.thing, yard.log) == before
    assert yard.attacks == [("REPLAY_ATTACK", "LOW")]


def test_another_answer_to_what_is_over_changes_nothing(yard: Yard) -> None:
    command = yard.unlock()
    yard.answer(command)
    yard.answer(command, success=False, error="no")
    assert yard.state(command) == "executed"
    assert yard.log == [("UNLOCK_APP", True)]
    assert yard.attacks == [("REPLAY_ATTACK", "LOW")]


@pytest.mark.parametrize(("after", "state"), [(15, "executed"), (15.001, "expired"), (60, "expired")])
def test_an_answer_after_the_end_does_not_count(yard: Yard, after: float, state: str) -> None:
    command = yard.unlock()
    wait(yard, after)
    yard.answer(command)
    assert yard.state(command) == state
    late = state == "expired"
    assert yard.data("show")["is_locked"] is late
    assert yard.attacks == ([("REPLAY_ATTACK", "MEDIUM")] if late else [])


def test_an_answer_to_what_was_noted_as_expired_does_not_count(yard: Yard) -> None:
    command = yard.unlock()
    wait(yard, 196)
    yard.tick("expire_commands")
    yard.answer(command)
    assert (yard.state(command), yard.log) == ("expired", [("UNLOCK_APP", False)])
    assert yard.attacks == [("REPLAY_ATTACK", "MEDIUM")]


@pytest.mark.parametrize(
    "told",
    [
        {"sequence": 2},
        {"sequence": 0},
        {"type": "lock"},
        {"type": "reboot"},
        {"type": "explode"},
        {"command_id": str(UUID(int=7))},
    ],
    ids=str,
)
def test_an_answer_to_what_was_never_sent_so_is_forged(yard: Yard, told: dict[str, Any]) -> None:
    command, thing = yard.unlock(), yard.thing
    yard.answer(command, **told)
    assert (yard.state(command), yard.thing, yard.log) == ("published", thing, [])
    assert yard.attacks == [("UNAUTHORIZED_ACCESS", "HIGH")]
    event = yard.events[0]
    assert (event["device"], event["owner"]) == (yard.id, yard.people["owner"])
    yard.answer(command)
    assert yard.state(command) == "executed"


def test_an_answer_to_nothing_is_forged(yard: Yard) -> None:
    thing = yard.thing
    yard.hear("response", type="unlock", success=True, method="app")
    assert (yard.thing, yard.attacks) == (thing, [("UNAUTHORIZED_ACCESS", "HIGH")])


def test_the_answer_of_another_lock_does_not_count(yard: Yard) -> None:
    yard.register("LOCK-002", by="stranger")
    command = yard.unlock()
    yard.hear(
        "response", "LOCK-002", type="unlock", success=True, method="app", command_id=command, sequence=1, counter=1
    )
    assert (yard.state(command), yard.data("show")["is_locked"]) == ("published", True)
    assert yard.attacks == [("UNAUTHORIZED_ACCESS", "HIGH")]
    assert yard.events[0]["owner"] == yard.people["stranger"], "whose lock it is that lies"


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "unlock"},
        {"success": True},
        {"type": "unlock", "success": "perhaps"},
        {"type": "unlock", "success": True, "command_id": "7"},
        {"type": "unlock", "success": True, "sequence": -1},
        {"type": "x" * 51, "success": True},
        {"type": "unlock", "success": False, "error": "x" * 201},
    ],
    ids=lambda payload: str(payload)[:40],
)
def test_what_cannot_be_understood_changes_nothing(yard: Yard, payload: dict[str, Any]) -> None:
    yard.unlock()
    with unchanged(yard.aws):
        yard.hear("response", **payload)


# At the door


@pytest.mark.parametrize(
    ("method", "event"),
    [
        ("nfc", "UNLOCK_NFC"),
        ("pin", "UNLOCK_PIN"),
        ("physical", "UNLOCK_PHYSICAL"),
        ("qr", "UNLOCK_QR"),
        ("auto", "UNLOCK"),
        ("remote", "UNLOCK"),
    ],
)
@pytest.mark.parametrize("success", [True, False])
def test_what_happens_at_the_door_is_logged(yard: Yard, method: str, event: str, success: bool) -> None:
    yard.hear("response", type="unlock", success=success, method=method, error=None if success else "unknown")
    assert yard.log == [(event, success)]
    assert yard.data("show")["is_locked"] is not success
    stats = yard.data("show")["access_stats"]
    assert (stats["total_unlocks_30d"], stats["failed_attempts_30d"]) == (int(success), int(not success))


def test_locking_itself_again_is_logged(yard: Yard) -> None:
    yard.answer(yard.unlock())
    wait(yard, 5)
    yard.hear("response", type="lock", success=True, method="auto")
    assert yard.log == [("UNLOCK_APP", True), ("LOCK", True)]
    assert yard.data("show")["is_locked"] is True


def test_an_opening_at_the_door_answers_no_command(yard: Yard) -> None:
    command = yard.unlock()
    yard.hear("response", type="unlock", success=True, method="pin")
    assert yard.state(command) == "published"


@pytest.mark.parametrize("later", [0, 30])
def test_an_opening_that_is_told_twice_is_logged_once(yard: Yard, later: int) -> None:
    """QoS 1: the lock sends again what it was not thanked for, and the broker receives it at another time."""
    heard = yard.hear("response", type="unlock", success=True, method="pin")
    wait(yard, later)
    yard.again(heard)
    assert yard.log == [("UNLOCK_PIN", True)]
    assert yard.data("show")["access_stats"]["total_unlocks_30d"] == 1
    yard.hear("status", status="online", is_locked=True)
    wait(yard, 1)
    yard.again(heard)
    assert yard.log == [("UNLOCK_PIN", True)]
    assert yard.data("show")["is_locked"] is True


def test_an_opening_that_is_told_late_is_logged_and_changes_no_state(yard: Yard) -> None:
    yard.hear("status", status="online", is_locked=True, counter=20)
    for _ in range(2):
        yard.hear("response", type="unlock", success=True, method="nfc", counter=19)
        wait(yard, 1)
    assert yard.log == [("UNLOCK_NFC", True)]
    assert yard.data("show")["is_locked"] is True


def test_an_opening_under_a_count_that_was_used_for_another_is_logged_too(yard: Yard) -> None:
    """A lock that has lost its memory counts anew."""
    yard.hear("response", type="unlock", success=True, method="nfc", counter=7)
    wait(yard, 1)
    yard.hear("response", type="unlock", success=True, method="pin", counter=7)
    assert yard.log == [("UNLOCK_NFC", True), ("UNLOCK_PIN", True)]


# Company


def test_of_two_answers_at_once_one_counts(yard: Yard) -> None:
    command = yard.unlock()
    yes = {"type": "unlock", "success": True, "method": "app", "command_id": command, "sequence": 1, "counter": 7}
    no = {**yes, "success": False, "error": "no", "counter": 8}
    at_once([lambda told=told: yard.hear("response", **told) for told in (yes, no)])
    assert yard.log in ([("UNLOCK_APP", True)], [("UNLOCK_APP", False)])
    assert yard.state(command) == ("executed" if yard.log[0][1] else "failed")


def test_an_answer_overtaken_by_a_report_counts(yard: Yard) -> None:
    command = yard.unlock()
    with upset("TransactWriteItems", meanwhile(lambda: yard.hear("heartbeat", battery_level=60, counter=3))):
        yard.answer(command, counter=4)
    assert yard.state(command) == "executed"
    told = yard.data("show")
    assert (told["is_locked"], told["battery_level"]) == (False, 60)


def test_an_answer_that_died_is_taken_in_by_its_next_try(yard: Yard) -> None:
    command = yard.unlock()
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        yard.answer(command)
    yard.hear("response", type="unlock", success=True, command_id=command, sequence=1, counter=yard.counter)
    assert (yard.state(command), yard.log) == ("executed", [("UNLOCK_APP", True)])


def test_what_an_answer_costs(yard: Yard, calls: list[str]) -> None:
    command = yard.unlock()
    calls.clear()
    yard.hear("response", type="unlock", success=True, method="app", command_id=command, sequence=1)
    assert calls == ["GetItem", "GetItem", "TransactWriteItems"]
