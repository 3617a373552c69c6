"""A lock as it is registered and changed, and when it counts as offline."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from pydantic import ValidationError

from kalit.locks.devices import DeviceChange, DeviceType, NewDevice, Status, offline_since, sighting, silence

AT = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize("device_id", ["LOCK_1", "LOCK-001", "0" * 50, "______"])
def test_hardware_ids_are_accepted(device_id: str) -> None:
    assert NewDevice(device_id=device_id, name="x").device_id == device_id


@pytest.mark.parametrize(
    "device_id", ["", "LOCK1", "0" * 51, "lock_1", "LOCK 1", "LOCK/1", "LOCK#1", "LOCK+1", "ЗАМОК1"]
)
def test_what_could_be_another_topic_or_row_is_refused(device_id: str) -> None:
    with pytest.raises(ValidationError):
        NewDevice(device_id=device_id, name="x")


@pytest.mark.parametrize(
    ("told", "kept"),
    [("41.3", "41.300000"), (69, "69.000000"), ("-0.0000004", "-0.000000"), (12.34567891, "12.345679")],
)
def test_places_are_kept_to_six_decimals(told: object, kept: str) -> None:
    assert str(NewDevice.model_validate({"device_id": "LOCK_1", "name": "x", "latitude": told}).latitude) == kept


@pytest.mark.parametrize(("latitude", "longitude"), [(90.000001, 0), (-91, 0), (0, 180.1), (0, -181), ("NaN", 0)])
def test_there_are_no_places_off_the_globe(latitude: object, longitude: object) -> None:
    told = {"device_id": "LOCK_1", "name": "x", "latitude": latitude, "longitude": longitude}
    with pytest.raises(ValidationError):
        NewDevice.model_validate(told)


def test_only_what_was_told_is_changed() -> None:
    assert DeviceChange().told == {}
    assert DeviceChange(name=" Gate ").told == {"name": "Gate"}
    assert DeviceChange(status=Status.INACTIVE, battery_low_threshold=0).told == {
        "status": "INACTIVE",
        "battery_low_threshold": 0,
    }
    assert DeviceChange(latitude=Decimal("1.5"), longitude=None).told == {"latitude": "1.500000", "longitude": None}


def test_the_larger_model_has_a_keypad() -> None:
    assert [kind for kind in DeviceType if kind.has_keypad] == [DeviceType.PRO]


@pytest.mark.parametrize(("setting", "seconds"), [("", 300), ("10", 10)])
def test_a_lock_may_be_silent_for_five_minutes_and_a_sighting_late_by_a_fifth(
    monkeypatch: pytest.MonkeyPatch, setting: str, seconds: int
) -> None:
    monkeypatch.setenv("OFFLINE_AFTER", setting)
    assert silence() == timedelta(seconds=seconds)
    assert sighting() == timedelta(seconds=seconds / 5)
    assert offline_since(AT) == AT - timedelta(seconds=seconds * 1.2)
