"""Security events in figures, and the day that a letter is about."""

from datetime import date, datetime

import pytest

from kalit.kit.security_events import EventType
from kalit.security.events import Place
from kalit.security.figures import TypeCount, dashboard, letter, reported_day, span

NUMBERS = {
    Place("2026-01-05", "LOGIN_FAILED", "MEDIUM"): 2,
    Place("2026-01-04", "LOGIN_FAILED", "HIGH"): 1,
    Place("2026-01-05", "LOGOUT", "LOW"): 1,
    Place("2026-01-05", "BRUTE_FORCE", "HIGH"): 1,
    Place("2026-01-05", "TAMPER_DETECTED", "CRITICAL"): 4,
    Place("2026-01-05", "REPLAY_ATTACK", "LOW"): 0,
}


def test_types_are_told_by_their_number_and_then_by_their_name() -> None:
    told = dashboard(NUMBERS)
    assert told.summary.model_dump() == {
        "critical_events": 4,
        "high_events": 2,
        "failed_logins": 3,
        "tamper_attempts": 4,
    }
    ranked = [("TAMPER_DETECTED", 4), ("LOGIN_FAILED", 3), ("BRUTE_FORCE", 1), ("LOGOUT", 1)]
    assert told.events_by_type == [TypeCount(event_type=EventType(type), count=count) for type, count in ranked]


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-01-05T23:59:00", "2026-01-05"),
        ("2026-01-05T23:58:30", "2026-01-05"),  # by a clock that is behind
        ("2026-01-06T00:00:00", "2026-01-05"),
        ("2026-01-06T00:59:00", "2026-01-05"),  # the scheduler's last try
        ("2026-01-06T12:00:00", "2026-01-05"),
        ("2026-01-06T23:59:59", "2026-01-06"),
    ],
)
def test_a_letter_is_about_the_day_whose_letter_was_due_last(at: str, day: str) -> None:
    assert reported_day(datetime.fromisoformat(f"{at}+05:00")) == date.fromisoformat(day)


def test_a_day_begins_and_ends_at_midnight_in_tashkent() -> None:
    assert span(date(2026, 1, 5)) == ("2026-01-04T19:00:00.000Z", "2026-01-05T19:00:00.000Z")


def test_a_letter_tells_the_figures_in_three_languages() -> None:
    subject, body = letter(date(2026, 1, 5), NUMBERS, 6)
    assert subject == "Kalit 2026-01-05: xavfsizlik · безопасность · security (9)"
    uz, ru, en, types = body.split("\n\n")
    for told in (uz, ru, en):
        assert "CRITICAL 4, HIGH 2, MEDIUM 2, LOW 1" in told
        assert [figure in told for figure in (": 3.", ": 4.", ": 6.")] == [True] * 3
    assert types == "TAMPER_DETECTED: 4\nLOGIN_FAILED: 3\nBRUTE_FORCE: 1\nLOGOUT: 1\n"


def test_of_a_day_without_events_no_type_is_told() -> None:
    assert letter(date(2026, 1, 5), {}, 0)[1].count("\n\n") == 2
