import json
from typing import Any

import pytest

from kalit.kit.resources import Table

from ..rows import unchanged
from .yard import Yard


def test_tampering_is_logged_told_of_and_written_of(yard: Yard) -> None:
    yard.hear("alert", type="tamper", battery_level=80)
    assert yard.log == [("TAMPER_DETECTED", False)]
    assert yard.attacks == [("TAMPER_DETECTED", "CRITICAL")]
    event = yard.events[0]
    assert (event["device"], event["owner"], event["user"]) == (yard.id, yard.people["owner"], None)
    [letter] = yard.letters()
    assert (letter["to"], "tampering" in letter["subject"]) == ("owner@example.com", True)
    assert yard.data("show")["battery_level"] == 80


def test_a_low_battery_is_logged_and_written_of(yard: Yard) -> None:
    yard.hear("alert", type="battery_low", battery_level=12)
    assert yard.log == [("BATTERY_LOW", True)]
    assert (yard.data("show")["is_battery_low"], yard.attacks) == (True, [("BATTERY_LOW", "MEDIUM")])
    assert (yard.events[0]["device"], yard.events[0]["owner"]) == (yard.id, yard.people["owner"])
    [letter] = yard.letters()
    assert "12 %" in letter["subject"]
    for language in ("batareyasida 12 %", "осталось 12 %", "at 12 %"):
        assert language in letter["body"]


def test_a_low_battery_without_its_level_is_believed(yard: Yard) -> None:
    yard.hear("alert", type="battery_low")
    assert yard.log == [("BATTERY_LOW", True)]
    assert len(yard.letters()) == 1


def test_a_low_battery_that_is_told_time_and_again_is_one_security_event_an_hour(yard: Yard) -> None:
    """Without its level nobody can tell whether it became low anew."""
    for minute in (0, 20, 20, 20):
        yard.clock.move(minutes=minute)
        yard.hear("alert", type="battery_low")
    assert yard.attacks == [("BATTERY_LOW", "MEDIUM")] * 2


def test_an_alert_says_that_the_lock_is_there(yard: Yard) -> None:
    yard.hear("status", status="offline", counter=None)
    yard.clock.move(seconds=1)
    yard.hear("alert", type="tamper")
    assert yard.data("show")["is_online"] is True


def test_owners_are_written_to_once_an_hour_of_each_kind(yard: Yard) -> None:
    for minute in (0, 20, 20, 20):
        yard.clock.move(minutes=minute)
        yard.hear("alert", type="tamper")
        yard.hear("alert", type="battery_low", battery_level=9)
        yard.deliver()
    subjects = [json.loads(row["told"])["subject"] for row in yard.aws.rows(Table.OPS, "OUTBOX#email# ")]
    assert sorted("tampering" in subject for subject in subjects) == [False, True, True], (
        "tampering at noon and at one; of the battery when it became low"
    )


@pytest.mark.parametrize("later", [0, 30])
@pytest.mark.parametrize("type", ["tamper", "battery_low"])
def test_an_alert_that_comes_twice_is_one(yard: Yard, type: str, later: int) -> None:
    heard = yard.hear("alert", type=type, battery_level=9)
    before = len(yard.log), len(yard.attacks)
    yard.clock.move(seconds=later)
    yard.again(heard)
    assert (len(yard.log), len(yard.attacks)) == before


def test_an_alert_that_comes_late_is_still_one(yard: Yard) -> None:
    """What happened, happened; only the state is newer."""
    yard.hear("status", status="online", battery_level=90, counter=20)
    yard.hear("alert", type="tamper", battery_level=50, counter=19)
    assert ("TAMPER_DETECTED", False) in yard.log
    assert yard.data("show")["battery_level"] == 90


@pytest.mark.parametrize("payload", [{}, {"type": "fire"}, {"type": "tamper", "battery_level": 101}])
def test_what_cannot_be_understood_changes_nothing(yard: Yard, payload: dict[str, Any]) -> None:
    with unchanged(yard.aws):
        yard.hear("alert", **payload)


def test_a_lock_that_is_nobodys_is_not_heard(yard: Yard) -> None:
    yard.hear("alert", "LOCK-999", type="tamper")
    assert yard.attacks == [("UNAUTHORIZED_ACCESS", "MEDIUM")]
    assert yard.letters() == []
