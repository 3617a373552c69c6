"""What a start comes to, and what a run's counts make of it."""

from datetime import UTC, datetime, timedelta

import pytest

from kalit.campaigns.campaigns import AlreadyOver, AlreadyStarted, Failure, Status
from kalit.campaigns.runs import Asked, Start, failure, starting, total

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ZEROS = dict.fromkeys(("pending", "sent", "failed", "cancelled", "skipped", "unknown"), 0)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("force", [True, False])
def test_a_start_that_is_too_late_is_refused_whatever_else(status: Status, own: bool, force: bool) -> None:
    with pytest.raises(AlreadyOver):
        starting(Asked(status, NOW - SECOND, own, force), NOW)


@pytest.mark.parametrize(
    ("status", "own", "force", "expected"),
    [
        *((status, True, False, Start.ADOPT) for status in (Status.SCHEDULED, Status.RUNNING, Status.FINISHED)),
        *((status, False, False, None) for status in (Status.SCHEDULED, Status.RUNNING, Status.FINISHED)),
        *((status, own, True, Start.BEGIN) for status in Status for own in (True, False)),
        *((status, own, False, Start.BEGIN) for status in ("DRAFT", "PAUSED", "FAILED") for own in (True, False)),
    ],
)
def test_what_a_start_comes_to(status: str, own: bool, force: bool, expected: Start | None) -> None:
    asked = Asked(Status(status), NOW, own, force)
    if expected:
        assert starting(asked, NOW) is expected
    else:
        with pytest.raises(AlreadyStarted):
            starting(asked, NOW)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({}, Failure.NOBODY),
        ({"sent": 1}, None),
        ({"skipped": 1, "unknown": 1, "cancelled": 1}, None),
        ({"sent": 9, "failed": 1}, Failure.REFUSED),
    ],
)
def test_only_refusals_and_an_empty_run_are_failures(counts: dict[str, int], expected: Failure | None) -> None:
    assert failure(ZEROS | counts) is expected


def test_the_six_add_up() -> None:
    assert total({name: 2**place for place, name in enumerate(ZEROS)} | {"recipients": 99}) == 63
