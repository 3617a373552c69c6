"""What a report changes in what is known of a lock."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from kalit.locks.reports import (
    AlertReport,
    Change,
    HeartbeatReport,
    Known,
    Notice,
    Report,
    ResponseReport,
    StatusReport,
)

AT = datetime(2026, 1, 5, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def known(**told: Any) -> Known:
    """A lock that is online and locked, at 87 %, heard a second ago with counter 5."""
    usual = {
        "online": True,
        "is_locked": True,
        "battery_level": 87,
        "battery_low_threshold": 20,
        "counter": 5,
        "heard_at": AT - SECOND,
        "bolt_counter": 5,
        "bolt_at": AT - SECOND,
        "last_seen": AT - SECOND,
        "firmware_version": "1.0.0",
    }
    return Known(**{**usual, **told})


def events(change: Change) -> list[str]:
    return [entry.event_type for entry in change.log]


def test_a_status_is_what_is_known_from_then_on() -> None:
    change = StatusReport(is_locked=False, battery_level=80, counter=6).upon(known(), AT)
    assert change.state == {
        "is_locked": False,
        "battery_level": 80,
        "last_unlock": AT,
        "last_seen": AT,
        "heard_at": AT,
        "counter": 6,
        "bolt_at": AT,
        "bolt_counter": 6,
    }
    assert not change.is_news


def test_closing_is_dated_as_well() -> None:
    assert StatusReport(is_locked=True, counter=6).upon(known(is_locked=False), AT).state["last_lock"] == AT


def test_what_changes_nothing_changes_nothing() -> None:
    assert HeartbeatReport(battery_level=87, is_locked=True, counter=6).upon(known(), AT) == Change()


@pytest.mark.parametrize(("seconds", "written"), [(59, False), (60, True), (300, True)])
def test_a_sighting_is_written_when_the_last_is_a_fifth_of_the_silence_old(seconds: int, written: bool) -> None:
    change = HeartbeatReport(counter=6).upon(known(last_seen=AT - seconds * SECOND), AT)
    assert ("last_seen" in change.state) == written


def test_the_first_word_brings_a_lock_online_and_the_last_will_takes_it_off() -> None:
    fresh = known(online=False, counter=None, heard_at=None, bolt_counter=None, bolt_at=None, last_seen=None)
    come = HeartbeatReport(counter=1).upon(fresh, AT)
    assert (come.state["online"], events(come)) == (True, ["DEVICE_ONLINE"])
    gone = StatusReport(status="offline").upon(known(), AT)
    assert (gone.state["online"], events(gone)) == (False, ["DEVICE_OFFLINE"])
    assert "last_seen" not in gone.state


@pytest.mark.parametrize("counter", [5, 4, 0])
def test_what_is_behind_its_counter_changes_no_state(counter: int) -> None:
    change = StatusReport(is_locked=False, battery_level=10, counter=counter).upon(known(), AT)
    assert not change.state
    assert change.late
    assert not change.notices


def test_a_duplicate_of_what_is_known_is_not_even_late() -> None:
    assert StatusReport(is_locked=True, battery_level=87, counter=5).upon(known(), AT) == Change()


@pytest.mark.parametrize(("offset", "news"), [(-1, False), (0, True), (1, True)])
def test_without_a_counter_the_brokers_time_orders(offset: int, news: bool) -> None:
    before = known(counter=None, heard_at=AT, bolt_counter=None, bolt_at=AT)
    change = StatusReport(is_locked=False).upon(before, AT + offset * SECOND)
    assert (change.state.get("is_locked") is False) == news
    assert change.late != news


def test_the_last_will_of_a_connection_that_was_replaced_undoes_nothing() -> None:
    change = StatusReport(status="offline").upon(known(heard_at=AT), AT - SECOND)
    assert (change.state, change.late) == ({}, True)


def test_a_battery_that_falls_low_is_logged_and_told_once() -> None:
    falls = HeartbeatReport(battery_level=20, counter=6).upon(known(), AT)
    assert (events(falls), falls.notices) == (["BATTERY_LOW"], (Notice.BATTERY,))
    stays = HeartbeatReport(battery_level=19, counter=7).upon(known(battery_level=20), AT)
    assert (events(stays), stays.notices) == ([], ())


def test_an_alert_of_a_low_battery_is_one_entry_and_one_letter() -> None:
    change = AlertReport(type="battery_low", battery_level=15, counter=6).upon(known(), AT)
    assert (events(change), change.notices) == (["BATTERY_LOW"], (Notice.BATTERY,))
    assert change.state["battery_level"] == 15


def test_an_alert_of_what_its_status_has_told_before_is_no_news() -> None:
    change = AlertReport(type="battery_low", battery_level=15, counter=6).upon(known(battery_level=15), AT)
    assert (events(change), change.notices) == ([], ())


def test_tampering_is_told_to_everybody() -> None:
    change = AlertReport(type="tamper", counter=6).upon(known(), AT)
    assert (events(change), change.notices, change.tampered) == (["TAMPER_DETECTED"], (Notice.TAMPER,), True)


@pytest.mark.parametrize(
    ("type", "method", "event", "is_locked"),
    [
        ("unlock", "physical", "UNLOCK_PHYSICAL", False),
        ("unlock", "pin", "UNLOCK_PIN", False),
        ("unlock", "nfc", "UNLOCK_NFC", False),
        ("unlock", "qr", "UNLOCK_QR", False),
        ("unlock", "lever", "UNLOCK", False),
        ("lock", "auto", "LOCK", True),
    ],
)
def test_what_happens_at_the_door_is_logged_under_its_name(type: str, method: str, event: str, is_locked: bool) -> None:
    before = known(is_locked=not is_locked)
    change = ResponseReport(type=type, success=True, method=method, counter=6).upon(before, AT)
    assert (events(change), change.state["is_locked"]) == ([event], is_locked)


def test_what_failed_at_the_door_moved_nothing() -> None:
    change = ResponseReport(type="unlock", success=False, method="pin", error="jammed", counter=6).upon(known(), AT)
    assert "is_locked" not in change.state
    [entry] = change.log
    assert (entry.success, entry.error_message) == (False, "jammed")


def test_what_tells_nothing_of_the_bolt_cannot_hide_that_it_moved() -> None:
    alarmed = known(counter=7, heard_at=AT)  # an alert overtook the opening that it is about
    change = ResponseReport(type="unlock", success=True, method="physical", counter=6).upon(alarmed, AT)
    assert (change.state["is_locked"], change.state["bolt_counter"], change.late) == (False, 6, False)
    assert "counter" not in change.state


def test_what_a_lock_calls_itself_is_no_event_of_ours() -> None:
    assert ResponseReport(type="device_offline", success=True, method="physical").entries() == []


def test_what_happened_is_logged_even_where_its_state_is_old() -> None:
    change = ResponseReport(type="unlock", success=True, method="physical", counter=4).upon(known(), AT)
    assert (change.state, events(change)) == ({}, ["UNLOCK_PHYSICAL"])


@pytest.mark.parametrize("told", [{}, {"method": "app"}, {"method": None}])
def test_an_answer_of_the_app_belongs_to_a_command(told: dict[str, Any]) -> None:
    report = ResponseReport(type="REBOOT", success=True, **told)
    assert (report.answers_a_command, report.kind, report.entries()) == (True, "reboot", [])


@pytest.mark.parametrize(
    ("model", "told"),
    [
        (StatusReport, {"battery_level": 101}),
        (StatusReport, {"battery_level": -1}),
        (StatusReport, {"status": "sleeping"}),
        (StatusReport, {"counter": -1}),
        (StatusReport, {"counter": 2**60}),
        (HeartbeatReport, {"status": "offline"}),
        (ResponseReport, {"success": True}),
        (ResponseReport, {"type": "unlock"}),
        (ResponseReport, {"type": "unlock", "success": True, "command_id": "7"}),
        (AlertReport, {"type": "fire"}),
    ],
)
def test_nonsense_is_no_report(model: type[Report], told: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        model.model_validate(told)


def test_fields_of_tomorrow_are_no_reason_to_refuse_a_report() -> None:
    assert StatusReport.model_validate({"is_locked": True, "temperature": 21}).is_locked is True
