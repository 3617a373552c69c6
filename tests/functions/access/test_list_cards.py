from ..locks.yard import Yard
from .keypad import Keypad


def test_cards_are_listed_the_newest_first_but_for_those_of_guests(yard: Yard, keypad: Keypad) -> None:
    first = keypad.card("04:A3:5B:1C", user=yard.people["member"])
    yard.clock.move(seconds=1)
    second = keypad.card("04:A3:5B:1D")
    keypad.guest(access_type="NFC", nfc_uid="04:A3:5B:1E")
    keypad.pin()
    answer = yard.ask("access.list_cards")
    assert (answer.status, answer.json["success"], answer.json["count"]) == (200, True, 2)
    assert answer.json["data"] == [yard.data("access.show_card", id=id) for id in (second, first)]


def test_a_lock_without_any_has_none(yard: Yard) -> None:
    assert yard.ask("access.list_cards").json == {"success": True, "count": 0, "data": []}
