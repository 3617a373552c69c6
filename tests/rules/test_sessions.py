"""What becomes of a refresh token that is shown, and when a session is over."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalit.accounts.sessions import GRACE, Verdict, expiry, judge
from kalit.accounts.tokens import PLAIN, ROTATING, RefreshNotValid, Ticket

AT = datetime(2026, 1, 5, 12, tzinfo=UTC)
LATER = AT + timedelta(days=7)
TICKET = Ticket(UUID(int=1), UUID(int=2), generation=3)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("generation", "since", "verdict"),
    [
        (3, timedelta(0), Verdict.ROTATE),
        (3, timedelta(days=6), Verdict.ROTATE),
        (2, timedelta(0), Verdict.AGAIN),
        (2, GRACE, Verdict.AGAIN),
        (2, GRACE + SECOND, Verdict.REVOKE),
        (1, timedelta(0), Verdict.REVOKE),
        (0, timedelta(0), Verdict.REVOKE),
        (4, timedelta(0), Verdict.REFUSE),
    ],
)
def test_a_token_is_judged_by_which_of_its_session_it_is(generation: int, since: timedelta, verdict: Verdict) -> None:
    assert judge(generation, 3, AT - since, LATER, AT) is verdict


@given(st.integers(0, 9), st.integers(0, 9))
def test_nothing_holds_when_the_session_is_over(generation: int, newest: int) -> None:
    assert judge(generation, newest, AT, AT, AT) is Verdict.REFUSE


@given(st.integers(0, 2**31), st.integers(0, 2**31))
def test_at_most_two_tokens_of_a_session_are_taken(generation: int, newest: int) -> None:
    taken = judge(generation, newest, AT, LATER, AT) in (Verdict.ROTATE, Verdict.AGAIN)
    assert taken == (newest - 1 <= generation <= newest)


@pytest.mark.parametrize(
    ("family", "age", "left"),
    [
        (ROTATING, timedelta(0), timedelta(days=7)),
        (ROTATING, timedelta(days=20), timedelta(days=7)),
        (ROTATING, timedelta(days=28), timedelta(days=2)),
        (PLAIN, timedelta(0), timedelta(days=1)),
    ],
)
def test_a_session_lasts_from_its_last_use_but_not_for_ever(family: object, age: timedelta, left: timedelta) -> None:
    assert expiry(family, AT - age, AT) - AT == left  # type: ignore[arg-type]


@given(st.uuids(), st.uuids(), st.integers(0, 2**32 - 1), st.binary(min_size=32, max_size=32))
def test_a_token_is_read_as_what_it_was_made_of(account: UUID, session: UUID, generation: int, secret: bytes) -> None:
    ticket = Ticket(account, session, generation)
    token = ticket.token(secret)
    assert Ticket.read(token) == ticket
    assert ticket.matches(token, secret)
    assert not ticket.matches(token, secret + b"another")


@given(st.integers(0, 90), st.sampled_from("ABCXYZabcxyz0189-_"))
def test_no_letter_of_a_token_can_be_changed(place: int, letter: str) -> None:
    token = TICKET.token(b"secret")
    touched = token[:place] + letter + token[place + 1 :]
    assert touched == token or not Ticket.read(touched).matches(touched, b"secret")


@given(st.text(max_size=120))
def test_whatever_is_no_token_is_refused_and_nothing_else_happens(text: str) -> None:
    with suppress(RefreshNotValid):
        assert not Ticket.read(text).matches(text, b"secret")


def test_the_successor_is_always_the_same() -> None:
    assert TICKET.successor.token(b"secret") == TICKET.successor.token(b"secret") != TICKET.token(b"secret")
