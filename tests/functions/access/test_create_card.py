"""Cards as they are made: one lock's alone, whatever their number looks like, until that lock is no more."""

from typing import Any

import pytest

from ..locks.yard import NOT_FOUND, NOT_YOURS, Yard, invalid
from ..rows import unchanged
from ..world import Killed, at_once, killed_after, meanwhile, upset
from .keypad import GUEST, NOBODYS, Keypad

UID = "04:A3:5B:1C"
CARD = {"uid": UID, "name": "Office card"}
TAKEN = "NFC card with this uid already exists."
BAD_UID = "A card's UID is 8 to 23 hexadecimal digits and colons."


def create(yard: Yard, *, by: str = "owner", id: str = "", key: str = "", **told: Any) -> Any:
    return yard.ask("access.create_card", CARD | told, by=by, id=id or yard.id, key=key)


def test_a_card_is_made(yard: Yard, keypad: Keypad) -> None:
    answer = create(yard, uid="04:a3:5b:1c", user=yard.people["member"], max_usage=2)
    assert (answer.status, answer.json["success"], answer.json["message"]) == (
        201,
        True,
        "NFC card created successfully",
    )
    told = answer.json["data"]
    assert told == {
        "id": told["id"],
        "device": yard.id,
        "device_name": "Front door",
        "user": yard.people["member"],
        "user_email": "member@example.com",
        "uid": UID,
        "name": "Office card",
        "valid_from": "2026-01-05T12:00:00.000Z",
        "valid_until": None,
        "usage_count": 0,
        "max_usage": 2,
        "allowed_days": [],
        "allowed_hours": None,
        "is_active": True,
        "is_valid": True,
        "created_at": "2026-01-05T12:00:00.000Z",
    }
    assert keypad.opens("nfc", UID)


def test_of_a_stranger_whom_it_is_for_no_address_is_told(yard: Yard) -> None:
    told = create(yard, user=yard.people["stranger"]).json["data"]
    assert (told["user"], told["user_email"]) == (yard.people["stranger"], None)


@pytest.mark.parametrize("uid", ["04A35B1C", "A" * 23, "04:A3:5B:1C:22:33:44:55", "aa:bb:cc"])
def test_what_reads_like_a_card_is_one(yard: Yard, keypad: Keypad, uid: str) -> None:
    assert create(yard, uid=uid).json["data"]["uid"] == uid.upper()
    assert keypad.opens("nfc", uid)


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({"uid": "04A35B1"}, {"uid": BAD_UID}),
        ({"uid": "A" * 24}, {"uid": BAD_UID}),
        ({"uid": "04:A3:5B:1G"}, {"uid": BAD_UID}),
        ({"uid": "::::::::"}, {"uid": BAD_UID}),
        ({"uid": None}, {"uid": "This field may not be null."}),
        ({"name": " "}, {"name": "This field may not be blank."}),
        ({"user": NOBODYS}, {"user": "There is no account with this id."}),
        (
            {"valid_from": "2026-01-06T00:00:00Z", "valid_until": "2026-01-05T00:00:00Z"},
            {"errors": "valid_until must be after valid_from."},
        ),
    ],
    ids=str,
)
def test_what_will_not_do_is_refused_by_its_field(yard: Yard, told: Any, fields: Any) -> None:
    with unchanged(yard.aws):
        answer = create(yard, **told)
    assert (answer.status, answer.json) == (400, invalid(**fields))


@pytest.mark.parametrize("uid", [UID, "04:a3:5b:1c", "04A35B1C", "04a3:5b1c"])
@pytest.mark.parametrize("by", ["owner", "stranger"])
def test_no_lock_takes_a_card_that_another_has(yard: Yard, keypad: Keypad, uid: str, by: str) -> None:
    keypad.card(UID)
    id = yard.id if by == "owner" else yard.register("LOCK-002", by=by).json["data"]["id"]
    with unchanged(yard.aws):
        answer = create(yard, uid=uid, by=by, id=id)
    assert (answer.status, answer.json) == (400, invalid(uid=TAKEN))


def test_nor_for_a_guest(yard: Yard, keypad: Keypad) -> None:
    keypad.card(UID)
    with unchanged(yard.aws):
        answer = yard.ask("access.create_guest", GUEST | {"access_type": "NFC", "nfc_uid": UID})
    assert answer.json == invalid(nfc_uid=TAKEN)


def test_a_card_that_was_deleted_is_free(yard: Yard, keypad: Keypad) -> None:
    yard.ask("access.delete_card", id=keypad.card())
    keypad.card()
    assert keypad.opens("nfc", UID)


@pytest.mark.parametrize("followed", [True, False], ids=["forgotten", "just deleted"])
def test_the_card_of_a_lock_that_was_deleted_is_free(yard: Yard, keypad: Keypad, followed: bool) -> None:
    keypad.card()
    other = yard.register("LOCK-002", by="stranger").json["data"]["id"]
    yard.follow()
    yard.ask("delete")
    if followed:
        yard.follow()
    assert create(yard, by="stranger", id=other).status == 201
    yard.follow()
    assert create(yard, by="stranger", id=other).json == invalid(uid=TAKEN), "it is the new one's still"
    assert yard.rows(f"DEVICE#{yard.id} NFC#") == [], "and the old one is forgotten"


def test_of_many_at_once_one_has_it(yard: Yard, keypad: Keypad) -> None:
    other = yard.register("LOCK-002", by="stranger").json["data"]["id"]
    acts = [lambda: create(yard), lambda: create(yard, by="stranger", id=other)] * 5
    assert sorted(answer.status for answer in at_once(acts)) == [201] + [400] * 9
    assert len(yard.rows("CARD#")) == len(yard.rows("CODE#")) == 1


def test_the_same_key_makes_one_card(yard: Yard) -> None:
    first, second = (create(yard, key="k-1") for _ in range(2))
    assert (second.status, second.json) == (201, first.json)
    assert create(yard).status == 400


def test_a_crash_before_the_answer_was_kept_makes_no_second_card(yard: Yard, keypad: Keypad) -> None:
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        create(yard, key="k-1")
    yard.clock.move(seconds=30)
    assert create(yard, key="k-1").status == 201
    assert len(yard.rows("CODE#")) == 1


def test_a_lock_that_is_deleted_meanwhile_gets_none(yard: Yard) -> None:
    with upset("TransactWriteItems", meanwhile(lambda: yard.ask("delete"))):
        assert create(yard).json == NOT_FOUND
    assert yard.rows("CARD#") == yard.rows("CODE#") == []


def test_a_share_that_ends_meanwhile_makes_none(yard: Yard) -> None:
    with upset("TransactWriteItems", meanwhile(lambda: yard.ask("unshare", id=yard.shares["admin"]))):
        assert create(yard, by="admin").json == NOT_YOURS
    assert yard.rows("CARD#") == []
