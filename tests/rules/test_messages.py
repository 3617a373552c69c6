"""How a message's state is shown, and what its number says."""

from datetime import UTC, datetime, timedelta

import pytest

from kalit.campaigns.messages import CLIENTS, State, Status, id_of, place_of, shown

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("state", "planned_at", "expected"),
    [
        (State.PENDING, NOW + SECOND, Status.PENDING),
        (State.PENDING, NOW, Status.QUEUED),
        (State.PENDING, NOW - SECOND, Status.QUEUED),
        (State.SENDING, NOW + SECOND, Status.QUEUED),
        *(
            (State(status), NOW + SECOND, Status(status))
            for status in ("SENT", "FAILED", "CANCELLED", "SKIPPED", "UNKNOWN")
        ),
    ],
)
def test_a_message_that_is_due_is_shown_as_queued(state: State, planned_at: datetime, expected: Status) -> None:
    assert shown(state, planned_at, NOW) is expected


@pytest.mark.parametrize(("run", "client"), [(1, 1), (7, CLIENTS - 1), (CLIENTS - 1, 42)])
def test_a_number_is_made_of_run_and_client(run: int, client: int) -> None:
    assert place_of(id_of(run, client)) == (run, client)
    assert len(str(id_of(run, client))) < 19  # a path's number has no more digits
