"""A right that ended opens nothing, whichever codes were made with it; nor does anything of a lock that is no more."""

from collections.abc import Callable
from typing import Any

import pytest

from ..locks.yard import Yard
from ..world import at_once, meanwhile, upset
from .keypad import Keypad, denied

UID = "04:A3:5B:1C"
INVALID = {"pin": "Invalid PIN code", "nfc": "Invalid NFC card", "qr": "Invalid QR code"}
End = Callable[[Yard], object]


def code(keypad: Keypad, kind: str, by: str = "owner", **told: Any) -> str:
    """A code of this kind that `by` made."""
    if kind == "pin":
        keypad.pin("482913", by=by, **told)
        return "482913"
    if kind == "nfc":
        keypad.card(UID, by=by, **told)
        return UID
    return str(keypad.qr(by=by, is_single_use=False)["code"])


def unshare(name: str) -> End:
    return lambda yard: yard.ask("unshare", id=yard.shares[name])


of_every_kind = pytest.mark.parametrize("kind", INVALID)


@of_every_kind
def test_what_an_admin_made_opens_as_long_as_he_is_one(yard: Yard, keypad: Keypad, kind: str) -> None:
    made = code(keypad, kind, "admin")
    assert keypad.opens(kind, made)
    unshare("admin")(yard)
    assert keypad.again(kind, made).json == denied(INVALID[kind])
    assert keypad.tries[-1] == (kind, False, "unknown")


def test_nor_do_his_guests_come_in(yard: Yard, keypad: Keypad) -> None:
    pin = keypad.guest(by="admin")["generated_pin"]
    keypad.guest(by="admin", access_type="NFC", nfc_uid=UID)
    assert keypad.opens("pin", pin)
    unshare("admin")(yard)
    assert not keypad.opens("pin", pin)
    assert not keypad.opens("nfc", UID)


def test_nor_who_scans_his_code(yard: Yard, keypad: Keypad) -> None:
    made = keypad.qr(by="admin")
    unshare("admin")(yard)
    answer = yard.ask("access.scan_qr", {"code": made["code"]}, id=made["id"], by="member")
    assert answer.json == {"valid": False, "reason": "invalid code"}
    assert yard.published == []


def test_an_admin_who_is_a_member_now_has_no_codes_open(yard: Yard, keypad: Keypad) -> None:
    made = code(keypad, "pin", "admin")
    unshare("admin")(yard)
    assert yard.ask("share", {"email": "admin@example.com", "role": "MEMBER"}).status == 201
    assert not keypad.opens("pin", made)


@pytest.mark.parametrize(("after", "opened"), [(58, True), (59, False)])
def test_codes_end_with_the_time_of_their_makers_share(yard: Yard, keypad: Keypad, after: int, opened: bool) -> None:
    told = {"email": "stranger@example.com", "role": "ADMIN", "expires_at": "2026-01-05T12:01:00Z"}
    yard.ask("share", told)
    made = code(keypad, "pin", "stranger")
    yard.clock.move(seconds=after)
    assert keypad.opens("pin", made) is opened


@pytest.mark.parametrize("kind", ["pin", "nfc"])
def test_what_is_for_a_user_opens_as_long_as_he_shares_the_lock(yard: Yard, keypad: Keypad, kind: str) -> None:
    made = code(keypad, kind, user=yard.people["viewer"])
    assert keypad.opens(kind, made), "seeing it is enough"
    unshare("viewer")(yard)
    assert keypad.again(kind, made).json == denied(INVALID[kind])


def test_what_is_for_somebody_who_never_shared_it_hangs_on_its_maker_alone(yard: Yard, keypad: Keypad) -> None:
    for pin, person in (("1111", "stranger"), ("2222", "former"), ("3333", "owner")):
        keypad.pin(pin, user=yard.people[person])
        assert keypad.opens("pin", pin)
    yard.ask("unshare", id=yard.shares["former"])
    assert [keypad.opens("pin", pin) for pin in ("1111", "2222", "3333")] == [True] * 3


