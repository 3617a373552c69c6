"""Every hour the codes of guests whose time is over are put out of use; they open nothing since it was."""

import pytest

from ..locks.yard import Yard
from ..rows import unchanged
from ..world import Killed, killed_after, meanwhile, upset
from .keypad import Keypad


def active(yard: Yard) -> dict[str, bool]:
    return {guest["guest_name"]: guest["is_active"] for guest in yard.ask("access.list_guests").json["data"]}


def test_whose_time_is_over_is_active_no_more(yard: Yard, keypad: Keypad) -> None:
    keypad.guest(guest_name="Over", pin_code="1111", valid_until="2026-01-05T13:00:00Z")
    keypad.guest(guest_name="Card", access_type="NFC", nfc_uid="04:A3:5B:1C", valid_until="2026-01-05T13:00:00Z")
    keypad.guest(guest_name="Here", pin_code="2222", valid_until="2026-01-05T13:00:00.001Z")
    keypad.guest(guest_name="Ahead", valid_from="2026-01-07T00:00:00Z", valid_until="2026-01-08T00:00:00Z")
    yard.clock.move(hours=1)
    yard.tick("access.end_guests")
    assert active(yard) == {"Over": False, "Card": False, "Here": True, "Ahead": True}
    [kept] = [guest for guest in yard.data("show")["active_guests"] if guest["name"] == "Here"]
    assert kept["access_type"] == "PIN"
    assert not keypad.opens("pin", "1111")


def test_other_codes_whose_time_is_over_stay_as_they_are(yard: Yard, keypad: Keypad) -> None:
    id = keypad.pin(valid_until="2026-01-05T13:00:00Z")
    yard.clock.move(hours=2)
    yard.tick("access.end_guests")
    assert yard.ask("access.show_pin", id=id).json["is_active"] is True


def test_an_hour_later_nothing_is_left_to_do(yard: Yard, keypad: Keypad) -> None:
    keypad.guest()
    yard.clock.move(days=2)
    yard.tick("access.end_guests")
    yard.clock.move(hours=1)
    with unchanged(yard.aws):
        yard.tick("access.end_guests")


def test_who_got_more_time_meanwhile_keeps_it(yard: Yard, keypad: Keypad) -> None:
    id = keypad.guest(access_type="NFC", nfc_uid="04:A3:5B:1C")["id"]
    yard.clock.move(days=2)
    more = meanwhile(lambda: yard.ask("access.update_card", {"valid_until": "2026-02-01T00:00:00Z"}, id=id))
    with upset("TransactWriteItems", more, own=True):
        yard.tick("access.end_guests")
    assert active(yard) == {"Aziza": True}
    assert keypad.opens("nfc", "04:A3:5B:1C")


def test_who_is_deleted_meanwhile_is_gone(yard: Yard, keypad: Keypad) -> None:
    id = keypad.guest()["id"]
    yard.clock.move(days=2)
    with upset("TransactWriteItems", meanwhile(lambda: yard.ask("access.delete_guest", id=id)), own=True):
        yard.tick("access.end_guests")
    assert yard.rows(f"DEVICE#{yard.id} PIN#") == []


def test_what_was_cut_off_the_next_hour_does(yard: Yard, keypad: Keypad) -> None:
    for name in ("One", "Two"):
        keypad.guest(guest_name=name)
    yard.clock.move(days=2)
    with upset("TransactWriteItems", killed_after, own=True), pytest.raises(Killed):
        yard.tick("access.end_guests")
    assert sorted(active(yard).values()) == [False, True]
    yard.clock.move(hours=1)
    yard.tick("access.end_guests")
    assert sorted(active(yard).values()) == [False, False]
