"""PINs at the door. How they are refused, like cards and QR codes, is in `test_refusals`."""

from functools import partial

import pytest

from ..locks.yard import LOCK, Yard
from ..world import Killed, at_once, conflicting, killed_after, lost, meanwhile, upset
from .keypad import HOME, Keypad, denied


def test_a_pin_opens(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913", max_usage=2, valid_until="2026-02-01T00:00:00Z")
    answer = keypad.show("pin", "482913")
    assert (answer.status, answer.json) == (
        200,
        {
            "success": True,
            "message": "PIN verified successfully",
            "access_granted": True,
            "command": "UNLOCK",
            "pin_info": {
                "name": "Cleaner",
                "valid_until": "2026-02-01T00:00:00.000Z",
                "usage_count": 1,
                "max_usage": 2,
            },
        },
    )
    assert keypad.tries == [("pin", True, "")]
    assert yard.log == [("UNLOCK_PIN", True)]


@pytest.mark.parametrize("by", ["hardware id", "uuid", "capitals"])
def test_the_lock_calls_itself_by_its_uuid_or_its_hardware_id(yard: Yard, keypad: Keypad, by: str) -> None:
    keypad.pin("482913")
    name = {"hardware id": LOCK, "uuid": yard.id, "capitals": yard.id.upper()}[by]
    assert keypad.show("pin", "482913", name=name).status == 200


def test_what_an_opening_leaves_behind(yard: Yard, keypad: Keypad) -> None:
    id = keypad.pin("482913", user=yard.people["member"])
    yard.clock.move(minutes=1)
    keypad.show("pin", "482913")
    assert yard.data("status")["last_unlock"] == "2026-01-05T12:01:00.000Z"
    assert yard.thing["is_locked"] is True, "that it opened, it says itself"
    [event] = yard.events
    assert (event["event_type"], event["severity"], event["user"], event["owner"], event["ip_address"]) == (
        "UNLOCK_SUCCESS",
        "LOW",
        None,
        yard.people["owner"],
        HOME,
    )
    assert event["metadata"] == {"device_id": LOCK, "method": "pin", "code": id}
    [told] = yard.ask("logs").json["results"][:1]
    assert (told["event_type"], told["success"], told["ip_address"]) == ("UNLOCK_PIN", True, HOME)
    assert told["user"]["email"] == "member@example.com"
    assert yard.data("show")["access_stats"]["total_unlocks_30d"] == 1


def test_every_use_is_counted(yard: Yard, keypad: Keypad) -> None:
    id = keypad.pin("482913")
    told = [keypad.again("pin", "482913").json["pin_info"]["usage_count"] for _ in range(3)]
    assert told == [1, 2, 3]
    assert yard.ask("access.show_pin", id=id).json["usage_count"] == 3


def test_its_days_are_those_of_where_the_lock_is(yard: Yard, keypad: Keypad) -> None:
    """Eight in the evening in UTC is one in the night of Tuesday in Tashkent, and Monday afternoon in New York."""
    keypad.pin("482913", allowed_days=["mon"])
    yard.clock.move(hours=8)
    opened = []
    for place in ("Asia/Tashkent", "America/New_York"):
        assert yard.ask("update", {"timezone": place}).status == 200
        opened.append(keypad.opens("pin", "482913"))
    assert opened == [False, True]


def test_a_lock_of_any_kind_and_status_may_ask(yard: Yard, keypad: Keypad) -> None:
    """The keypad may be a part of its own; that a lock is in maintenance opens and shuts nothing."""
    keypad.pin("482913")
    for status in ("INACTIVE", "MAINTENANCE", "ACTIVE"):
        yard.ask("update", {"status": status})
        assert keypad.opens("pin", "482913")


# At once


def test_of_twenty_at_once_as_many_come_in_as_may(yard: Yard, keypad: Keypad) -> None:
    id = keypad.pin("482913", max_usage=5)
    now = int(yard.clock.now.timestamp())
    answers = at_once([partial(keypad.show, "pin", "482913", timestamp=str(now + n)) for n in range(20)])
    assert sorted(answer.status for answer in answers) == [200] * 5 + [403] * 15
    assert sorted(a.json["pin_info"]["usage_count"] for a in answers if a.status == 200) == [1, 2, 3, 4, 5]
    assert yard.ask("access.show_pin", id=id).json["usage_count"] == 5
    assert sorted(yard.log) == [("UNLOCK_PIN", False)] * 15 + [("UNLOCK_PIN", True)] * 5
    assert len(keypad.tries) == 20


def test_who_shows_a_pin_while_it_is_deleted_comes_in_before_or_not_at_all(yard: Yard, keypad: Keypad) -> None:
    for n in range(5):
        delete = partial(yard.ask, "access.delete_pin", id=keypad.pin("482913"))
        yard.clock.move(seconds=1)
        shown, gone = at_once([partial(keypad.show, "pin", "482913"), delete])
        assert gone.status == 204
        assert shown.status in (200, 401)
        assert [told[1] for told in yard.log].count(True) == [told[1] for told in keypad.tries].count(True)
        assert len(keypad.tries) == n + 1


def test_of_forty_guesses_at_once_ten_are_looked_at(yard: Yard, keypad: Keypad, calls: list[str]) -> None:
    now = int(yard.clock.now.timestamp())
    keypad.pin("482913")
    calls.clear()
    answers = at_once([partial(keypad.show, "pin", f"{1000 + n}", timestamp=str(now + n)) for n in range(40)])
    assert sorted(answer.status for answer in answers) == [401] * 10 + [429] * 30
    assert calls.count("GenerateMac") == 40 + 10, "forty signatures, and ten PINs"
    assert sorted(keypad.tries) == [("pin", False, "too many guesses")] * 30 + [("pin", False, "unknown")] * 10
    [row] = yard.rows(f"DEVICE#{yard.id} GUESSES#")
    assert (row["missed"], row.get("tries")) == (10, None)


# What goes wrong on the way


@pytest.mark.parametrize("fault", [lost, conflicting], ids=["lost", "conflict"])
def test_an_opening_whose_answer_is_lost_or_that_meets_another_is_counted_once(
    yard: Yard, keypad: Keypad, fault: object
) -> None:
    keypad.pin("482913", max_usage=2)
    with upset("TransactWriteItems", fault):  # type: ignore[arg-type]
        answer = keypad.show("pin", "482913")
    assert answer.json["pin_info"]["usage_count"] == 1
    assert (yard.log, keypad.tries) == ([("UNLOCK_PIN", True)], [("pin", True, "")])


def test_where_the_process_dies_with_the_opening_it_is_on_record_and_the_next_try_is_another(
    yard: Yard, keypad: Keypad
) -> None:
    keypad.pin("482913", max_usage=2)
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        keypad.show("pin", "482913")
    assert keypad.tries == [("pin", True, "")]
    assert keypad.show("pin", "482913").json == denied("Request replayed - it was accepted before")
    assert keypad.again("pin", "482913").json["pin_info"]["usage_count"] == 2


def test_a_lock_that_is_deleted_meanwhile_opens_for_nobody(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913")
    with upset("TransactWriteItems", meanwhile(lambda: yard.ask("delete"))):
        answer = keypad.show("pin", "482913")
    assert (answer.status, answer.json) == (404, denied("Device not found"))
    assert not [row for row in yard.rows("SECURITY-EVENT#") if "UNLOCK_SUCCESS" in row["event"]]


def test_a_lock_that_is_registered_anew_meanwhile_opens_for_nobody(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913")

    def sold() -> None:
        yard.ask("delete")
        yard.register(by="stranger")

    with upset("TransactWriteItems", meanwhile(sold)):
        assert keypad.show("pin", "482913").json == denied("Device not found")
    assert "last_unlock" not in yard.thing


def test_what_an_opening_costs(yard: Yard, keypad: Keypad, calls: list[str]) -> None:
    keypad.pin("482913")
    keypad.show("pin", "482913")
    yard.clock.move(seconds=1)
    calls.clear()
    keypad.show("pin", "482913")
    begins = ["GetItem", "GetItem", "GenerateMac", "PutItem", "GetItem", "UpdateItem"]
    assert calls == [*begins, "GenerateMac", "Query", "TransactWriteItems", "UpdateItem"]


def test_two_who_come_in_within_a_minute_are_two_openings(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913")
    keypad.pin("5555", name="Vali")
    assert keypad.opens("pin", "482913")
    assert keypad.opens("pin", "5555")
    for _ in range(2):
        yard.clock.move(seconds=2)
        yard.hear("response", type="unlock", success=True, method="pin")
    assert yard.log == [("UNLOCK_PIN", True)] * 2
    yard.clock.move(seconds=2)
    yard.hear("response", type="unlock", success=True, method="pin")
    assert yard.log == [("UNLOCK_PIN", True)] * 3, "whom nobody let in"
