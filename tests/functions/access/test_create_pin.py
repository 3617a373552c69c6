"""PINs as they are made: who hears what, what is kept, and what is kept by nobody."""

import hashlib
from typing import Any

import pytest

from ..locks.yard import NOT_FOUND, NOT_YOURS, Yard, invalid
from ..rows import unchanged
from ..world import Killed, at_once, killed_after, lost, meanwhile, refused, upset
from .keypad import NOBODYS, Keypad

PIN = {"pin_code": "482913", "name": "Cleaner"}
BAD_PIN = invalid(pin_code="A PIN is 4 to 8 digits.")


def create(yard: Yard, **told: Any) -> Any:
    return yard.ask("access.create_pin", PIN | told)


def test_a_pin_is_made(yard: Yard, keypad: Keypad) -> None:
    answer = create(
        yard,
        user=yard.people["member"],
        valid_from="2026-01-05T17:00:00+05:00",
        valid_until="2026-02-01T00:00:00",
        max_usage="5",
        allowed_days=["SUN", "mon"],
        allowed_hours={"start": "09:00", "end": "18:00:30"},
    )
    assert (answer.status, answer.json["success"], answer.json["message"]) == (
        201,
        True,
        "PIN code created successfully",
    )
    told = answer.json["data"]
    assert told == {
        "id": told["id"],
        "device": yard.id,
        "device_name": "Front door",
        "user": yard.people["member"],
        "user_email": "member@example.com",
        "name": "Cleaner",
        "valid_from": "2026-01-05T12:00:00.000Z",
        "valid_until": "2026-02-01T00:00:00.000Z",
        "usage_count": 0,
        "max_usage": 5,
        "allowed_days": ["mon", "sun"],
        "allowed_hours": {"start": "09:00:00", "end": "18:00:30"},
        "is_active": True,
        "is_valid": True,
        "created_at": "2026-01-05T12:00:00.000Z",
    }


def test_where_little_is_said_it_opens_from_now_on_for_good(yard: Yard, keypad: Keypad) -> None:
    told = create(yard, usage_count=7, is_active=False, id=NOBODYS).json["data"]
    assert {name: told[name] for name in ("user", "user_email", "valid_until", "max_usage", "allowed_hours")} == {
        "user": None,
        "user_email": None,
        "valid_until": None,
        "max_usage": None,
        "allowed_hours": None,
    }
    assert (told["valid_from"], told["allowed_days"]) == ("2026-01-05T12:00:00.000Z", [])
    assert (told["usage_count"], told["is_active"], told["is_valid"]) == (0, True, True)
    assert told["id"] != NOBODYS
    assert keypad.opens("pin", "482913")


@pytest.mark.parametrize("pin", ["1234", "12345678", " 482913 ", 482913], ids=repr)
def test_four_to_eight_digits_make_a_pin(yard: Yard, keypad: Keypad, pin: Any) -> None:
    assert create(yard, pin_code=pin).status == 201
    assert keypad.opens("pin", str(pin).strip())


@pytest.mark.parametrize("pin", ["123", "123456789", "12ab", "48291O", "١٢٣٤", "１２３４"])
def test_anything_else_does_not(yard: Yard, pin: str) -> None:
    with unchanged(yard.aws):
        answer = create(yard, pin_code=pin)
    assert (answer.status, answer.json) == (400, BAD_PIN)


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({"pin_code": None}, {"pin_code": "This field may not be null."}),
        ({"name": ""}, {"name": "This field may not be blank."}),
        ({"user": NOBODYS}, {"user": "There is no account with this id."}),
        ({"user": "ali"}, {"user": "Must be a valid UUID."}),
        ({"max_usage": 0}, None),
        ({"allowed_days": ["someday"]}, {"allowed_days": '"someday" is not a valid choice.'}),
        ({"allowed_hours": {"start": "09:00", "end": "25:00"}}, None),
        (
            {"valid_from": "2026-01-06T00:00:00Z", "valid_until": "2026-01-06T00:00:00Z"},
            {"errors": "valid_until must be after valid_from."},
        ),
    ],
    ids=str,
)
def test_what_will_not_do_is_refused_by_its_field(yard: Yard, told: Any, fields: Any) -> None:
    with unchanged(yard.aws):
        answer = create(yard, **told)
    assert answer.status == 400
    if fields:
        assert answer.json == invalid(**fields)
    else:
        assert list(answer.json["error"]["fields"]) == list(told)


