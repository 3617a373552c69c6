"""When a password that was given to somebody lets him in."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from kalit.accounts import one_time
from kalit.kit import clock

AT = datetime(2026, 1, 5, 12, tzinfo=UTC)
UNTIL = clock.wire(AT + timedelta(seconds=1))
PAST = clock.wire(AT)


@dataclass
class Kept:
    must_change_password: bool
    one_time_until: str | None = None


@pytest.mark.parametrize(
    ("kept", "opens", "unused"),
    [
        (Kept(False), True, False),
        (Kept(True, UNTIL), True, True),
        (Kept(True, PAST), False, False),
        (Kept(True), False, False),
        (Kept(False, UNTIL), True, False),
    ],
    ids=["his own", "new", "run out", "used", "his own, whatever was"],
)
def test_it_opens_until_it_was_used_or_has_run_out(kept: Kept, opens: bool, unused: bool) -> None:
    assert (one_time.opens(kept, AT), one_time.unused(kept, AT)) == (opens, unused)


def test_those_that_are_made_are_twelve_letters_and_digits_and_never_the_same() -> None:
    made = {one_time.generated() for _ in range(1_000)}
    assert len(made) == 1_000
    assert all(re.fullmatch(r"[A-Za-z0-9]{12}", password) for password in made)
    assert len(set("".join(made))) == 62
