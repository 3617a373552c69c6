"""Ten wrong codes at once, sixteen in the first hour, one an hour after that, however one goes about guessing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalit.locks.access.guesses import FORGOTTEN, LEASE, Guesses, free

BEGINNING = datetime(2026, 1, 5, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Lock:
    """What is kept of guesses at one lock, changed as the door changes it."""

    def __init__(self) -> None:
        self.at, self.kept, self.looked_at = BEGINNING, Guesses(), list[datetime]()
        self.under_way = list[datetime]()

    def begin(self) -> bool:
        """Take a place, if there is one."""
        if self.kept.are_stale(self.at):
            self.kept, self.under_way = replace(self.kept, trying=0), []
        if self.kept.trying >= self.kept.places(self.at):
            return False
        self.kept = replace(self.kept, trying=self.kept.trying + 1, trying_since=self.at)
        self.looked_at.append(self.at)
        self.under_way.append(self.at)
        return True

    def miss(self) -> None:
        """The oldest try under way turns out wrong."""
        self.under_way.pop(0)
        newest = max(self.at, self.kept.missed_at or self.at)
        counted = self.kept.counted(self.at) + 1
        self.kept = Guesses(counted, newest, self.kept.trying - 1, self.kept.trying_since)

    def hit(self) -> None:
        self.under_way.pop(0)
        self.kept = replace(self.kept, trying=self.kept.trying - 1)

    def guess(self) -> bool:
        """One wrong code, from beginning to end."""
        if not self.begin():
            return False
        self.miss()
        return True

    def check(self) -> None:
        """In no span of time at all were more looked at than is promised."""
        for first, begin in enumerate(self.looked_at):
            for last, end in enumerate(self.looked_at[first:], first):
                looked_at, promised = last - first + 1, 16 + (end - begin) // HOUR
                assert looked_at <= promised, f"{looked_at} in {end - begin}"


def test_ten_cost_no_pause_and_the_eleventh_does() -> None:
    lock = Lock()
    assert [lock.guess() for _ in range(12)] == [True] * 10 + [False] * 2
    assert lock.kept.opens_at(lock.at) == BEGINNING + timedelta(seconds=30)


def test_pauses_double_until_they_are_an_hour() -> None:
    lock, pauses = Lock(), []
    while len(pauses) < 10:
        while lock.guess():
            pass
        pauses.append(lock.kept.pause(lock.at))
        lock.at += timedelta(seconds=pauses[-1] - 1)
        assert not lock.guess(), "a second too early"
        lock.at += timedelta(seconds=1)
    assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]


def test_who_guesses_whenever_he_may_has_sixteen_in_the_first_hour_and_one_an_hour_after() -> None:
    lock = Lock()
    end = BEGINNING + 48 * HOUR
    while lock.at < end:
        if not lock.guess():
            lock.at += timedelta(seconds=lock.kept.pause(lock.at))
    by_hour = [sum(BEGINNING + n * HOUR <= at < BEGINNING + (n + 1) * HOUR for at in lock.looked_at) for n in range(48)]
    assert by_hour[0] == 16
    assert max(by_hour[1:]) == 1
    lock.check()


# Seconds, most of them those at which something changes.
SPANS = st.one_of(st.sampled_from((30, 60, 120, 240, 480, 960, 1920, 3599, 3600, 3601)), st.integers(0, 4 * 3600))


@given(st.lists(SPANS, max_size=60))
def test_no_way_to_spread_guesses_gains_any(pauses: list[int]) -> None:
    lock = Lock()
    for pause in pauses:
        while lock.guess():
            pass
        lock.at += timedelta(seconds=pause)
    lock.check()


STEPS = st.one_of(st.sampled_from(("begin", "begin", "begin", "miss", "miss")), st.integers(1, 30), SPANS)


@given(st.lists(STEPS, max_size=120))
def test_nor_do_guesses_side_by_side(steps: list[str | int]) -> None:
    """Tries overlap at will; none takes longer than its lease, for it is dead by then."""
    lock = Lock()
    for step in steps:
        if step == "begin":
            lock.begin()
        elif step == "miss" and lock.under_way:
            lock.miss()
        elif isinstance(step, int):
            if lock.under_way and lock.at + timedelta(seconds=step) - lock.under_way[0] > LEASE:
                for _ in tuple(lock.under_way):
                    lock.miss()
            lock.at += timedelta(seconds=step)
    lock.check()


@given(st.lists(st.integers(1, 5), max_size=40))
def test_those_that_are_begun_at_once_are_never_more_than_may_be_wrong(numbers: list[int]) -> None:
    lock = Lock()
    for number in numbers:
        begun = sum(lock.begin() for _ in range(20))
        assert begun + lock.kept.counted(lock.at) <= 10 or begun <= 1
        for _ in range(begun):
            lock.miss()
        lock.at += timedelta(minutes=10 * number)
    lock.check()


def test_right_codes_cost_nothing_and_give_nothing_back() -> None:
    lock = Lock()
    for _ in range(100):
        assert lock.begin()
        lock.hit()
    for _ in range(9):
        lock.guess()
    lock.begin()
    lock.hit()
    assert [lock.guess(), lock.guess()] == [True, False]


def test_who_dies_on_the_way_holds_his_place_as_long_as_a_try_lasts() -> None:
    lock = Lock()
    assert [lock.begin() for _ in range(11)] == [True] * 10 + [False]
    lock.at += LEASE
    assert not lock.begin()
    lock.at += timedelta(milliseconds=1)
    assert lock.begin()


@pytest.mark.parametrize(("after", "counted"), [(0, 10), (3599, 10), (3600, 9), (7200, 8), (36_000, 0), (360_000, 0)])
def test_one_wrong_code_is_forgotten_an_hour(after: int, counted: int) -> None:
    kept = Guesses(missed=10, missed_at=BEGINNING)
    assert kept.counted(BEGINNING + timedelta(seconds=after)) == counted


def test_a_clock_that_is_set_back_makes_nobody_forget_and_nobody_wait_for_more() -> None:
    kept, before = Guesses(missed=12, missed_at=BEGINNING), BEGINNING - 5 * FORGOTTEN
    assert kept.counted(before) == 12
    assert kept.opens_at(before) == BEGINNING + timedelta(minutes=2)


def test_however_many_were_counted_the_pause_is_an_hour() -> None:
    kept = Guesses(missed=10_000, missed_at=BEGINNING)
    assert kept.pause(BEGINNING) == 3600


def test_a_pause_is_told_in_whole_seconds_and_never_too_short() -> None:
    kept = Guesses(missed=10, missed_at=BEGINNING)
    assert [kept.pause(BEGINNING + timedelta(milliseconds=off)) for off in (0, 1, 28_999, 29_001, 31_000)] == [
        30,
        30,
        2,
        1,
        1,
    ]


def test_nothing_is_counted_of_who_has_not_guessed() -> None:
    assert (Guesses().counted(BEGINNING), Guesses().places(BEGINNING), Guesses().are_stale(BEGINNING)) == (0, 10, False)


@pytest.mark.parametrize(("limit", "at_once"), [("100", 10), ("50", 5), ("1000", 100), ("9", 1), ("0", 1), ("", 10)])
def test_whoever_tests_the_product_may_set_the_limit(monkeypatch: pytest.MonkeyPatch, limit: str, at_once: int) -> None:
    monkeypatch.setenv("VERIFY_LIMIT", limit)
    lock = Lock()
    assert free() == at_once
    assert [lock.guess() for _ in range(at_once + 1)] == [True] * at_once + [False]
