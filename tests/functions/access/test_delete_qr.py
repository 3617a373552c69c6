from ..locks.yard import Yard
from .keypad import CODE_NOT_FOUND, Keypad, denied


def test_a_qr_code_is_deleted_and_opens_nothing(yard: Yard, keypad: Keypad) -> None:
    code = keypad.qr()
    answer = yard.ask("access.delete_qr", id=code["id"])
    assert (answer.status, answer.text) == (204, "")
    assert keypad.show("qr", code["code"]).json == denied("Invalid QR code")
    assert yard.ask("access.scan_qr", {"code": code["code"]}, id=code["id"]).json == CODE_NOT_FOUND
    assert yard.ask("access.delete_qr", id=code["id"]).json == CODE_NOT_FOUND
    assert yard.rows("CODE#") == []


def test_what_is_no_qr_code_stays(yard: Yard, keypad: Keypad) -> None:
    for id in (keypad.pin("482913"), keypad.card(), keypad.guest()["id"]):
        assert yard.ask("access.delete_qr", id=id).json == CODE_NOT_FOUND
    assert keypad.opens("pin", "482913")
