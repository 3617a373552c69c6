"""Guests: a PIN or a card for a time. A PIN that is made here is told once, and told anew where that was lost."""

from typing import Any

import pytest

from ..locks.yard import NOT_FOUND, NOT_YOURS, Yard, invalid
from ..rows import unchanged
from ..world import Killed, at_once, killed_after, meanwhile, upset
from .keypad import GUEST, Keypad


def create(yard: Yard, *, by: str = "owner", key: str = "", **told: Any) -> Any:
    return yard.ask("access.create_guest", GUEST | told, by=by, key=key)


def test_a_guest_gets_a_pin(yard: Yard, keypad: Keypad) -> None:
    answer = create(yard, guest_email="aziza@example.com", guest_phone="+998 90 123 45 67", max_usage=3)
    assert (answer.status, answer.json["success"], answer.json["message"]) == (
        201,
        True,
        "Guest access created successfully",
    )
    told = answer.json["data"]
    assert told == {
        "id": told["id"],
        "device": yard.id,
        "device_name": "Front door",
        "guest_name": "Aziza",
        "guest_email": "aziza@example.com",
        "guest_phone": "+998 90 123 45 67",
        "access_type": "PIN",
        "nfc_uid": None,
        "generated_pin": told["generated_pin"],
        "valid_from": "2026-01-05T12:00:00.000Z",
        "valid_until": "2026-01-06T12:00:00.000Z",
        "usage_count": 0,
        "max_usage": 3,
        "allowed_days": [],
        "allowed_hours": None,
        "is_active": True,
        "is_valid": True,
        "created_at": "2026-01-05T12:00:00.000Z",
    }
    assert (len(told["generated_pin"]), told["generated_pin"].isdecimal()) == (6, True)
    assert keypad.opens("pin", told["generated_pin"])


def test_a_pin_of_ones_choice_is_not_told_again(yard: Yard, keypad: Keypad) -> None:
    for more in ({}, {"auto_generate_pin": False}, {"auto_generate_pin": True}):
        assert keypad.guest(pin_code="73915524", **more)["generated_pin"] is None
    assert keypad.opens("pin", "73915524")


def test_a_guest_gets_a_card_whose_number_is_masked(yard: Yard, keypad: Keypad) -> None:
    told = keypad.guest(access_type="NFC", nfc_uid="04:a3:5b:1c", auto_generate_pin=False)
    assert (told["access_type"], told["nfc_uid"], told["generated_pin"]) == ("NFC", "****5B:1C", None)
    assert keypad.opens("nfc", "04A35B1C")


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        (
            {"auto_generate_pin": False},
            {"pin_code": "Give a pin_code, or let one be generated: auto_generate_pin."},
        ),
        ({"access_type": "NFC"}, {"nfc_uid": "This field is required."}),
        ({"pin_code": "abcd"}, {"pin_code": "A PIN is 4 to 8 digits."}),
        ({"valid_until": GUEST["valid_from"]}, {"errors": "valid_until must be after valid_from."}),
        ({"valid_until": "2026-01-05T11:59:59Z"}, {"errors": "valid_until must be after valid_from."}),
        ({"valid_until": None}, {"valid_until": "This field may not be null."}),
        ({"guest_name": None}, {"guest_name": "This field may not be null."}),
    ],
    ids=str,
)
def test_what_will_not_do_is_refused_by_its_field(yard: Yard, told: Any, fields: Any) -> None:
    with unchanged(yard.aws):
        answer = create(yard, **told)
    assert (answer.status, answer.json) == (400, invalid(**fields))


def test_what_a_guest_needs(yard: Yard) -> None:
    answer = yard.ask("access.create_guest", {"pin_code": "482913", "name": "Cleaner"})
    assert sorted(answer.json["error"]["fields"]) == ["access_type", "guest_name", "valid_from", "valid_until"]


def test_a_guest_comes_in_his_time_alone(yard: Yard, keypad: Keypad) -> None:
    keypad.guest(pin_code="482913", valid_from="2026-01-05T12:10:00Z", valid_until="2026-01-05T12:20:00Z")
    opened = []
    for _ in range(5):
        opened.append(keypad.opens("pin", "482913"))
        yard.clock.move(minutes=5)
    assert opened == [False, False, True, True, False]


@pytest.mark.parametrize("by", ["member", "viewer", "stranger", "boss"])
def test_who_may_not_learns_nothing_of_his_body(yard: Yard, by: str) -> None:
    assert yard.ask("access.create_guest", {"access_type": "?"}, by=by).json == NOT_YOURS


# What was told once


