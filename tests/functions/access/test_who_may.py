"""Who may do what with the codes of a lock: its owner, and whom he lets manage them; not even staff otherwise."""

from collections.abc import Callable
from typing import Any

import pytest

from infra.events import sample
from kalit.kit.api import Endpoint
from tests.cloud import DOORS, Answer

from ..locks.yard import NOT_FOUND, NOT_YOURS, PEOPLE, Yard
from ..rows import unchanged
from .keypad import CODE_NOT_FOUND, GUEST, NOBODYS, Keypad

MANAGING = ("admin", "owner")
SEEING = ("member", "viewer")  # see the lock, and may not manage its codes
OUTSIDE = ("former", "stranger", "manager", "boss")

# door -> (what a request says, what those who may are answered)
OF_A_LOCK: dict[str, tuple[Any, int]] = {
    "create_pin": ({"pin_code": "482913", "name": "Cleaner"}, 201),
    "create_card": ({"uid": "04:A3:5B:1C", "name": "Card"}, 201),
    "create_guest": (GUEST, 201),
    "list_pins": (None, 200),
    "list_cards": (None, 200),
    "list_guests": (None, 200),
}
Make = Callable[[Keypad], str]


def _pin(keypad: Keypad) -> str:
    return keypad.pin()


def _card(keypad: Keypad) -> str:
    return keypad.card()


def _guest(keypad: Keypad) -> str:
    return str(keypad.guest()["id"])


def _qr(keypad: Keypad) -> str:
    return str(keypad.qr()["id"])


OF_A_CODE: dict[str, tuple[Make, Any, int]] = {
    "show_pin": (_pin, None, 200),
    "show_card": (_card, None, 200),
    "show_guest": (_guest, None, 200),
    "show_qr": (_qr, None, 200),
    "update_card": (_card, {"name": "Spare"}, 200),
    "delete_pin": (_pin, None, 204),
    "delete_card": (_card, None, 204),
    "delete_guest": (_guest, None, 204),
    "delete_qr": (_qr, None, 204),
}
of_a_lock = pytest.mark.parametrize("door", OF_A_LOCK)
of_a_code = pytest.mark.parametrize("door", OF_A_CODE)


def about_lock(yard: Yard, door: str, by: str, **told: Any) -> Answer:
    return yard.ask(f"access.{door}", OF_A_LOCK[door][0], by=by, **told)


def about_code(yard: Yard, door: str, id: str, by: str) -> Answer:
    return yard.ask(f"access.{door}", OF_A_CODE[door][1], by=by, id=id)


def test_no_door_is_left_out() -> None:
    """Those about many locks, or about one that the body names, have the same tests beside their own."""
    named = {door.name for door in DOORS.values() if isinstance(door, Endpoint) and door.folder == "access"}
    about_one = {name for name in named if "id" in sample(DOORS[name]).get("pathParameters", {})}
    assert about_one == {f"access.{door}" for door in (*OF_A_LOCK, *OF_A_CODE, "scan_qr")}
    others = {"create_qr", "list_qr", "logs", "recent_logs", "verify_pin", "verify_nfc", "verify_qr"}
    assert named - about_one == {f"access.{door}" for door in others}
    assert {*MANAGING, *SEEING, *OUTSIDE} == set(PEOPLE)


@of_a_lock
def test_whom_a_door_to_the_codes_of_a_lock_lets_in(yard: Yard, keypad: Keypad, door: str) -> None:
    with unchanged(yard.aws):
        for person in (*SEEING, *OUTSIDE):
            answer = about_lock(yard, door, person)
            assert (answer.status, answer.json) == (403, NOT_YOURS), person
        assert about_lock(yard, door, "").status == 401
        for id in (NOBODYS, "LOCK-001"):
            assert about_lock(yard, door, "owner", id=id).status == 404
    for person in MANAGING:
        status = about_lock(yard, door, person).status
        assert status == OF_A_LOCK[door][1] or (door, person) == ("create_card", "owner"), "the admin has it already"


