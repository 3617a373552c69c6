from ..locks.yard import Yard
from .keypad import CODE_NOT_FOUND, Keypad


def test_a_card_is_shown(yard: Yard, keypad: Keypad) -> None:
    made = keypad.make("create_card", {"uid": "04:a3:5b:1c", "name": "Card", "user": yard.people["member"]})
    keypad.show("nfc", "04A35B1C")
    answer = yard.ask("access.show_card", id=made["id"])
    assert (answer.status, answer.json) == (200, {"success": True, "data": made | {"usage_count": 1}})
    assert (made["uid"], made["user_email"]) == ("04:A3:5B:1C", "member@example.com")


def test_a_pin_or_a_qr_code_is_no_card(yard: Yard, keypad: Keypad) -> None:
    for id in (keypad.pin(), keypad.guest()["id"], keypad.qr()["id"]):
        assert yard.ask("access.show_card", id=id).json == CODE_NOT_FOUND