def test_the_body_of_another_door_lacks_what_this_one_needs(yard: Yard) -> None:
    answer = yard.ask("access.create_pin", {"uid": "04:A3:5B:1C", "guest_name": "Aziza"})
    required = "This field is required."
    assert answer.json == invalid(pin_code=required, name=required)


@pytest.mark.parametrize("raw", [b"{", b"[]", b'"482913"', b"null"])
def test_what_is_no_object_is_refused(yard: Yard, raw: bytes) -> None:
    answer = yard.ask("access.create_pin", raw=raw)
    assert (answer.status, answer.json["success"], answer.json["error"]["code"]) == (400, False, 400)


def test_it_may_come_as_a_form(yard: Yard, keypad: Keypad) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert yard.ask("access.create_pin", raw=b"pin_code=482913&name=Cleaner", headers=form).status == 201
    assert keypad.opens("pin", "482913")


def test_the_largest_that_may_be_asked_for_is_kept(yard: Yard) -> None:
    told = create(
        yard,
        name="ў" * 100,
        valid_from="0002-01-01T00:00:00Z",
        valid_until="8999-12-31T23:59:59.999Z",
        max_usage=1_000_000_000,
        allowed_days=["mon"] * 50,
        allowed_hours={"start": "00:00", "end": "23:59:59"},
    ).json["data"]
    assert (told["max_usage"], told["valid_until"]) == (1_000_000_000, "8999-12-31T23:59:59.999Z")
    assert yard.ask("access.show_pin", id=told["id"]).json == told


def test_two_may_have_the_same_digits_and_the_first_that_opens_does(yard: Yard, keypad: Keypad) -> None:
    first, second = keypad.pin(max_usage=1), keypad.pin(max_usage=1)
    assert first != second
    assert [keypad.opens("pin", "482913") for _ in range(3)] == [True, True, False]


def test_the_same_digits_open_no_other_lock(yard: Yard, keypad: Keypad) -> None:
    other = yard.register("LOCK-002").json["data"]["id"]
    keypad.pin("482913", id=other)
    assert not keypad.opens("pin", "482913")


# What is kept by nobody


def test_the_pin_itself_stands_nowhere(yard: Yard, keypad: Keypad, caplog: pytest.LogCaptureFixture) -> None:
    """Neither made, nor shown, nor tried: in no row, no answer, no line of the log."""
    answer = create(yard, pin_code="73915524", key="k-1")
    id = answer.json["data"]["id"]
    answers = [
        answer.text,
        keypad.show("pin", "73915524").text,
        keypad.again("pin", "73915525").text,
        keypad.again("pin", "73915524", signature="0" * 64).text,
        yard.ask("access.show_pin", id=id).text,
        yard.ask("access.list_pins").text,
        yard.ask("show").text,
        yard.ask("access.logs").text,
        create(yard, pin_code="73915524", name="").text,
    ]
    yard.follow()
    logged = "\n".join(str(vars(record)) for record in caplog.records)
    assert keypad.mentions("73915524", "73915525") == []
    assert "739155" not in logged + "".join(answers)
    assert "answered" in caplog.messages, "there is a log"


def test_whether_two_locks_have_the_same_pin_nobody_sees(yard: Yard, keypad: Keypad) -> None:
    other = yard.register("LOCK-002").json["data"]["id"]
    keypad.pin("482913")
    keypad.pin("482913", id=other)
    marks = {row["sk"].split("#")[1] for row in yard.rows("DEVICE#") if row["sk"].startswith("PIN#")}
    assert len(marks) == 2