def test_what_an_admin_made_for_a_member_hangs_on_both(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("1111", by="admin", user=yard.people["member"])
    keypad.pin("2222", by="admin", user=yard.people["member"])
    keypad.pin("3333", by="owner", user=yard.people["admin"])
    keypad.pin("4444", by="admin", user=yard.people["admin"])
    assert keypad.opens("pin", "1111")
    unshare("member")(yard)
    assert not keypad.opens("pin", "1111")
    assert [keypad.opens("pin", pin) for pin in ("3333", "4444")] == [True, True]
    unshare("admin")(yard)
    assert [keypad.opens("pin", pin) for pin in ("2222", "3333", "4444")] == [False] * 3


def test_of_the_same_digits_those_that_still_stand_open(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913", by="admin", name="His")
    keypad.pin("482913", name="Ours")
    unshare("admin")(yard)
    assert keypad.show("pin", "482913").json["pin_info"]["name"] == "Ours"


# While it is tried

ENDS: dict[str, tuple[str, End]] = {
    "its maker's share": ("admin", unshare("admin")),
    "its user's share": ("owner", unshare("member")),
    "its maker's role": (
        "admin",
        lambda yard: (unshare("admin")(yard), yard.ask("share", {"email": "admin@example.com", "role": "MEMBER"})),
    ),
}


@pytest.mark.parametrize("ended", ENDS)
@of_every_kind
def test_a_right_that_ends_while_a_code_is_tried_opens_nothing(
    yard: Yard, keypad: Keypad, kind: str, ended: str
) -> None:
    """After the code was found good, and before the opening is kept."""
    by, end = ENDS[ended]
    if kind == "qr" and by == "owner":
        return
    made = code(keypad, kind, by, **({} if kind == "qr" else {"user": yard.people["member"]}))
    with upset("TransactWriteItems", meanwhile(lambda: end(yard))):
        answer = keypad.show(kind, made)
    assert (answer.status, answer.json) == (401, denied(INVALID[kind]))
    assert [told[1] for told in keypad.tries] == [False]
    assert "admitted_by" not in yard.thing or yard.thing["admitted_by"] == ""


def test_both_at_the_same_moment_it_opens_before_or_not_at_all(yard: Yard, keypad: Keypad) -> None:
    made = code(keypad, "pin", "admin")
    shown, ended = at_once([lambda: keypad.show("pin", made), lambda: unshare("admin")(yard)])
    assert getattr(ended, "status", 0) == 204
    assert getattr(shown, "status", 0) in (200, 401)
    assert not keypad.opens("pin", made)


# Locks that are no more


@of_every_kind
@pytest.mark.parametrize("followed", [True, False], ids=["forgotten", "just deleted"])
def test_the_next_owner_of_the_same_hardware_has_none_of_the_codes(
    yard: Yard, keypad: Keypad, kind: str, followed: bool
) -> None:
    made = code(keypad, kind)
    yard.follow()
    yard.ask("delete")
    if followed:
        yard.follow()
    yard.registered = yard.register(by="stranger").json["data"]
    assert keypad.again(kind, made).json == denied(INVALID[kind])
    door = {"pin": "list_pins", "nfc": "list_cards", "qr": "list_qr"}[kind]
    assert yard.ask(f"access.{door}", by="stranger").json["count"] == 0


def test_of_a_deleted_lock_no_code_is_kept(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913")
    keypad.card(UID)
    keypad.qr()
    keypad.guest(guest_phone="+998901234567", guest_email="aziza@example.com")
    keypad.guest(access_type="NFC", nfc_uid="04:A3:5B:1D")
    yard.follow()
    yard.ask("delete")
    for _ in range(2):
        yard.followed.clear()
        yard.follow("retire")
    kept = [row["sk"].partition("#")[0] for row in yard.rows() if row["pk"].startswith(("DEVICE#", "CODE#", "CARD#"))]
    assert not {"PIN", "NFC", "QR", "CODE", "CARD"} & set(kept)
    assert keypad.mentions("Aziza", "+998901234567", "aziza@example.com") == []


@pytest.mark.parametrize("role", ["ADMIN", "MEMBER"])
def test_a_share_that_is_given_anew_brings_no_code_back(yard: Yard, keypad: Keypad, role: str) -> None:
    keypad.pin("1111", by="admin")
    keypad.pin("2222", user=yard.people["member"])
    for name in ("admin", "member"):
        assert yard.ask("unshare", id=yard.shares[name]).status == 204
        assert yard.ask("share", {"email": f"{name}@example.com", "role": role}).status == 201
    assert [keypad.opens("pin", code) for code in ("1111", "2222")] == [False, False]
    assert [told["is_valid"] for told in yard.data("access.list_pins")] == [False, False]
