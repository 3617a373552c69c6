"""Every door by everybody: whom it serves is declared beside its visit, and nobody else hears more than a refusal."""

import pytest

from .goals import Proved
from .town import PEOPLE, VISITS, Town, Visit, some

OF_HTTP = {name: visit for name, visit in VISITS.items() if visit.http}
SOME = some(OF_HTTP.values(), 4)


@pytest.mark.parametrize("visit", SOME.values(), ids=SOME)
def test_a_door_serves_whom_it_is_to_serve(town: Town, visit: Visit, proved: Proved) -> None:
    said = mismatches(town, visit)
    proved("G11", len(PEOPLE), wrong=len(said))
    assert not said, "\n".join(said)


def mismatches(town: Town, visit: Visit) -> list[str]:
    """The cells of a door's row that are not as they are declared."""
    said: list[str] = []
    asked = visit.tell(town)
    for person in PEOPLE:
        answer, wanted = town.visit(visit, person, asked), visit.expected(person)
        if answer.status != wanted:
            said.append(f"{visit.door} by {person}: {answer.status} instead of {wanted}: {answer.text[:200]}")
        if answer.status < 400:
            asked = visit.tell(town)
    return said
