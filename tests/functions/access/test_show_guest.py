from ..locks.yard import Yard
from .keypad import CODE_NOT_FOUND, Keypad


def test_a_guest_is_shown_without_his_pin(yard: Yard, keypad: Keypad) -> None:
    made = keypad.guest(guest_email="aziza@example.com")
    keypad.show("pin", made.pop("generated_pin"))
    answer = yard.ask("access.show_guest", id=made["id"])
    assert (answer.status, answer.json) == (200, {"success": True, "data": made | {"usage_count": 1}})


def test_of_his_card_the_end_alone_is_shown(yard: Yard, keypad: Keypad) -> None:
    made = keypad.guest(access_type="NFC", nfc_uid="04:A3:5B:1C")
    answer = yard.ask("access.show_guest", id=made["id"])
    assert answer.json["data"]["nfc_uid"] == "****5B:1C"
    assert "04:A3" not in answer.text


def test_who_is_no_guest_is_not_found(yard: Yard, keypad: Keypad) -> None:
    for id in (keypad.pin(), keypad.card(), keypad.qr()["id"]):
        assert yard.ask("access.show_guest", id=id).json == CODE_NOT_FOUND
