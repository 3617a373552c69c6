"""The clock that a file may move, and how times are written."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalit.kit import clock

REAL = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "clock"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("+3600", REAL + timedelta(hours=1)),
        ("-86400", REAL - timedelta(days=1)),
        ("+0.5", REAL + timedelta(milliseconds=500)),
        ("+60\n", REAL + timedelta(minutes=1)),
        ("", REAL),
        (" \n", REAL),
        ("2030-01-02T03:04:05Z", datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2030-01-02T03:04:05", datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2030-01-02", datetime(2030, 1, 2, tzinfo=UTC)),
        ("2030-01-02T05:00:00+05:00", datetime(2030, 1, 2, tzinfo=UTC)),
    ],
)
def test_a_file_moves_the_clock(file: Path, text: str, shown: datetime) -> None:
    file.write_text(text)
    moved = clock.moved(REAL, file)
    assert moved == shown
    assert moved.utcoffset() == timedelta(0)


def test_without_the_file_the_clock_is_right(file: Path) -> None:
    assert clock.moved(REAL, file) == REAL


def test_now_is_aware_and_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLOCK_FILE", raising=False)
    before = datetime.now(UTC)
    assert before <= clock.now() <= datetime.now(UTC)
    assert clock.now().tzinfo is UTC


def test_now_follows_the_file_that_the_setting_names(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOCK_FILE", str(file))
    for text in ("2030-01-02T03:04:05Z", "2031-01-02T03:04:05Z"):
        file.write_text(text)
        assert clock.wire(clock.now()) == text.replace("Z", ".000Z")


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (REAL, "2026-11-20T12:00:00.000Z"),
        (REAL.replace(microsecond=123_999), "2026-11-20T12:00:00.123Z"),
        (datetime(2026, 11, 20, 17, tzinfo=timezone(timedelta(hours=5))), "2026-11-20T12:00:00.000Z"),
    ],
)
def test_a_time_is_written_in_utc_with_milliseconds(at: datetime, text: str) -> None:
    assert clock.wire(at) == text


@given(
    st.datetimes(min_value=datetime(1000, 1, 2), max_value=datetime(9000, 1, 1), timezones=st.timezones()),
    st.datetimes(min_value=datetime(1000, 1, 2), max_value=datetime(9000, 1, 1), timezones=st.just(UTC)),
)
def test_written_times_sort_as_times_do(one: datetime, other: datetime) -> None:
    earlier, later = sorted((one, other))
    assert clock.wire(earlier) <= clock.wire(later)
