"""What a security event is, which of an account's are one, and where a page of them lies."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from kalit.accounts import events
from kalit.accounts.sessions import Client
from kalit.kit.ids import ordered
from kalit.kit.security_events import EventType, SecurityEvent, Severity
from kalit.security.events import ListEvents, Part, Place, parts

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
HOME = Client("203.0.113.7", "Kalit/3.1")
ALI = "087e3556-b7e5-44b3-8009-3bff7a47340b"


def test_an_event_is_the_same_after_its_journey() -> None:
    event = SecurityEvent(
        id=ordered(NOON),
        event_type=EventType.REPLAY_ATTACK,
        severity=Severity.HIGH,
        owner=UUID(ALI),
        metadata={"age": 7, "seen": [1, 2]},
        created_at=NOON,
    )
    assert SecurityEvent.model_validate_json(event.model_dump_json()) == event


def test_of_what_a_browser_calls_itself_the_beginning_is_kept() -> None:
    agent = "x" * 10_000
    event = events.failed_login(None, Client("", agent), NOON)
    assert event.user_agent == agent[:200]


@pytest.mark.parametrize("kind", [events.LOGGED_IN, events.LOGGED_OUT, events.CHANGED, events.RESET, events.REPLACED])
def test_what_an_owner_did_is_his_each_time(kind: events.Kind) -> None:
    one, other = (events.event(kind, ALI, HOME, NOON) for _ in range(2))
    assert (one.event_type, one.severity, one.description) == kind
    assert (one.user, one.ip_address, one.user_agent, one.created_at) == (UUID(ALI), *HOME, NOON)
    assert one.id != other.id


ONE = (ALI, HOME, NOON)
OTHERS = {
    "another account": (ALI.replace("0", "1"), HOME, NOON),
    "no account": (None, HOME, NOON),
    "another address": (ALI, Client("203.0.113.8", ""), NOON),
    "the next minute": (ALI, HOME, NOON + timedelta(minutes=1)),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_failed_logins_are_told_apart_by_account_address_and_minute(other: tuple[str | None, Client, datetime]) -> None:
    assert events.failed_login(*ONE).id != events.failed_login(*other).id


@pytest.mark.parametrize("account", [ALI, None])
def test_failed_logins_of_a_minute_are_one(account: str | None) -> None:
    later = events.failed_login(account, Client(HOME.address, "another"), NOON + timedelta(seconds=59.999))
    assert events.failed_login(account, HOME, NOON).id == later.id


MONDAY_LOW, MONDAY_HIGH = Place("2026-01-05", "LOGOUT", "LOW"), Place("2026-01-05", "LOGOUT", "HIGH")
SUNDAY = Place("2026-01-04", "LOGOUT", "LOW")
NUMBERS = {SUNDAY: 4, MONDAY_LOW: 2, MONDAY_HIGH: 1, Place("2026-01-05", "LOGIN_FAILED", "LOW"): 0}
MONDAY = [MONDAY_LOW, MONDAY_HIGH]


@pytest.mark.parametrize(
    ("begin", "end", "read"),
    [
        (0, 3, [Part(MONDAY, 0, 3)]),
        (1, 2, [Part(MONDAY, 1, 2)]),
        (2, 5, [Part(MONDAY, 2, 3), Part([SUNDAY], 0, 2)]),
        (3, 20, [Part([SUNDAY], 0, 4)]),
        (5, 6, [Part([SUNDAY], 2, 3)]),
        (7, 9, []),
        (0, 0, []),
    ],
)
def test_a_page_lies_where_the_counts_say(begin: int, end: int, read: list[Part]) -> None:
    assert list(parts(NUMBERS, begin, end)) == read


def test_a_place_is_read_from_its_key_whatever_comes_behind() -> None:
    assert Place.read(f"{MONDAY_LOW.key}#7") == MONDAY_LOW


def test_without_filters_all_of_a_week_are_asked_for() -> None:
    query = ListEvents()
    assert all(query.wants(place) for place in NUMBERS)
    assert query.since(NOON) == "2025-12-29T12:00:00.000Z"


def test_filters_hold_together() -> None:
    query = ListEvents(severity="LOW", event_type="LOGOUT")
    assert [place for place in NUMBERS if query.wants(place)] == [SUNDAY, MONDAY_LOW]
