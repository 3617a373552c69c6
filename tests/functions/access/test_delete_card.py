from ..locks.yard import Yard
from ..world import meanwhile, upset
from .keypad import CODE_NOT_FOUND, Keypad, denied


def test_a_card_is_deleted_and_opens_nothing(yard: Yard, keypad: Keypad) -> None:
    id = keypad.card()
    answer = yard.ask("access.delete_card", id=id)
    assert (answer.status, answer.text) == (204, "")
    assert keypad.show("nfc", "04:A3:5B:1C").json == denied("Invalid NFC card")
    assert yard.ask("access.delete_card", id=id).json == CODE_NOT_FOUND
    assert yard.rows("CARD#") == yard.rows("CODE#") == []


def test_what_is_no_card_stays(yard: Yard, keypad: Keypad) -> None:
    for id in (keypad.pin("482913"), keypad.guest()["id"], keypad.qr()["id"]):
        assert yard.ask("access.delete_card", id=id).json == CODE_NOT_FOUND
    assert keypad.opens("pin", "482913")


def test_one_that_is_changed_meanwhile_is_deleted(yard: Yard, keypad: Keypad) -> None:
    id = keypad.card()
    change = meanwhile(lambda: yard.ask("access.update_card", {"name": "Spare"}, id=id))
    with upset("TransactWriteItems", change):
        assert yard.ask("access.delete_card", id=id).status == 204
    assert not keypad.opens("nfc", "04:A3:5B:1C")


def test_the_card_of_a_guest_is_a_card_too(yard: Yard, keypad: Keypad) -> None:
    guest = keypad.guest(access_type="NFC", nfc_uid="04:A3:5B:1C")
    assert yard.ask("access.delete_card", id=guest["id"]).status == 204
    assert yard.ask("access.show_guest", id=guest["id"]).json == CODE_NOT_FOUND
