from ..locks.yard import Yard
from .keypad import CODE_NOT_FOUND, Keypad


def test_a_pin_is_shown_without_its_digits_and_without_a_wrapper(yard: Yard, keypad: Keypad) -> None:
    made = keypad.make("create_pin", {"pin_code": "482913", "name": "Cleaner", "user": yard.people["member"]})
    keypad.show("pin", "482913")
    answer = yard.ask("access.show_pin", id=made["id"])
    assert (answer.status, answer.json) == (200, made | {"usage_count": 1})
    assert not {"success", "data", "pin_code"} & set(answer.json)


def test_that_of_a_guest_is_a_pin_too(yard: Yard, keypad: Keypad) -> None:
    guest = keypad.guest(pin_code="482913")
    assert yard.ask("access.show_pin", id=guest["id"]).json["name"] == "Aziza"


def test_a_card_or_a_qr_code_is_no_pin(yard: Yard, keypad: Keypad) -> None:
    for id in (keypad.card(), keypad.qr()["id"]):
        assert yard.ask("access.show_pin", id=id).json == CODE_NOT_FOUND


def test_it_says_whether_it_would_open_now(yard: Yard, keypad: Keypad) -> None:
    """Its time, its use, the day where the lock is, and the right of whoever made it."""
    over = keypad.pin("1111", valid_until="2026-01-05T12:00:01Z")
    used = keypad.pin("2222", max_usage=1)
    tuesdays = keypad.pin("3333", allowed_days=["tue"])
    admins = keypad.pin("4444", by="admin")
    members = keypad.pin("5555", user=yard.people["member"])
    ids = (over, used, tuesdays, admins, members)

    def valid() -> list[bool]:
        return [yard.ask("access.show_pin", id=id).json["is_valid"] for id in ids]

    assert valid() == [True, True, False, True, True]
    assert keypad.opens("pin", "2222")
    assert valid() == [False, False, False, True, True]
    for person in ("admin", "member"):
        yard.ask("unshare", id=yard.shares[person])
    assert valid() == [False, False, False, False, False]
    yard.clock.move(hours=7)  # it is Tuesday in Tashkent
    assert valid() == [False, False, True, False, False]
    listed = {row["id"]: row["is_valid"] for row in yard.ask("access.list_pins").json["data"]}
    assert [listed[id] for id in ids] == [False, False, True, False, False]
