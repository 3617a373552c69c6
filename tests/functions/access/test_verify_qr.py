"""QR codes at the camera. How they are refused, like PINs and cards, is in `test_refusals`."""

from functools import partial

import pytest

from kalit.locks.access import qr

from ..locks.yard import Yard
from ..world import at_once
from .keypad import NOBODYS, Keypad, denied


def test_a_qr_code_opens(yard: Yard, keypad: Keypad) -> None:
    code = keypad.qr(name="Courier")
    answer = keypad.show("qr", code["code"])
    assert (answer.status, answer.json) == (
        200,
        {
            "success": True,
            "message": "QR code verified successfully",
            "access_granted": True,
            "command": "UNLOCK",
            "qr_info": {
                "name": "Courier",
                "valid_until": "2026-01-06T12:00:00.000Z",
                "usage_count": 1,
                "max_usage": 1,
            },
        },
    )
    assert keypad.tries == [("qr", True, "")]
    assert yard.log == [("UNLOCK_QR", True)]
    assert keypad.again("qr", code["code"]).json == denied("QR code is max usage reached")


def test_small_letters_say_the_same(yard: Yard, keypad: Keypad) -> None:
    assert keypad.opens("qr", keypad.qr()["code"].lower())


def test_a_code_whose_seal_is_not_ours_is_none(yard: Yard, keypad: Keypad) -> None:
    """Neither one that is made up for a code that there is, nor a seal that was moved to another."""
    first, second = keypad.qr()["code"], keypad.qr()["code"]
    head, _, seal = first.rpartition(".")
    forged = [
        f"{head}.",
        f"{head}.{'0' * 64}",
        f"{head}.{seal[:-1]}",
        f"{head}.{seal}0",
        f"{second.rpartition('.')[0]}.{seal}",
        qr.text(qr.UUID(NOBODYS), seal),
    ]
    assert [keypad.opens("qr", code) for code in forged] == [False] * 6
    assert keypad.opens("qr", first)


def test_of_thirty_at_once_one_comes_in(yard: Yard, keypad: Keypad) -> None:
    code = keypad.qr()["code"]
    now = int(yard.clock.now.timestamp())
    answers = at_once([partial(keypad.show, "qr", code, timestamp=str(now + n)) for n in range(30)])
    assert sorted(answer.status for answer in answers) == [200] + [403] * 29
    assert yard.log.count(("UNLOCK_QR", True)) == 1


def test_at_the_door_and_in_the_app_at_once_it_opens_once(yard: Yard, keypad: Keypad) -> None:
    code = keypad.qr()
    acts = [
        lambda: keypad.show("qr", code["code"]).json["access_granted"],
        lambda: yard.ask("access.scan_qr", {"code": code["code"]}, id=code["id"], by="stranger").json["valid"],
    ]
    assert sorted(at_once(acts)) == [False, True]


def test_right_codes_are_not_held_up_by_wrong_ones(yard: Yard, keypad: Keypad) -> None:
    """Nobody guesses a seal, so whoever has one need not wait for those who try."""
    code = keypad.qr()["code"]
    tried = [keypad.again("qr", f"{code[:-1]}{n:X}").status for n in range(13) if not code.endswith(f"{n:X}")]
    assert set(tried) == {401}
    assert keypad.opens("qr", code)


def test_wrong_ones_of_one_kind_keep_nobody_waiting_with_another(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913")
    tried = [keypad.again(kind, "nonsense").status for kind in ("qr", "nfc") * 11]
    assert tried == [401] * 21 + [429], "the eleventh card"
    assert keypad.again("pin", "482913").status == 200


@pytest.mark.parametrize("minutes", [0, 9, 10])
def test_it_opens_in_its_time_alone(yard: Yard, keypad: Keypad, minutes: int) -> None:
    code = keypad.qr(valid_from="2026-01-05T12:05:00Z", valid_until="2026-01-05T12:10:01Z")["code"]
    yard.clock.move(minutes=minutes)
    assert keypad.opens("qr", code) is (minutes == 9)
