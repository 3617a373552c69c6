from typing import Any

import pytest

from ..rows import unchanged
from ..world import at_once, meanwhile, upset
from .yard import NOT_FOUND, NOT_YOURS, Yard, invalid

FULL = {
    "name": "Back door",
    "location": "Samarkand",
    "latitude": "39.654722",
    "longitude": "66.975833",
    "battery_low_threshold": 25,
    "status": "MAINTENANCE",
}


@pytest.mark.parametrize("by", ["owner", "admin"])
def test_what_its_owner_says_of_a_lock_is_changed(yard: Yard, by: str) -> None:
    before = yard.data("show")
    yard.clock.move(seconds=9)
    answer = yard.ask("update", FULL, by=by)
    assert (answer.status, answer.json["message"]) == (200, "Device updated successfully")
    assert answer.json["data"] == before | FULL | {"updated_at": "2026-01-05T12:00:09.000Z"}
    assert yard.data("show") == answer.json["data"]


@pytest.mark.parametrize("name", FULL)
def test_what_is_left_out_stays(yard: Yard, name: str) -> None:
    before = yard.data("show")
    assert yard.ask("update", {name: FULL[name]}).json["data"] == before | {name: FULL[name]}


def test_nothing_told_changes_nothing(yard: Yard) -> None:
    before = yard.data("show")
    assert yard.ask("update", {}).json["data"] == before


def test_a_place_can_be_taken_back(yard: Yard) -> None:
    yard.ask("update", FULL)
    answer = yard.ask("update", {"latitude": None, "longitude": None, "location": ""})
    assert answer.status == 200, answer.text
    told = answer.json["data"]
    assert (told["latitude"], told["longitude"], told["location"]) == (None, None, "")


def test_what_a_lock_reports_nobody_else_can_say(yard: Yard) -> None:
    wished = {
        "is_locked": False,
        "is_online": False,
        "battery_level": 1,
        "device_id": "LOCK-999",
        "device_type": "PRO",
        "firmware_version": "9",
        "owner": yard.people["stranger"],
        "deleted_at": "2026-01-01",
        "sequence": 99,
        "certificate": "x",
    }
    before = yard.data("show")
    assert yard.ask("update", wished).json["data"] == before
    assert yard.data("show") == before


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({"name": ""}, {"name": "This field may not be blank."}),
        ({"name": None}, {"name": "This field may not be null."}),
        ({"status": "BROKEN"}, {"status": '"BROKEN" is not a valid choice.'}),
        ({"battery_low_threshold": 101}, {"battery_low_threshold": "Ensure this value is less than or equal to 100."}),
        ({"battery_low_threshold": -1}, {"battery_low_threshold": "Ensure this value is greater than or equal to 0."}),
        ({"battery_low_threshold": "low"}, {"battery_low_threshold": "A valid integer is required."}),
        ({"latitude": 91}, {"latitude": "Ensure this value is less than or equal to 90."}),
        ({"longitude": "east"}, {"longitude": "A valid number is required."}),
    ],
    ids=lambda told: str(told)[:30],
)
def test_what_will_not_do_is_refused_by_its_field(yard: Yard, told: dict[str, Any], fields: dict[str, str]) -> None:
    with unchanged(yard.aws):
        answer = yard.ask("update", told)
    assert (answer.status, answer.json) == (400, invalid(**fields))


@pytest.mark.parametrize(("threshold", "low"), [(86, False), (87, True), (100, True)])
def test_a_battery_is_low_at_its_threshold(yard: Yard, threshold: int, low: bool) -> None:
    yard.ask("update", {"battery_low_threshold": threshold})
    assert yard.data("status")["is_battery_low"] is low
    assert ("low" in yard.thing) is low


def test_a_threshold_that_is_set_while_the_lock_reports_is_set(yard: Yard) -> None:
    def report() -> None:
        yard.hear("status", status="online", battery_level=23)

    with upset("TransactWriteItems", meanwhile(report)):
        told = yard.ask("update", {"battery_low_threshold": 25}).json["data"]
    assert (told["battery_level"], told["battery_low_threshold"], told["is_battery_low"]) == (23, 25, True)
    assert "low" in yard.thing


def test_changes_at_once_lose_nothing(yard: Yard) -> None:
    told: list[dict[str, Any]] = [{"name": "Gate"}, {"location": "Yard"}, {"status": "INACTIVE"}, {"latitude": "1"}]
    answers = at_once([lambda body=body: yard.ask("update", body) for body in told])
    assert [answer.status for answer in answers] == [200] * 4
    shown = yard.data("show")
    assert (shown["name"], shown["location"], shown["status"], shown["latitude"]) == (
        "Gate",
        "Yard",
        "INACTIVE",
        "1.000000",
    )


def test_a_share_that_ends_meanwhile_changes_nothing(yard: Yard) -> None:
    with upset("TransactWriteItems", meanwhile(lambda: yard.ask("unshare", id=yard.shares["admin"]))):
        assert yard.ask("update", FULL, by="admin").json == NOT_YOURS
    assert yard.data("show")["name"] == "Front door"


def test_a_lock_that_is_deleted_meanwhile_stays_deleted(yard: Yard) -> None:
    with upset("TransactWriteItems", meanwhile(lambda: yard.ask("delete"))):
        assert yard.ask("update", FULL).json == NOT_FOUND
    assert yard.ask("show").status == 404
