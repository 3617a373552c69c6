"""QR codes as they are made: what one says is told to who may manage the lock, and kept by nobody."""

from typing import Any
from urllib.parse import unquote

import pytest

from ..locks.yard import NOT_FOUND, NOT_YOURS, Yard, invalid
from ..rows import unchanged
from ..world import Killed, killed_after, meanwhile, upset
from .keypad import NOBODYS, Keypad


def create(yard: Yard, *, by: str = "owner", key: str = "", **told: Any) -> Any:
    return yard.ask("access.create_qr", {"device": yard.id, **told}, by=by, key=key)


def test_a_qr_code_is_made_with_its_picture(yard: Yard, keypad: Keypad) -> None:
    answer = create(yard, name="Courier")
    assert (answer.status, answer.json["success"], answer.json["message"]) == (
        201,
        True,
        "QR code created successfully",
    )
    told = answer.json["data"]
    assert told == {
        "id": told["id"],
        "device": yard.id,
        "device_name": "Front door",
        "name": "Courier",
        "is_single_use": True,
        "code": told["code"],
        "qr_image": told["qr_image"],
        "valid_from": "2026-01-05T12:00:00.000Z",
        "valid_until": "2026-01-06T12:00:00.000Z",
        "usage_count": 0,
        "max_usage": 1,
        "allowed_days": [],
        "allowed_hours": None,
        "is_active": True,
        "is_valid": True,
        "created_at": "2026-01-05T12:00:00.000Z",
    }
    assert told["qr_image"].startswith("data:image/svg+xml")
    assert "<svg" in unquote(told["qr_image"])
    assert keypad.opens("qr", told["code"])


def test_it_may_open_more_than_once(yard: Yard, keypad: Keypad) -> None:
    told = keypad.qr(is_single_use=False)
    assert (told["is_single_use"], told["max_usage"]) == (False, None)
    assert [keypad.opens("qr", told["code"]) for _ in range(3)] == [True] * 3


def test_a_single_use_code_opens_once(yard: Yard, keypad: Keypad) -> None:
    code = keypad.qr()["code"]
    assert [keypad.opens("qr", code) for _ in range(3)] == [True, False, False]


def test_two_codes_say_different_things(yard: Yard, keypad: Keypad) -> None:
    first, second = keypad.qr(), keypad.qr()
    assert first["code"] != second["code"]
    assert first["qr_image"] != second["qr_image"]


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({"device": None}, {"device": "This field may not be null."}),
        ({"device": "LOCK-001"}, {"device": "Must be a valid UUID."}),
        ({"name": ""}, {"name": "This field may not be blank."}),
        ({"is_single_use": "perhaps"}, {"is_single_use": "Must be a valid boolean."}),
        ({"valid_until": "2026-01-05T12:00:00Z"}, {"valid_until": "valid_until must lie ahead."}),
        (
            {"valid_from": "2026-01-07T00:00:00Z", "valid_until": "2026-01-07T00:00:00Z"},
            {"errors": "valid_until must be after valid_from."},
        ),
    ],
    ids=str,
)
def test_what_will_not_do_is_refused_by_its_field(yard: Yard, told: Any, fields: Any) -> None:
    with unchanged(yard.aws):
        answer = create(yard, **told)
    assert (answer.status, answer.json) == (400, invalid(**fields))


def test_it_needs_a_lock(yard: Yard) -> None:
    assert yard.ask("access.create_qr", {}).json == invalid(device="This field is required.")
    assert create(yard, device=NOBODYS).json == NOT_FOUND


@pytest.mark.parametrize("by", ["member", "viewer", "former", "stranger", "manager", "boss"])
def test_who_may_not_makes_none(yard: Yard, by: str) -> None:
    with unchanged(yard.aws):
        assert create(yard, by=by).json == NOT_YOURS


def test_the_same_key_makes_one_code_whoever_died(yard: Yard, keypad: Keypad) -> None:
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        create(yard, key="k-1")
    yard.clock.move(seconds=30)
    first, second = create(yard, key="k-1"), create(yard, key="k-1")
    assert second.json == first.json
    assert len(yard.rows("CODE#")) == 1
    assert [keypad.opens("qr", first.json["data"]["code"]) for _ in range(2)] == [True, False]


def test_a_lock_that_is_deleted_meanwhile_gets_none(yard: Yard) -> None:
    with upset("TransactWriteItems", meanwhile(lambda: yard.ask("delete"))):
        assert create(yard).json == NOT_FOUND
    assert yard.rows("CODE#") == []
