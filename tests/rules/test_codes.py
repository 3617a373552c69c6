"""What is a PIN, a card's number, a QR code; what is asked for when one is made, and what of it may be told."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalit.kit.errors import Invalid
from kalit.locks.access import codes, qr
from kalit.locks.access.codes import CardChange, NewCard, NewGuest, NewPin
from kalit.locks.access.kinds import KINDS, NFC, PIN, QR
from kalit.locks.access.qr import NewQr
from kalit.locks.access.verifying import NfcKnock, PinKnock, QrKnock

from .refusals import refusal

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
ID = UUID("3f0f4f9e-6a35-4cb5-9b66-0a54cf0d1a11")
BAD_PIN = ["A PIN is 4 to 8 digits."]
BAD_UID = ["A card's UID is 8 to 23 hexadecimal digits and colons."]
GUEST = {
    "guest_name": "Aziza",
    "access_type": "PIN",
    "valid_from": "2026-01-05T12:00:00Z",
    "valid_until": "2026-01-06T12:00:00Z",
}


# PINs


@pytest.mark.parametrize("pin", ["0000", "1234", "12345678", " 4829 ", 4829], ids=repr)
def test_a_pin_is_four_to_eight_digits(pin: object) -> None:
    told = NewPin.model_validate({"pin_code": pin, "name": "Cleaner"})
    assert told.pin_code == str(pin).strip()


@pytest.mark.parametrize(
    "pin",
    ["123", "123456789", "12a4", "12 34", "-1234", "+1234", "12.34", "١٢٣٤", "１２３４", "1234\n5", "x" * 101, 12.5],
)
def test_what_is_no_pin_is_refused(pin: object) -> None:
    refused = refusal(NewPin, {"pin_code": pin, "name": "Cleaner"})
    assert list(refused) == ["pin_code"]
    if len(str(pin)) <= 100:
        assert refused["pin_code"] == BAD_PIN


@pytest.mark.parametrize("pin", [None, True, [], {}, ["1234"]], ids=repr)
def test_a_pin_is_text(pin: object) -> None:
    assert list(refusal(NewPin, {"pin_code": pin, "name": "Cleaner"})) == ["pin_code"]


def test_a_pin_needs_its_digits_and_a_name() -> None:
    assert refusal(NewPin, {}) == {"pin_code": ["This field is required."], "name": ["This field is required."]}
    assert list(refusal(NewPin, {"pin_code": "", "name": " "})) == ["pin_code", "name"]


@pytest.mark.parametrize("name", ["x" * 101, "two\nlines", "\x00x"], ids=["long", "lines", "nul"])
def test_a_name_is_one_line(name: str) -> None:
    assert list(refusal(NewPin, {"pin_code": "4829", "name": name})) == ["name"]


def test_generated_pins_are_six_digits_and_differ() -> None:
    made = {codes.generated() for _ in range(200)}
    assert all(re.fullmatch(r"[0-9]{6}", pin) for pin in made)
    assert len(made) > 190


def test_of_a_tried_pin_nothing_is_told() -> None:
    assert {PIN.masked(pin) for pin in ("4829", "482913", "", "no pin")} == {"****"}


# Cards


@pytest.mark.parametrize(
    "uid",
    [
        "04A35B1C",
        "04:a3:5b:1c",
        "04:A3:5B:1C:22:33:44:55",
        "04:A3:5B",
        "A" * 23,
        "a" * 20,
        "0123456789abcdef",
        " 04:A3:5B:1C ",
    ],
)
def test_a_cards_number_is_8_to_23_hexadecimal_digits_and_colons(uid: str) -> None:
    told = NewCard.model_validate({"uid": uid, "name": "Card"})
    assert told.uid == uid.strip().upper()
    assert NFC.read(told.uid) is not None, "the door can find it"


@pytest.mark.parametrize(
    "uid", ["04A35B1", "A" * 24, "04:A3:5B:1G", "04-A3-5B-1C", "04 A3 5B 1C", "::::::::", "٠٤A35B1C", "", "04A35B1C\n5"]
)
def test_what_is_no_number_of_a_card_is_refused(uid: str) -> None:
    refused = refusal(NewCard, {"uid": uid, "name": "Card"})
    assert refused == {"uid": BAD_UID if uid else refused["uid"]}


@pytest.mark.parametrize("shown", ["04A35B1C", "04:a3:5b:1c", " 04 A3 5B 1C", "04a3:5b1C", "04:A3:5B:1C:"])
def test_cards_are_compared_without_case_spaces_and_colons(shown: str) -> None:
    assert NFC.read(shown) == "04A35B1C"


@pytest.mark.parametrize("shown", ["", ":", "04A3", "G4A35B1C", "x" * 1000, "A" * 24, "０４A35B1C"])
def test_what_cannot_be_a_card_is_none(shown: str) -> None:
    assert NFC.read(shown) is None


def test_of_a_card_of_ours_four_digits_are_told_and_of_all_else_nothing() -> None:
    assert NFC.masked("04:A3:5B:1C", ours=True) == "****5B1C"
    assert NFC.masked("04:A3:5B:1C") == "****", "it may be anything, a PIN too"
    assert NFC.masked("no card at all", ours=True) == "****"


def test_a_cards_number_is_masked_for_those_who_only_look() -> None:
    assert codes.masked_uid("04:A3:5B:1C") == "****5B:1C"


# What is changed of a card


def test_only_what_is_told_is_changed() -> None:
    told = CardChange.model_validate({"name": "Spare", "max_usage": None, "uid": "FFFFFFFF", "usage_count": 0})
    assert told.told == {"name": "Spare", "max_usage": None}
    assert CardChange.model_validate({}).told == {}


@pytest.mark.parametrize("told", [{"name": None}, {"name": ""}, {"valid_from": None}, {"is_active": None}], ids=str)
def test_what_a_card_must_have_cannot_be_taken_from_it(told: dict[str, Any]) -> None:
    assert list(refusal(CardChange, told)) == list(told)


@pytest.mark.parametrize(
    ("told", "fits"),
    [
        ({}, True),
        ({"name": "x"}, True),
        ({"valid_until": None}, True),
        ({"valid_until": "2026-01-05T12:00:00Z"}, False),
        ({"valid_until": "2026-01-05T12:00:01Z"}, True),
        ({"valid_from": "2026-01-06T12:00:00Z"}, False),
        ({"valid_from": "2026-01-06T11:59:59Z"}, True),
        ({"valid_from": "2026-01-08T00:00:00Z", "valid_until": "2026-01-09T00:00:00Z"}, True),
        ({"valid_from": "2026-01-09T00:00:00Z", "valid_until": "2026-01-08T00:00:00Z"}, False),
    ],
    ids=str,
)
def test_what_changes_must_fit_what_stays(told: dict[str, Any], fits: bool) -> None:
    change = CardChange.model_validate(told)
    if fits:
        change.check_order(NOON, NOON + timedelta(days=1))
        return
    with pytest.raises(Invalid) as refused:
        change.check_order(NOON, NOON + timedelta(days=1))
    assert refused.value.said("") == {"non_field_errors": ["valid_until must be after valid_from."]}


# Guests


def test_a_guests_pin_is_made_where_none_is_given() -> None:
    kind, value, made = NewGuest.model_validate(GUEST).code()
    assert (kind, len(value), made) == (PIN, 6, True)


def test_a_guest_may_have_a_pin_of_ones_choice() -> None:
    for more in ({}, {"auto_generate_pin": False}):
        told = NewGuest.model_validate({**GUEST, "pin_code": "4829", **more})
        assert told.code() == (PIN, "4829", False)


def test_a_guest_may_have_a_card() -> None:
    told = NewGuest.model_validate({**GUEST, "access_type": "NFC", "nfc_uid": "04:a3:5b:1c", "pin_code": "4829"})
    assert told.code() == (NFC, "04:A3:5B:1C", False)


@pytest.mark.parametrize(
    ("told", "field"), [({"auto_generate_pin": False}, "pin_code"), ({"access_type": "NFC"}, "nfc_uid")]
)
def test_a_guest_without_a_code_is_refused_by_the_codes_field(told: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        NewGuest.model_validate({**GUEST, **told}).code()
    assert list(refused.value.said("")) == [field]


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"access_type": "QR"}, "access_type"),
        ({"access_type": "pin"}, "access_type"),
        ({"access_type": "PIN\n"}, "access_type"),
        ({"valid_from": None}, "valid_from"),
        ({"valid_until": None}, "valid_until"),
        ({"guest_name": ""}, "guest_name"),
        ({"guest_email": "x" * 255}, "guest_email"),
        ({"guest_phone": "9" * 31}, "guest_phone"),
        ({"pin_code": "123"}, "pin_code"),
        ({"nfc_uid": "123"}, "nfc_uid"),
        ({"auto_generate_pin": "perhaps"}, "auto_generate_pin"),
        ({"valid_until": GUEST["valid_from"]}, "non_field_errors"),
    ],
    ids=str,
)
def test_a_guest_who_will_not_do_is_refused_by_the_field(told: dict[str, Any], field: str) -> None:
    assert list(refusal(NewGuest, {**GUEST, **told})) == [field]


def test_a_guest_needs_a_name_a_kind_and_a_time() -> None:
    assert sorted(refusal(NewGuest, {})) == ["access_type", "guest_name", "valid_from", "valid_until"]


# QR codes


def test_a_qr_code_lasts_a_day_where_nothing_is_said() -> None:
    told = NewQr.model_validate({"device": str(ID)})
    assert (told.is_single_use, told.window(NOON)) == (True, (NOON, NOON + timedelta(days=1)))


@pytest.mark.parametrize(
    ("begin", "lasts_from"),
    [("2026-01-01T00:00:00Z", NOON), ("2026-02-01T00:00:00Z", datetime(2026, 2, 1, tzinfo=UTC))],
)
def test_its_day_begins_with_it_and_not_before_now(begin: str, lasts_from: datetime) -> None:
    told = NewQr.model_validate({"device": str(ID), "valid_from": begin})
    assert told.window(NOON)[1] == lasts_from + timedelta(days=1)


@pytest.mark.parametrize(("end", "fits"), [("12:00:00.001", True), ("12:00:00", False), ("11:00:00", False)])
def test_it_must_end_in_the_time_ahead(end: str, fits: bool) -> None:
    told = NewQr.model_validate({"device": str(ID), "valid_until": f"2026-01-05T{end}Z"})
    if fits:
        assert told.window(NOON)[1] > NOON
        return
    with pytest.raises(Invalid) as refused:
        told.window(NOON)
    assert refused.value.said("") == {"valid_until": ["valid_until must lie ahead."]}


def test_the_farthest_time_that_may_be_asked_for_has_its_day() -> None:
    told = NewQr.model_validate({"device": str(ID), "valid_from": "8999-12-31T23:59:59Z"})
    assert told.window(NOON)[1].year == 9000


@given(st.uuids(), st.text("0123456789ABCDEF", min_size=64, max_size=64))
def test_what_a_qr_code_says_is_read_again(id: UUID, seal: str) -> None:
    said = qr.text(id, seal)
    assert qr.read(said) == qr.read(f" {said.lower()} ") == (id, seal)
    assert QR.read(said) == said


@pytest.mark.parametrize(
    "text",
    [
        "",
        "KALIT1",
        f"KALIT1.{ID.hex}",
        f"KALIT2.{ID.hex}.AB",
        f"KALIT1.{ID}.AB",
        f"KALIT1.{ID.hex}.AB.CD",
        f"KALIT1.{'G' * 32}.AB",
        f"KALIT1.{ID.hex[:-1]}.AB",
        "https://example.com/",
    ],
)
def test_what_is_no_code_of_ours_is_not_read(text: str) -> None:
    assert qr.read(text) is None


@given(st.text())
def test_nothing_that_is_shown_breaks_the_reading(text: str) -> None:
    for kind in KINDS.values():
        value = kind.read(text)
        assert value is None or re.fullmatch(kind.shape, value, re.ASCII)
        assert kind.masked(text).startswith("****")
        assert len(kind.masked(text)) <= 8
    qr.read(text)


def test_the_picture_is_an_svg() -> None:
    drawn = qr.picture(qr.text(ID, "AB" * 32))
    assert drawn.startswith("data:image/svg+xml;")
    assert "<svg" in unquote(drawn)


# What a lock asks


@pytest.mark.parametrize(("level", "read"), [(87, 87), ("87", 87), (" 5 ", 5), (0, 0), (100, 100)])
def test_a_battery_level_is_read(level: object, read: int) -> None:
    assert NfcKnock.model_validate({"battery_level": level}).battery_level == read


@pytest.mark.parametrize(
    "level", [101, -1, 8.5, "full", "", True, None, [], {}, "²", "10" * 3000, 10**400], ids=lambda told: str(told)[:9]
)
def test_what_is_no_battery_level_is_no_reason_to_refuse_a_card(level: object) -> None:
    assert NfcKnock.model_validate({"nfc_uid": "04A35B1C", "battery_level": level}).battery_level is None


def test_what_a_lock_sends_is_taken_to_the_letter() -> None:
    told = PinKnock.model_validate({"device_id": " A ", "pin_code": " 1 ", "timestamp": 1767614400, "signature": None})
    assert (told.device_id, told.value, told.timestamp, told.signature) == (" A ", " 1 ", "1767614400", "")


def test_each_kind_has_its_own_field() -> None:
    told = {"pin_code": "p", "nfc_uid": "n", "qr_code": "q"}
    assert [knock.model_validate(told).value for knock in (PinKnock, NfcKnock, QrKnock)] == ["p", "n", "q"]