@of_a_code
def test_whom_a_door_to_a_code_lets_in(yard: Yard, keypad: Keypad, door: str) -> None:
    """Who does not even see the lock hears nothing of its codes."""
    make, _, status = OF_A_CODE[door]
    id = make(keypad)
    with unchanged(yard.aws):
        for person in SEEING:
            assert about_code(yard, door, id, person).json == NOT_YOURS, person
        for person in OUTSIDE:
            assert about_code(yard, door, id, person).json == CODE_NOT_FOUND, person
        assert about_code(yard, door, id, "").status == 401
        for other in (NOBODYS, yard.id):
            assert about_code(yard, door, other, "owner").json == CODE_NOT_FOUND
        assert about_code(yard, door, "7", "owner").status == 404
    for person in MANAGING:
        assert about_code(yard, door, id, person).status == status, person
        id = make(keypad) if status == 204 else id


@of_a_lock
def test_a_deleted_lock_is_not_found(yard: Yard, keypad: Keypad, door: str) -> None:
    yard.ask("delete")
    with unchanged(yard.aws):
        for person in ("owner", "admin"):
            assert about_lock(yard, door, person).json == NOT_FOUND


@of_a_code
def test_nor_are_its_codes(yard: Yard, keypad: Keypad, door: str) -> None:
    id = OF_A_CODE[door][0](keypad)
    yard.ask("delete")
    with unchanged(yard.aws):
        for person in ("owner", "admin"):
            assert about_code(yard, door, id, person).json == CODE_NOT_FOUND


def test_who_shares_no_more_is_turned_away_at_once(yard: Yard, keypad: Keypad) -> None:
    codes = {door: OF_A_CODE[door][0](keypad) for door in ("show_pin", "show_qr", "update_card", "delete_guest")}
    assert yard.ask("unshare", id=yard.shares["admin"]).status == 204
    with unchanged(yard.aws):
        for door in OF_A_LOCK:
            assert about_lock(yard, door, "admin").json == NOT_YOURS, door
        for door, id in codes.items():
            assert about_code(yard, door, id, "admin").json == CODE_NOT_FOUND, door


@pytest.mark.parametrize("after", [59, 60])
def test_a_share_ends_with_its_time(yard: Yard, keypad: Keypad, after: int) -> None:
    pin = keypad.pin()
    told = {"email": "stranger@example.com", "role": "ADMIN", "expires_at": "2026-01-05T12:01:00Z"}
    assert yard.ask("share", told).status == 201
    yard.clock.move(seconds=after)
    assert yard.ask("access.list_pins", by="stranger").status == (200 if after < 60 else 403)
    assert yard.ask("access.show_pin", by="stranger", id=pin).status == (200 if after < 60 else 404)


def test_the_codes_of_a_lock_are_shown_with_it_to_who_manages_them(yard: Yard, keypad: Keypad) -> None:
    pin, card = keypad.pin(), keypad.card("04:A3:5B:1C")
    guest = keypad.guest(valid_until="2026-01-05T13:00:00Z")["id"]
    off = keypad.card("04:A3:5B:1D")
    yard.ask("access.update_card", {"is_active": False}, id=off)
    for person, seen in (("owner", True), ("admin", True), ("member", False), ("viewer", False)):
        told = yard.data("show", by=person)
        assert told["active_pins"] == ([{"id": pin, "name": "Cleaner", "valid_until": None}] if seen else [])
        nfc = {"id": card, "name": "Office card", "valid_until": None, "uid": "****5B:1C"}
        assert told["active_nfcs"] == ([nfc] if seen else [])
        until = "2026-01-05T13:00:00.000Z"
        here = {"id": guest, "name": "Aziza", "valid_until": until, "access_type": "PIN"}
        assert told["active_guests"] == ([here] if seen else [])
    yard.clock.move(hours=1)
    assert yard.data("show")["active_guests"] == []
