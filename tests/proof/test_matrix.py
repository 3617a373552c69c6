"""Every door by everybody: whom it serves is declared beside its visit, and nobody else hears more than a refusal."""

from collections.abc import Callable

import pytest

from .goals import Proved
from .town import PEOPLE, VISITS, Asked, Town, Visit, some
from .town.here import Here

OF_HTTP = {name: visit for name, visit in VISITS.items() if visit.http}
SOME = some(OF_HTTP.values(), 4)


@pytest.mark.parametrize("visit", SOME.values(), ids=SOME)
def test_a_door_serves_whom_it_is_to_serve(town: Town, visit: Visit, proved: Proved) -> None:
    assert isinstance(town.place, Here)
    asked = visit.tell(town)
    bring_back = town.place.remember()

    def again() -> Asked:
        bring_back()
        return asked

    said = mismatches(town, visit, again)
    proved("G11", len(PEOPLE), wrong=len(said))
    assert not said, "\n".join(said)


def mismatches(town: Town, visit: Visit, prepare: Callable[[], Asked]) -> list[str]:
    """The cells of a door's row that are not as they are declared; what a visit asks is prepared for each success."""
    said: list[str] = []
    asked = prepare()
    for person in PEOPLE:
        answer, wanted = town.visit(visit, person, asked), visit.expected(person)
        if answer.status != wanted:
            said.append(f"{visit.door} by {person}: {answer.status} instead of {wanted}: {answer.text[:200]}")
        if answer.status < 400:
            asked = prepare()
    return said
