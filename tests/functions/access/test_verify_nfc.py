"""Cards at the reader. How they are refused, like PINs and QR codes, is in `test_refusals`."""

from functools import partial
from typing import Any

import pytest

from ..locks.yard import Yard
from ..world import at_once, meanwhile, upset
from .keypad import Keypad

UID = "04:A3:5B:1C"


def test_a_card_opens(yard: Yard, keypad: Keypad) -> None:
    keypad.card(UID)
    answer = keypad.show("nfc", UID)
    assert (answer.status, answer.json) == (
        200,
        {
            "success": True,
            "message": "NFC verified successfully",
            "access_granted": True,
            "command": "UNLOCK",
            "nfc_info": {"name": "Office card", "valid_until": None, "usage_count": 1, "max_usage": None},
        },
    )
    assert keypad.tries == [("nfc", True, "")]
    assert yard.log == [("UNLOCK_NFC", True)]


@pytest.mark.parametrize("shown", ["04a35b1c", "04 A3 5B 1C", " 04:a3:5b:1c ", "04A3:5B1C"])
def test_its_number_is_compared_without_case_spaces_and_colons(yard: Yard, keypad: Keypad, shown: str) -> None:
    keypad.card(UID)
    assert keypad.opens("nfc", shown)


def test_the_end_of_its_number_is_on_record(yard: Yard, keypad: Keypad) -> None:
    keypad.card(UID)
    keypad.show("nfc", UID)
    keypad.again("nfc", "04:A3:5B:1D")
    told = [row["attempted"] for row in yard.ask("access.logs").json["results"]]
    assert told == ["****", "****5B1C"], "of what is no card of ours nothing: it may be a PIN"


@pytest.mark.parametrize("right", [True, False])
def test_the_lock_is_online_and_its_battery_is_kept_whether_it_opens_or_not(
    yard: Yard, keypad: Keypad, right: bool
) -> None:
    keypad.card(UID)
    yard.hear("status", status="offline")
    assert not yard.data("status")["is_online"]
    keypad.show("nfc", UID if right else "04:A3:5B:1D", battery_level=55)
    told = yard.data("status")
    assert (told["is_online"], told["battery_level"], told["is_locked"]) == (True, 55, True)
    assert [event for event, _ in yard.log if event.startswith("UNLOCK")] == ["UNLOCK_NFC"]


def test_a_low_battery_is_told_of(yard: Yard, keypad: Keypad) -> None:
    keypad.show("nfc", UID, battery_level=15)
    assert ("BATTERY_LOW", True) in yard.log
    [letter] = yard.letters()
    assert "15" in letter["body"]


@pytest.mark.parametrize("level", [101, -1, "full", None, True, [], 10**30], ids=str)
def test_a_level_that_is_none_keeps_nobody_out(yard: Yard, keypad: Keypad, level: Any) -> None:
    keypad.card(UID)
    assert keypad.show("nfc", UID, battery_level=level).status == 200
    assert yard.data("status")["battery_level"] == 87


@pytest.mark.parametrize("told", [{"signature": "0" * 64}, {"timestamp": "1"}], ids=["forged", "too old"])
def test_who_is_not_believed_changes_nothing_of_it(yard: Yard, keypad: Keypad, told: Any) -> None:
    yard.hear("status", status="offline")
    keypad.show("nfc", UID, battery_level=5, **told)
    status = yard.data("status")
    assert (status["is_online"], status["battery_level"]) == (False, 87)


def test_pins_and_qr_codes_tell_nothing_of_the_battery(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913")
    assert keypad.show("pin", "482913", battery_level=5).status == 200
    assert yard.data("status")["battery_level"] == 87


def test_what_the_lock_reports_meanwhile_is_kept(yard: Yard, keypad: Keypad) -> None:
    keypad.card(UID)
    with upset("TransactWriteItems", meanwhile(lambda: yard.hear("status", status="online", is_locked=False))):
        assert keypad.show("nfc", UID, battery_level=55).status == 200
    told = yard.data("status")
    assert (told["is_locked"], told["last_unlock"]) == (False, "2026-01-05T12:00:00.000Z")


def test_a_card_that_may_open_once_opens_once_of_ten_at_once(yard: Yard, keypad: Keypad) -> None:
    keypad.card(UID, max_usage=1)
    now = int(yard.clock.now.timestamp())
    answers = at_once(
        [partial(keypad.show, "nfc", UID, timestamp=str(now + n), battery_level=60 + n) for n in range(10)]
    )
    assert sorted(answer.status for answer in answers) == [200] + [403] * 9
