"""What a sender does with a message, and what becomes of it."""

from datetime import UTC, datetime, time, timedelta

import pytest

from kalit.campaigns.campaigns import Plan
from kalit.campaigns.messages import State
from kalit.campaigns.sending import LOST, Act, Decision, Verdict, decide, outcome, retry_at

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
PLAN = Plan(
    start_datetime=NOW,
    end_datetime=NOW + timedelta(days=1),
    text_message="Hello.",
    time_interval_start=time(9),
    time_interval_end=time(17),
)


@pytest.mark.parametrize(
    ("zone", "hours", "expected"),
    [
        ("UTC", 0, Decision(Act.SEND)),
        ("Asia/Tashkent", 0, Decision(Act.SEND)),  # 17:00
        ("Asia/Tokyo", 0, Decision(Act.MOVE, datetime(2026, 1, 6, 0, tzinfo=UTC))),
        ("UTC", 5, Decision(Act.SEND)),
        ("UTC", 5.001, Decision(Act.MOVE, datetime(2026, 1, 6, 9, tzinfo=UTC))),
        ("UTC", 24, Decision(Act.SEND)),
        ("UTC", 24.001, Decision(Act.SKIP)),
        ("Asia/Tashkent", 23.001, Decision(Act.SEND)),
        ("Asia/Tokyo", 8, Decision(Act.MOVE, datetime(2026, 1, 6, 0, tzinfo=UTC))),
        ("Asia/Tokyo", 21, Decision(Act.SKIP)),
    ],
)
def test_nobody_is_written_to_at_night_or_after_the_end(zone: str, hours: float, expected: Decision) -> None:
    assert decide(PLAN, zone, NOW + timedelta(hours=hours)) == expected


@pytest.mark.parametrize(
    ("attempt", "state", "again"),
    [(1, State.PENDING, True), (2, State.PENDING, True), (3, State.PENDING, True), (4, State.FAILED, False)],
)
def test_a_refusal_is_tried_three_times_more(attempt: int, state: State, again: bool) -> None:
    found = outcome(Verdict.REFUSED, attempt)
    assert (found.state, found.again) == (state, again)


@pytest.mark.parametrize("attempt", [1, 2, 3, 4])
def test_what_nobody_answered_is_never_tried_again(attempt: int) -> None:
    assert outcome(Verdict.UNANSWERED, attempt) == LOST
    assert outcome(Verdict.TAKEN, attempt).state is State.SENT


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 10), (2, 30), (3, 60)])
def test_a_retry_comes_a_fifth_later_at_most(attempt: int, seconds: int) -> None:
    assert retry_at(attempt, NOW, 0) == NOW + timedelta(seconds=seconds)
    assert retry_at(attempt, NOW, 1) == NOW + timedelta(seconds=seconds * 1.2)
