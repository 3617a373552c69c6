"""Where a page of security events lies, among days of which each is counted."""

import pytest

from kalit.security.events import Part, Place, parts

OLD, NEW, OTHER = (
    Place(*told) for told in (("2026-01-04", "A", "LOW"), ("2026-01-05", "A", "LOW"), ("2026-01-05", "B", "LOW"))
)
COUNTED = {OLD: 5, NEW: 2, OTHER: 1, Place("2026-01-03", "A", "LOW"): 0}


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        (0, 2, [Part([OTHER, NEW], 0, 2)]),
        (2, 4, [Part([OTHER, NEW], 2, 3), Part([OLD], 0, 1)]),
        (3, 6, [Part([OLD], 0, 3)]),
        (0, 3, [Part([OTHER, NEW], 0, 3)]),
        (6, 9, [Part([OLD], 3, 5)]),
        (8, 9, []),
    ],
)
def test_a_page_reads_of_the_days_that_it_has_events_of_and_no_others(
    begin: int, end: int, expected: list[Part]
) -> None:
    assert list(parts(COUNTED, begin, end)) == expected
