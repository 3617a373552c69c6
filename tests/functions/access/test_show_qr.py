from ..locks.yard import Yard
from .keypad import CODE_NOT_FOUND, Keypad


def test_a_qr_code_is_shown_with_what_it_says(yard: Yard, keypad: Keypad) -> None:
    made = keypad.qr(is_single_use=False)
    keypad.show("qr", made["code"])
    answer = yard.ask("access.show_qr", id=made["id"], by="admin")
    assert (answer.status, answer.json) == (200, {"success": True, "data": made | {"usage_count": 1}})


def test_one_that_was_used_opens_no_more(yard: Yard, keypad: Keypad) -> None:
    made = keypad.qr()
    keypad.show("qr", made["code"])
    shown = yard.data("access.show_qr", id=made["id"])
    assert (shown["usage_count"], shown["is_valid"], shown["is_active"]) == (1, False, True)


def test_a_pin_or_a_card_is_no_qr_code(yard: Yard, keypad: Keypad) -> None:
    for id in (keypad.pin(), keypad.card(), keypad.guest()["id"]):
        assert yard.ask("access.show_qr", id=id).json == CODE_NOT_FOUND
