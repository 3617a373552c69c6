from ..locks.yard import Yard
from .keypad import Keypad


def test_guests_are_listed_the_newest_first_whatever_they_came_by(yard: Yard, keypad: Keypad) -> None:
    made = []
    for told in ({"pin_code": "1111"}, {"access_type": "NFC", "nfc_uid": "04:A3:5B:1C"}, {"pin_code": "2222"}):
        made.append(keypad.guest(**told)["id"])
        yard.clock.move(seconds=1)
    keypad.pin()
    keypad.card("04:A3:5B:1D")
    answer = yard.ask("access.list_guests")
    assert (answer.status, answer.json["success"], answer.json["count"]) == (200, True, 3)
    assert answer.json["data"] == [yard.data("access.show_guest", id=id) for id in reversed(made)]
    assert "04:A3" not in answer.text
    assert "generated_pin" not in answer.text


def test_a_lock_without_any_has_none(yard: Yard) -> None:
    assert yard.ask("access.list_guests").json == {"success": True, "count": 0, "data": []}
