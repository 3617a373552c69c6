"""What the history of jobs keeps of arguments, errors and attempts, and the rate of what went well."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from kalit.jobs.history import attempts, success_rate
from kalit.jobs.schedules import ScheduleNotFound
from kalit.kit.jobs import Job, Moved, closed, masked, new, told

DIED = {"took_ms": None, "error": "its process died"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=20,
)


@pytest.mark.parametrize(
    "value",
    [
        5,
        2.5,
        True,
        None,
        "3f0f4f9e-6a35-4cb5-9b66-0a54cf0d1a11",
        "2026-03-02T12:00:00Z",
        "2026-03-02T12:00:00.123+05:00",
        [1, [2]],
        {"id": 1, "at": ["2026-03-02T12:00:00.000Z"]},
    ],
)
def test_numbers_ids_and_times_are_kept(value: Any) -> None:
    assert masked(value) == value


@pytest.mark.parametrize(
    "text",
    [
        "+998901234567",
        "ali@example.com",
        "",
        "2026-03-02T12:00:00Z and more",
        "3f0f4f9e-6a35-4cb5-9b66-0a54cf0d1a11 ",
        "2026-03-02T12:00:00Z\n",
    ],
)
def test_of_other_texts_the_length_is_kept(text: str) -> None:
    assert masked({"to": [text]}) == {"to": [f"…({len(text)})"]}


@given(JSON)
def test_no_other_text_is_left_however_deep(value: Any) -> None:
    def texts(inner: Any) -> list[str]:
        if isinstance(inner, str):
            return [inner]
        parts = inner.values() if isinstance(inner, dict) else inner if isinstance(inner, list) else []
        return [text for part in parts for text in texts(part)]

    assert all(text.startswith("…(") for text in texts(masked(value)))
    assert len(texts(masked(value))) == len(texts(value))


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError("ali@example.com"), "ValueError"),
        (KeyError("+998901234567"), "KeyError"),
        (ScheduleNotFound(), "ScheduleNotFound: Schedule not found."),
        (Moved(), "Moved"),
        (ClientError({"Error": {"Code": "Throttling", "Message": "of ali"}}, "PutItem"), "ClientError: Throttling"),
    ],
)
def test_of_an_error_only_what_is_ours_is_told(error: Exception, text: str) -> None:
    assert told(error) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([], []),
        ([{"took_ms": 5, "error": None}], [{"took_ms": 5, "error": None}]),
        ([{"took_ms": 5, "error": "x"}, {}], [{"took_ms": 5, "error": "x"}, DIED]),
        ([DIED], [DIED]),
    ],
)
def test_an_attempt_that_never_ended_is_closed(before: list[Any], after: list[Any]) -> None:
    assert json.loads(closed(json.dumps(before))) == after


def test_an_attempt_under_way_has_no_time_yet() -> None:
    [attempt] = attempts('[{"started_at": "2026-03-02T12:00:00Z"}]')
    assert (attempt.took_ms, attempt.error) == (None, None)


@pytest.mark.parametrize(
    ("completed", "dead", "rate"), [(0, 0, None), (3, 0, 1), (0, 2, 0), (3, 1, 0.75), (1, 2, 0.3333)]
)
def test_the_success_rate_is_of_what_ended(completed: int, dead: int, rate: float | None) -> None:
    counts = {"completed": completed, "dead": dead, "pending": 9, "retrying": 9, "running": 9, "cancelled": 9}
    assert success_rate(counts) == rate


@pytest.mark.parametrize(("letters", "kept"), [(2_000, True), (2_001, False)])
def test_arguments_are_kept_up_to_two_thousand_letters(letters: int, kept: bool) -> None:
    arguments = [10 ** (letters - 1_995), *[0] * 664]
    assert len(json.dumps(arguments)) == letters
    row = new(Job(UUID(int=1), "sum", "sum", arguments), datetime(2026, 1, 5, tzinfo=UTC))
    assert json.loads(row.arguments) == (arguments if kept else f"…({letters})")
