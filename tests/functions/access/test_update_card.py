"""Changing a card: what is left out stays, what changes counts at once."""

from functools import partial
from typing import Any

import pytest

from ..locks.yard import NOT_YOURS, Yard, invalid
from ..rows import unchanged
from ..world import at_once, meanwhile, upset
from .keypad import CODE_NOT_FOUND, NOBODYS, Keypad

UID = "04:A3:5B:1C"
CONFLICT = {
    "success": False,
    "error": {"message": "This is not possible in the present state.", "code": 409},
}


def change(yard: Yard, id: str, *, by: str = "owner", **told: Any) -> Any:
    return yard.ask("access.update_card", told, by=by, id=id)


def test_what_is_told_is_changed_and_the_answer_has_no_wrapper(yard: Yard, keypad: Keypad) -> None:
    made = keypad.make("create_card", {"uid": UID, "name": "Card", "max_usage": 5, "user": yard.people["member"]})
    yard.clock.move(seconds=1)
    answer = change(
        yard,
        made["id"],
        name="Spare",
        valid_from="2026-01-05T11:00:00Z",
        valid_until="2026-03-01T00:00:00Z",
        max_usage=7,
        allowed_days=["mon"],
        allowed_hours={"start": "08:00", "end": "20:00"},
    )
    assert (answer.status, answer.json) == (
        200,
        made
        | {
            "name": "Spare",
            "valid_from": "2026-01-05T11:00:00.000Z",
            "valid_until": "2026-03-01T00:00:00.000Z",
            "max_usage": 7,
            "allowed_days": ["mon"],
            "allowed_hours": {"start": "08:00:00", "end": "20:00:00"},
        },
    )
    assert yard.data("access.show_card", id=made["id"]) == answer.json


@pytest.mark.parametrize(
    ("name", "value", "after"),
    [
        ("valid_until", None, None),
        ("max_usage", None, None),
        ("allowed_days", [], []),
        ("allowed_hours", None, None),
        ("allowed_hours", {}, None),
        ("is_active", False, False),
    ],
)
def test_what_is_taken_away_alone_is_gone(yard: Yard, keypad: Keypad, name: str, value: Any, after: Any) -> None:
    terms = {"valid_until": "2026-03-01T00:00:00Z", "max_usage": 5, "allowed_days": ["mon"]}
    id = keypad.card(UID, **terms, allowed_hours={"start": "08:00", "end": "20:00"})
    before = yard.data("access.show_card", id=id)
    assert change(yard, id, **{name: value}).json == before | {name: after, "is_valid": name != "is_active"}


def test_nothing_told_changes_nothing(yard: Yard, keypad: Keypad) -> None:
    id = keypad.card(UID)
    before = yard.data("access.show_card", id=id)
    answer = change(yard, id, uid="FFFFFFFF", device=NOBODYS, usage_count=99, user=NOBODYS, created_at="2020-01-01")
    assert (answer.status, answer.json) == (200, before)
    assert keypad.opens("nfc", UID)


def test_a_card_that_is_put_out_of_use_opens_nothing_until_it_is_back(yard: Yard, keypad: Keypad) -> None:
    id = keypad.card(UID)
    opened = []
    for active in (False, True):
        change(yard, id, is_active=active)
        opened.append(keypad.opens("nfc", UID))
    assert opened == [False, True]
    assert keypad.tries[0] == ("nfc", False, "unknown")


def test_its_use_is_kept_and_the_count_may_be_raised(yard: Yard, keypad: Keypad) -> None:
    id = keypad.card(UID, max_usage=1)
    assert [keypad.opens("nfc", UID) for _ in range(2)] == [True, False]
    assert change(yard, id, max_usage=2).json["usage_count"] == 1
    assert [keypad.opens("nfc", UID) for _ in range(2)] == [True, False]


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({"name": ""}, {"name": "This field may not be blank."}),
        ({"name": None}, {"name": "This field may not be null."}),
        ({"valid_from": None}, {"valid_from": "This field may not be null."}),
        ({"is_active": "perhaps"}, {"is_active": "Must be a valid boolean."}),
        ({"allowed_days": ["x"]}, {"allowed_days": '"x" is not a valid choice.'}),
        ({"valid_until": "2026-01-05T12:00:00Z"}, {"errors": "valid_until must be after valid_from."}),
        ({"valid_from": "2026-03-01T00:00:00Z"}, {"errors": "valid_until must be after valid_from."}),
    ],
    ids=str,
)
def test_what_will_not_do_is_refused_by_its_field(yard: Yard, keypad: Keypad, told: Any, fields: Any) -> None:
    id = keypad.card(UID, valid_until="2026-03-01T00:00:00Z")
    with unchanged(yard.aws):
        answer = change(yard, id, **told)
    assert (answer.status, answer.json) == (400, invalid(**fields))


