"""PINs at the door."""

from ..locks.yard import Yard
from .keypad import Keypad, denied


def test_a_pin_opens(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913", max_usage=2)
    answer = keypad.show("pin", "482913")
    assert (answer.status, answer.json) == (
        200,
        {
            "success": True,
            "message": "PIN verified successfully",
            "access_granted": True,
            "command": "UNLOCK",
            "pin_info": {"name": "Cleaner", "valid_until": None, "usage_count": 1, "max_usage": 2},
        },
    )
    assert keypad.tries == [("pin", True, "")]
    assert yard.log == [("UNLOCK_PIN", True)]


def test_another_does_not(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913")
    answer = keypad.show("pin", "482914")
    assert (answer.status, answer.json) == (401, denied("Invalid PIN code"))
    assert keypad.tries == [("pin", False, "unknown")]
