"""Deleting a PIN; what holds for all kinds is tried with it."""

from ..locks.yard import NOT_YOURS, Yard
from ..world import at_once, meanwhile, upset
from .keypad import CODE_NOT_FOUND, Keypad, denied


def test_a_pin_is_deleted_and_opens_nothing(yard: Yard, keypad: Keypad) -> None:
    id = keypad.pin("482913")
    answer = yard.ask("access.delete_pin", id=id)
    assert (answer.status, answer.text) == (204, "")
    assert keypad.show("pin", "482913").json == denied("Invalid PIN code")
    assert yard.ask("access.show_pin", id=id).json == CODE_NOT_FOUND
    assert yard.ask("access.delete_pin", id=id).json == CODE_NOT_FOUND
    assert yard.ask("access.list_pins").json == {"success": True, "count": 0, "data": []}
    assert yard.rows("CODE#") == yard.rows(f"DEVICE#{yard.id} PIN#") == []


def test_what_is_no_pin_stays(yard: Yard, keypad: Keypad) -> None:
    for id in (keypad.card(), keypad.qr()["id"]):
        assert yard.ask("access.delete_pin", id=id).json == CODE_NOT_FOUND
    assert keypad.opens("nfc", "04:A3:5B:1C")


def test_its_name_in_the_record_stays(yard: Yard, keypad: Keypad) -> None:
    id = keypad.pin("482913")
    keypad.show("pin", "482913")
    yard.ask("access.delete_pin", id=id)
    [told] = yard.ask("access.logs").json["results"]
    assert (told["name"], told["code"]) == ("Cleaner", id)


def test_of_many_at_once_one_deletes_it(yard: Yard, keypad: Keypad) -> None:
    id = keypad.pin()
    answers = at_once([lambda: yard.ask("access.delete_pin", id=id)] * 5)
    assert sorted(answer.status for answer in answers) == [204] + [404] * 4


def test_who_loses_his_share_meanwhile_deletes_nothing(yard: Yard, keypad: Keypad) -> None:
    id = keypad.pin("482913")
    with upset("TransactWriteItems", meanwhile(lambda: yard.ask("unshare", id=yard.shares["admin"]))):
        assert yard.ask("access.delete_pin", id=id, by="admin").json == NOT_YOURS
    assert keypad.opens("pin", "482913")


def test_a_pin_that_is_deleted_while_it_is_tried_opens_before_or_not_at_all(yard: Yard, keypad: Keypad) -> None:
    id = keypad.pin("482913")
    with upset("TransactWriteItems", meanwhile(lambda: yard.ask("access.delete_pin", id=id))):
        assert keypad.show("pin", "482913").json == denied("Invalid PIN code")
    assert keypad.tries == [("pin", False, "unknown")]
