"""The record of the last 24 hours; whose it is, and in which order, is in `test_logs`."""

import pytest

from ..locks.yard import Yard, invalid
from .keypad import Keypad


@pytest.mark.parametrize(("seconds", "told"), [(0, 1), (86_400, 1), (86_401, 0)])
def test_tries_are_recent_for_a_day(yard: Yard, keypad: Keypad, seconds: int, told: int) -> None:
    keypad.show("pin", "1111")
    yard.clock.move(seconds=seconds)
    answer = yard.ask("access.recent_logs")
    assert (answer.status, answer.json["count"], len(answer.json["results"])) == (200, told, told)


def test_they_are_told_like_all_others(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913")
    for code in ("482913", "1111", "2222"):
        keypad.again("pin", code)
    answer = yard.ask("access.recent_logs", query={"page_size": 2, "start_date": "2030-01-01"})
    logs = yard.ask("access.logs", query={"page_size": 2}).json
    assert answer.json["results"] == logs["results"]
    assert (answer.json["count"], answer.json["total_pages"]) == (3, 2)
    assert yard.ask("access.recent_logs", query={"page_size": 2, "page": "last"}).json["results"][0]["success"] is True


def test_a_device_must_be_an_id(yard: Yard) -> None:
    assert yard.ask("access.recent_logs", query={"device": "x"}).json == invalid(device="Must be a valid UUID.")
    assert yard.ask("access.recent_logs", query={"page": 2}).status == 404
    assert yard.ask("access.recent_logs", by="").status == 401
