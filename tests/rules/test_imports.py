"""What an import makes of a file: who is accepted, who is left out, and the pages that are made of them."""

from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from kalit.campaigns import imports
from kalit.campaigns.clients import NewClient
from kalit.campaigns.imports import Duplicate, checked, of_page, paged, report, reported

HEADER = "phone_number,mobile_operator_code,tag,timezone"
TAGS = st.text(st.characters(codec="utf-8"), min_size=1).filter(str.strip)


def check(*phones: str) -> imports.Check:
    lines = [HEADER, *(f"{phone},90,vip,UTC" for phone in phones)]
    return checked(["\n".join(lines).encode()])


def test_a_phone_counts_once_however_it_is_written() -> None:
    found = check("+998 90 123-45-67", "998901234567", "+998901234568", "(998) 90 1234567")
    assert [line for line, _ in found.accepted.values()] == [2, 4]
    assert found.duplicates == [Duplicate(3, 2, None), Duplicate(5, 2, None)]
    assert (found.rows, found.failed) == (4, False)


def test_who_is_a_client_already_is_left_out_in_the_order_of_lines() -> None:
    found = check("+998901234561", "+998901234562", "+998901234562", "+998901234563")
    found.leave_out({"998901234563": 7, "998901234561": 9})
    assert found.duplicates == [Duplicate(2, None, 9), Duplicate(4, 3, None), Duplicate(5, None, 7)]
    assert list(found.accepted) == ["998901234562"]


def test_a_report_tells_each_text_in_the_language_asked_for() -> None:
    found = check("1", "2", "+998901234567", "+998901234567")
    told = report(found)
    assert told.count("Телефон должен содержать") == 1
    assert [(error.line, error.message) for error in reported(told, "en")["errors"]] == [
        (2, "A phone must have at least 10 digits."),
        (3, "A phone must have at least 10 digits."),
    ]
    assert reported(told, "uz")["duplicates"] == [imports.LineDuplicate(line=5, first_line=4, client=None)]


@given(st.lists(TAGS, max_size=9), st.integers(1, 4))
def test_pages_hold_everybody_as_he_was(tags: list[str], size: int) -> None:
    told = {"phone_number": "+998901234567", "mobile_operator_code": "90", "timezone": "UTC"}
    everybody = [NewClient(**told, tag=tag[:100]) for tag in tags]
    with mock.patch.object(imports, "PAGE", size):
        pages = list(paged(everybody))
    assert [page.first for page in pages] == list(range(0, len(everybody), size))
    assert [client.model_dump() for page in pages for client in of_page(page.content)] == [
        client.model_dump() for client in everybody
    ]