def test_neither_pin_nor_qr_code_stands_anywhere(yard: Yard, keypad: Keypad, caplog: pytest.LogCaptureFixture) -> None:
    """Also not in the answers that are kept for those who ask again."""
    pin = create(yard, key="k-1").json["data"]["generated_pin"]
    code = yard.ask("access.create_qr", {"device": yard.id}, key="k-2").json["data"]["code"]
    keypad.show("pin", pin)
    keypad.again("qr", code)
    yard.ask("access.list_guests")
    yard.ask("access.list_qr")
    logged = "\n".join(str(vars(record)) for record in caplog.records)
    seal = code.rpartition(".")[2]
    assert keypad.mentions(seal) == []
    assert keypad.mentions(f"'{pin}", f'"{pin}', f" {pin}") == []
    assert seal not in logged
    assert f"'{pin}'" not in logged


def test_the_same_key_tells_the_same_guest_and_pin(yard: Yard, keypad: Keypad) -> None:
    first, second = create(yard, key="k-1"), create(yard, key="k-1")
    assert second.json == first.json
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len(yard.rows("CODE#")) == 1


def test_a_pin_whose_answer_was_lost_gives_way_to_another(yard: Yard, keypad: Keypad) -> None:
    """Whoever died may have told it: the guest is the same, and the first PIN opens nothing any more."""
    told: list[str] = []

    def killed_while_keeping(call: Any) -> None:
        told.extend(row["sk"] for row in yard.rows(f"DEVICE#{yard.id} PIN#"))
        raise Killed

    with upset("PutItem", killed_while_keeping, after=1), pytest.raises(Killed):
        create(yard, key="k-1")
    yard.clock.move(seconds=30)
    guest = create(yard, key="k-1").json["data"]
    [row] = yard.rows(f"DEVICE#{yard.id} PIN#")
    assert [row["sk"]] != told
    assert row["id"] == guest["id"] in told[0]
    assert len(yard.rows("CODE#")) == 1
    assert keypad.opens("pin", guest["generated_pin"])
    assert yard.ask("access.show_guest", id=guest["id"]).json["data"]["usage_count"] == 1


def test_a_pin_of_ones_choice_stays_as_it_was_when_the_answer_was_lost(yard: Yard, keypad: Keypad) -> None:
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        create(yard, key="k-1", pin_code="482913")
    assert keypad.opens("pin", "482913")
    yard.clock.move(seconds=30)
    assert create(yard, key="k-1", pin_code="482913").json["data"]["usage_count"] == 1


def test_of_ten_at_once_under_one_key_one_pin_opens(yard: Yard, keypad: Keypad) -> None:
    answers = at_once([lambda: create(yard, key="k-1")] * 10)
    pins = {answer.json["data"]["generated_pin"] for answer in answers if answer.status == 201}
    assert {answer.status for answer in answers} <= {201, 409}
    assert len(yard.rows(f"DEVICE#{yard.id} PIN#")) == len(pins) == 1


def test_a_lock_that_is_deleted_while_the_key_comes_again_gets_no_pin(yard: Yard, keypad: Keypad) -> None:
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        create(yard, key="k-1")
    yard.clock.move(seconds=30)

    def delete() -> None:
        yard.ask("delete")
        yard.follow()

    with upset("TransactWriteItems", meanwhile(delete), after=1):
        answer = create(yard, key="k-1")
    assert (answer.status, answer.json) == (404, NOT_FOUND)
    assert yard.rows(f"DEVICE#{yard.id} PIN#") == yard.rows("CODE#") == [], "nothing of a guest stays"


def test_nor_somebody_whose_share_ends_while_his_key_comes_again(yard: Yard, keypad: Keypad) -> None:
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        create(yard, key="k-1", by="admin")
    yard.clock.move(seconds=30)
    with upset("TransactWriteItems", meanwhile(lambda: yard.ask("unshare", id=yard.shares["admin"])), after=1):
        answer = create(yard, key="k-1", by="admin")
    assert (answer.status, answer.json) == (403, NOT_YOURS)


def test_a_guest_who_is_deleted_while_the_key_comes_again_is_made_anew(yard: Yard, keypad: Keypad) -> None:
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        create(yard, key="k-1")
    [guest] = yard.ask("access.list_guests").json["data"]
    yard.clock.move(seconds=30)
    with upset("TransactWriteItems", meanwhile(lambda: yard.ask("access.delete_guest", id=guest["id"])), after=1):
        answer = create(yard, key="k-1")
    assert answer.status == 201
    assert keypad.opens("pin", answer.json["data"]["generated_pin"])
    assert yard.ask("access.delete_guest", id=answer.json["data"]["id"]).status == 204
    assert not keypad.opens("pin", answer.json["data"]["generated_pin"])
