"""What many failures in a short time amount to."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalit.kit.security_events import MANY_FAILURES, QUARTER, EventType, SecurityEvent, Severity, quarter
from kalit.locks import event_store
from kalit.locks.store import DeviceRow
from kalit.security.suspicion import bursts, suspicious

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
DOOR, OWNER, ALI = UUID(int=1), UUID(int=2), UUID(int=3)


def times(*minutes: float) -> list[datetime]:
    return [NOON + timedelta(minutes=minute) for minute in minutes]


@pytest.mark.parametrize(
    ("minutes", "found"),
    [
        ([], {}),
        ([0, 0, 0, 0], {}),
        ([0, 0, 0, 0, 0], {"12:00": 0}),
        ([0, 3, 6, 9, 15], {"12:15": 15}),
        ([0, 3, 6, 9, 15.001], {}),
        ([9, 0, 6, 3, 12], {"12:00": 12}),
        ([0, 1, 2, 3, 4, 5, 6, 7], {"12:00": 4}),
        ([10, 11, 12, 13, 14, 16], {"12:00": 14, "12:15": 16}),
        ([-16, 0, 3, 6, 9, 12], {"12:00": 12}),
    ],
    ids=["none", "four", "at once", "to the end", "past it", "in any order", "more", "across a quarter", "one before"],
)
def test_five_in_a_quarter_of_an_hour_are_too_many(minutes: list[float], found: dict[str, float]) -> None:
    told = {f"2026-01-05T{quarter}": NOON + timedelta(minutes=at) for quarter, at in found.items()}
    assert bursts(times(*minutes)) == told


def test_a_quarter_is_told_in_utc_whatever_the_zone() -> None:
    tashkent = datetime.fromisoformat("2026-01-05T04:59:59.999999+05:00")
    assert quarter(tashkent) == "2026-01-04T23:45"


moments = st.lists(st.integers(0, 3_600).map(lambda second: NOON + timedelta(seconds=second)), max_size=20)


@given(moments)
def test_there_is_a_burst_where_a_window_holds_too_many_and_nowhere_else(told: list[datetime]) -> None:
    crowded = {
        quarter(last) for last in told if sum(last - QUARTER <= other <= last for other in told) >= MANY_FAILURES
    }
    assert set(bursts(told)) == crowded


@given(moments, st.data())
def test_who_sees_but_some_finds_nothing_that_is_not_there(told: list[datetime], data: st.DataObject) -> None:
    seen = [at for at in told if data.draw(st.booleans())]
    assert set(bursts(seen)) <= set(bursts(told))


@given(moments)
def test_a_window_behind_suffices_to_find_what_ended_since(told: list[datetime]) -> None:
    """So ticks that look back for two windows, one window apart, miss nothing."""
    tick = NOON + timedelta(hours=1)
    late = {when: at for when, at in bursts(told).items() if at > tick - QUARTER}
    assert late.items() <= bursts(at for at in told if at >= tick - 2 * QUARTER).items()


def failures(type: EventType, *each: dict[str, Any]) -> list[SecurityEvent]:
    return [
        SecurityEvent(id=UUID(int=n), event_type=type, severity=Severity.MEDIUM, created_at=at, **told)
        for n, (at, told) in enumerate(zip(times(*range(len(each))), each, strict=True))
    ]


def test_of_a_lock_it_is_the_event_that_the_locks_tell_of_at_once() -> None:
    told: dict[str, Any] = {"device": DOOR, "owner": OWNER, "device_name": "Front door", "user": ALI}
    [attack] = suspicious(failures(EventType.UNLOCK_FAILED, *[told] * 5))
    lock = DeviceRow(*DeviceRow.key(DOOR), owner=str(OWNER), name="Front door", device_id="LOCK-001")
    at, about = NOON + timedelta(minutes=4), "Multiple failed codes at one lock"
    theirs = event_store.event(EventType.BRUTE_FORCE, Severity.HIGH, about, at, quarter(at), lock=lock)
    assert attack == theirs.model_copy(update={"metadata": {}})


def test_logins_are_suspicious_by_account_and_by_address() -> None:
    one = {"user": ALI, "ip_address": "203.0.113.7"}
    attacks = suspicious(failures(EventType.LOGIN_FAILED, *[one] * 5))
    assert [(attack.user, attack.ip_address) for attack in attacks] == [(ALI, ""), (None, "203.0.113.7")]
    assert {(attack.event_type, attack.description) for attack in attacks} == {
        (EventType.BRUTE_FORCE, "Multiple failed logins")
    }


def test_what_met_nobody_is_no_attack_on_anybody() -> None:
    for type in (EventType.UNLOCK_FAILED, EventType.LOGIN_FAILED):
        assert suspicious(failures(type, *[{}] * 9)) == []


def test_other_events_do_not_count() -> None:
    told = {"device": DOOR, "user": ALI, "ip_address": "203.0.113.7"}
    assert suspicious(failures(EventType.LOGIN_SUCCESS, *[told] * 9)) == []
