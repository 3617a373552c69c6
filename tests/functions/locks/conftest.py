from collections.abc import Callable
from typing import Any

import pytest

from kalit.kit.resources import Table
from tests.cloud import Cloud

from ..rows import put, remember
from ..world import Clock, quick_passwords
from .yard import PEOPLE, SHARES, Yard


@pytest.fixture(scope="package")
def _peopled() -> list[Callable[[], Yard]]:
    """What brings back the yard as it was when all had come; empty before."""
    return []


@pytest.fixture
def yard(aws: Cloud, clock: Clock, _peopled: list[Callable[[], Yard]]) -> Yard:
    """A yard in which all have accounts, and the lock is registered, shared and online: so once in the package."""
    if not _peopled:
        yard = Yard(aws, clock)
        with quick_passwords():
            for name in PEOPLE:
                _come(yard, name)
        answer = yard.register()
        assert answer.status == 201, answer.text
        yard.registered = answer.json["data"]
        for name, share in SHARES.items():
            shared = yard.ask("share", {"email": f"{name}@example.com", **share})
            assert shared.status == 201, shared.text
            yard.shares[name] = shared.json["data"]["id"]
        yard.follow()
        yard.hear("status", status="online", is_locked=True, battery_level=87, firmware_version="1.0.0")
        _peopled.append(_remembered(yard))
    again = _peopled[0]()
    again.clock = clock
    return again


def _come(yard: Yard, name: str) -> None:
    """Open an account; staff are told so in its row."""
    told = {"email": f"{name}@example.com", "password": "kalit va qulf", "password_confirm": "kalit va qulf"}
    answer = yard.aws.http("accounts.sign_up", told)
    assert answer.status == 201, answer.text
    yard.tokens[name], yard.people[name] = answer.json["tokens"]["access"], answer.json["user"]["id"]
    if name in ("manager", "boss"):
        [row] = yard.aws.rows(Table.ACCOUNTS, f"ACCOUNT#{yard.people[name]} ACCOUNT")
        put(yard.aws, Table.ACCOUNTS, {**row, "role": "admin" if name == "boss" else name})


def _remembered(yard: Yard) -> Callable[[], Yard]:
    """What brings tables and things back to how they are now."""
    bring_back_rows, bring_back_things = remember(), yard.aws.things.remember()
    counter, followed = yard.counter, set(yard.followed)

    def bring_back() -> Yard:
        bring_back_rows()
        bring_back_things()
        again: dict[str, Any] = {**vars(yard), "counter": counter, "followed": set(followed)}
        return Yard(**again)

    return bring_back