def test_what_is_no_card_is_not_found(yard: Yard, keypad: Keypad) -> None:
    for id in (keypad.pin(), keypad.qr()["id"], NOBODYS):
        with unchanged(yard.aws):
            assert change(yard, id, name="x").json == CODE_NOT_FOUND


def test_who_may_not_learns_nothing_of_his_body(yard: Yard, keypad: Keypad) -> None:
    id = keypad.card(UID)
    assert change(yard, id, by="", name="").status == 401
    assert change(yard, id, by="stranger", name="").json == CODE_NOT_FOUND
    assert change(yard, id, by="member", name="").json == NOT_YOURS


def test_of_two_who_change_it_at_once_none_overwrites_what_he_has_not_seen(yard: Yard, keypad: Keypad) -> None:
    id = keypad.card(UID)
    with upset("TransactWriteItems", meanwhile(lambda: change(yard, id, valid_from="2026-02-01T00:00:00Z"))):
        answer = change(yard, id, valid_until="2026-01-10T00:00:00Z")
    assert (answer.status, answer.json) == (409, CONFLICT)
    shown = yard.data("access.show_card", id=id)
    assert (shown["valid_from"], shown["valid_until"]) == ("2026-02-01T00:00:00.000Z", None)


def test_of_many_at_once_some_are_made_and_the_others_hear_so(yard: Yard, keypad: Keypad) -> None:
    id = keypad.card(UID)
    answers = at_once([partial(change, yard, id, name=f"Card {n}") for n in range(5)])
    assert {answer.status for answer in answers} <= {200, 409}
    assert yard.data("access.show_card", id=id)["name"] in [a.json["name"] for a in answers if a.status == 200]


def test_a_use_meanwhile_is_no_conflict(yard: Yard, keypad: Keypad) -> None:
    id = keypad.card(UID)
    with upset("TransactWriteItems", meanwhile(lambda: keypad.show("nfc", UID))):
        assert change(yard, id, name="Spare").json["usage_count"] == 1


def test_a_card_that_is_put_out_of_use_while_it_is_tried_stays_shut(yard: Yard, keypad: Keypad) -> None:
    id = keypad.card(UID)
    with upset("TransactWriteItems", meanwhile(lambda: change(yard, id, is_active=False))):
        assert keypad.show("nfc", UID).status == 401
    assert yard.data("access.show_card", id=id)["usage_count"] == 0


def test_who_loses_his_share_meanwhile_changes_nothing(yard: Yard, keypad: Keypad) -> None:
    id = keypad.card(UID)
    with upset("TransactWriteItems", meanwhile(lambda: yard.ask("unshare", id=yard.shares["admin"]))):
        assert change(yard, id, by="admin", name="Mine").json == NOT_YOURS
    assert yard.data("access.show_card", id=id)["name"] == "Office card"


def test_a_guests_card_that_is_lent_again_is_ended_again(yard: Yard, keypad: Keypad) -> None:
    """Whoever gives it more time after it was ended finds it ended when that is over, as any guest's."""
    guest = keypad.guest(access_type="NFC", nfc_uid=UID)
    yard.clock.move(days=2)
    yard.tick("access.end_guests")
    change(yard, guest["id"], valid_until="2026-01-08T12:00:00Z", is_active=True)
    assert keypad.opens("nfc", UID)
    yard.clock.move(days=2)
    yard.tick("access.end_guests")
    assert yard.data("access.show_guest", id=guest["id"])["is_active"] is False