def test_a_hash_of_it_without_the_key_stands_nowhere_either(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913")
    texts = ["482913", f"pin {yard.id} 482913", f"{yard.id}482913", f"{yard.id}:482913"]
    hashes = [hashlib.new(name, text.encode()).hexdigest() for text in texts for name in ("sha256", "sha1", "md5")]
    assert keypad.mentions(*hashes) == []


# Who


def test_for_an_account_that_shares_the_lock_or_one_that_does_not(yard: Yard, keypad: Keypad) -> None:
    for person in ("owner", "member", "former", "stranger"):
        assert create(yard, user=yard.people[person]).json["data"]["user"] == yard.people[person]


@pytest.mark.parametrize("by", ["viewer", "stranger"])
def test_who_may_not_learns_nothing_of_his_body(yard: Yard, by: str) -> None:
    bad = {"pin_code": "x"}
    assert yard.ask("access.create_pin", bad, by="").status == 401
    assert yard.ask("access.create_pin", bad, id=NOBODYS).json == NOT_FOUND
    assert yard.ask("access.create_pin", bad, by=by).json == NOT_YOURS


@pytest.mark.parametrize("language", ["ru", "uz"])
def test_refusals_speak_the_language_asked_for(yard: Yard, language: str) -> None:
    headers = {"accept-language": language}
    for body in ({"pin_code": "x", "name": "n"}, PIN | {"user": NOBODYS}):
        told = yard.ask("access.create_pin", body, headers=headers).json["error"]["fields"]
        english = yard.ask("access.create_pin", body).json["error"]["fields"]
        assert list(told) == list(english)
        assert told != english


# Again, and at once


def test_the_same_key_makes_one_pin(yard: Yard, keypad: Keypad) -> None:
    first, second = (yard.ask("access.create_pin", PIN, key="k-1") for _ in range(2))
    assert (first.status, second.json) == (201, first.json)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len(yard.rows("CODE#")) == 1
    assert yard.ask("access.create_pin", PIN | {"name": "x"}, key="k-1").status == 422


def test_a_crash_before_the_answer_was_kept_makes_no_second_pin(yard: Yard, keypad: Keypad) -> None:
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        yard.ask("access.create_pin", PIN, key="k-1")
    yard.clock.move(seconds=30)
    assert yard.ask("access.create_pin", PIN, key="k-1").status == 201
    assert len(yard.rows("CODE#")) == 1
    assert yard.ask("access.list_pins").json["count"] == 1


def test_a_pin_that_was_deleted_meanwhile_is_made_anew(yard: Yard, keypad: Keypad) -> None:
    """Who asks again did not hear of it, so it is not he who deleted it."""
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        yard.ask("access.create_pin", PIN, key="k-1")
    [made] = yard.ask("access.list_pins").json["data"]
    yard.clock.move(seconds=30)
    yard.ask("access.delete_pin", id=made["id"])
    assert yard.ask("access.create_pin", PIN, key="k-1").status == 201
    assert keypad.opens("pin", "482913")


@pytest.mark.parametrize("door", ["create_pin", "create_card", "create_qr"])
def test_what_failed_is_not_kept_under_its_key(yard: Yard, door: str) -> None:
    body = PIN | {"uid": "04:A3:5B:1C", "device": yard.id}
    with upset("TransactWriteItems", refused("InternalServerError")):
        assert yard.ask(f"access.{door}", body, key="k-1").status == 500
    assert yard.ask(f"access.{door}", body, key="k-1").status == 201


def test_of_ten_at_once_under_one_key_one_is_made(yard: Yard) -> None:
    answers = at_once([lambda: yard.ask("access.create_pin", PIN, key="k-1")] * 10)
    assert {answer.status for answer in answers} <= {201, 409}
    assert len(yard.rows("CODE#")) == 1


def test_an_answer_of_the_table_that_is_lost_makes_no_second_pin(yard: Yard) -> None:
    with upset("TransactWriteItems", lost):
        assert create(yard).status == 201
    assert len(yard.rows("CODE#")) == 1


def test_a_lock_that_is_deleted_meanwhile_gets_none(yard: Yard) -> None:
    with upset("TransactWriteItems", meanwhile(lambda: yard.ask("delete"))):
        answer = create(yard)
    assert (answer.status, answer.json) == (404, NOT_FOUND)
    assert yard.rows("CODE#") == []


def test_a_share_that_ends_meanwhile_makes_none(yard: Yard) -> None:
    def end() -> None:
        yard.ask("unshare", id=yard.shares["admin"])

    with upset("TransactWriteItems", meanwhile(end)):
        answer = yard.ask("access.create_pin", PIN, by="admin")
    assert (answer.status, answer.json) == (403, NOT_YOURS)
    assert yard.rows("CODE#") == []
