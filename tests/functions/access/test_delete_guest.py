from ..locks.yard import Yard
from .keypad import CODE_NOT_FOUND, Keypad


def test_a_guest_comes_in_no_more(yard: Yard, keypad: Keypad) -> None:
    guests = [keypad.guest(pin_code="482913"), keypad.guest(access_type="NFC", nfc_uid="04:A3:5B:1C")]
    for guest in guests:
        answer = yard.ask("access.delete_guest", id=guest["id"])
        assert (answer.status, answer.text) == (204, "")
        assert yard.ask("access.delete_guest", id=guest["id"]).json == CODE_NOT_FOUND
    assert not keypad.opens("pin", "482913")
    assert not keypad.opens("nfc", "04:A3:5B:1C")
    assert keypad.mentions("Aziza") == [], "nothing of him stays"


def test_who_is_no_guest_stays(yard: Yard, keypad: Keypad) -> None:
    for id in (keypad.pin("482913"), keypad.card(), keypad.qr()["id"]):
        assert yard.ask("access.delete_guest", id=id).json == CODE_NOT_FOUND
    assert keypad.opens("pin", "482913")
