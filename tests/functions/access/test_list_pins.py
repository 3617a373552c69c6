from ..locks.yard import Yard
from .keypad import Keypad


def test_pins_are_listed_the_newest_first_but_for_those_of_guests(yard: Yard, keypad: Keypad) -> None:
    first = keypad.pin("1111", user=yard.people["member"])
    yard.clock.move(seconds=1)
    second = keypad.pin("2222")
    keypad.guest()
    keypad.card()
    keypad.qr()
    answer = yard.ask("access.list_pins")
    assert (answer.status, answer.json["success"], answer.json["count"]) == (200, True, 2)
    assert [row["id"] for row in answer.json["data"]] == [second, first]
    assert answer.json["data"] == [yard.ask("access.show_pin", id=id).json for id in (second, first)]


def test_a_lock_without_any_has_none(yard: Yard) -> None:
    assert yard.ask("access.list_pins").json == {"success": True, "count": 0, "data": []}


def test_those_of_another_lock_are_not_among_them(yard: Yard, keypad: Keypad) -> None:
    other = yard.register("LOCK-002").json["data"]["id"]
    id = keypad.pin(id=other)
    assert yard.ask("access.list_pins").json["count"] == 0
    assert [row["id"] for row in yard.ask("access.list_pins", id=other).json["data"]] == [id]
