"""Reading a file of clients: columns, encodings, and what is wrong at which line."""

from collections.abc import Iterable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalit.campaigns.clients_csv import LONGEST_LINE, MOST_ROWS, Unreadable, clients

HEADER = "phone_number,mobile_operator_code,tag,timezone\n"
ALI = "+998 90 123-45-67,90,vip,Asia/Tashkent\n"


def pieces(text: str | bytes, size: int = 7) -> Iterable[bytes]:
    """A file as it comes: in pieces that end anywhere."""
    content = text.encode() if isinstance(text, str) else text
    return (content[begin : begin + size] for begin in range(0, len(content), size))


def phones(text: str | bytes) -> list[str]:
    """The phones of a file in which nothing is wrong."""
    read = list(clients(pieces(text)))
    assert not [line.findings for line in read if line.findings]
    return [line.client.phone_number for line in read if line.client]


def findings(text: str | bytes, language: str = "en") -> list[tuple[int, str, str]]:
    """(line, column, message) of everything that is wrong, until the file cannot be read on."""
    found = []
    try:
        for line in clients(pieces(text, 4096)):
            found += line.findings
    except Unreadable as unreadable:
        found.append(unreadable.finding)
    return [(line, column, text.say(language)) for line, column, text in found]


def wrong(text: str | bytes, language: str = "en") -> tuple[int, str]:
    """The one thing that is wrong with the file: its line and message."""
    [(line, _, message)] = findings(text, language)
    return line, message


@pytest.mark.parametrize(
    "text",
    [
        HEADER + ALI,
        HEADER + ALI.strip(),
        (HEADER + ALI).replace("\n", "\r\n"),
        (HEADER + ALI).replace(",", ";"),
        b"\xef\xbb\xbf" + (HEADER + ALI).encode(),
        "Tag, TimeZone ,PHONE_NUMBER,mobile_operator_code\nvip,Asia/Tashkent,+998 90 123-45-67,90\n",
        "name,phone_number,mobile_operator_code,tag,timezone,note\n"
        '"Ali ""A"" Valiyev",+998 90 123-45-67,90,vip,Asia/Tashkent,"two\nlines, one note"\n',
        HEADER + "\n" + ALI + ",,,\n\n",
        '"phone_number";"mobile_operator_code";"tag";"timezone"\n"+998 90 123-45-67";"90";"a,b";"Asia/Tashkent"\n',
    ],
)
def test_a_file_is_read_however_it_is_written(text: str | bytes) -> None:
    assert phones(text) == ["+998 90 123-45-67"]


def test_a_client_is_as_one_that_is_made_by_itself() -> None:
    [line] = clients(pieces(HEADER + " +998 90 123-45-67 , 90 ,oʻqituvchi, Asia/Tashkent "))
    assert line.client is not None
    assert line.client.model_dump() == {
        "phone_number": "+998 90 123-45-67",
        "mobile_operator_code": "90",
        "tag": "oʻqituvchi",
        "timezone": "Asia/Tashkent",
    }
    assert line.number == 2


def test_what_is_wrong_with_clients_is_told_by_line_and_column() -> None:
    text = HEADER + ALI + "12345,90,vip,Asia/Tashkent\n" + ALI + "+998901234567,9999,,Mars/Base\n" + "1,2\n"
    assert findings(text) == [
        (3, "phone_number", "A phone must have at least 10 digits."),
        (5, "mobile_operator_code", "Ensure this field has no more than 3 characters."),
        (5, "tag", "This field may not be blank."),
        (5, "timezone", "Unknown time zone. Such as: Asia/Tashkent, Europe/Berlin, UTC."),
        (6, "", "This line has 2 values, the header 4. Add what is missing, or quote a value that has a ,."),
    ]
    assert findings(text, "ru")[0] == (3, "phone_number", "Телефон должен содержать не менее 10 цифр.")


def test_a_line_is_counted_as_an_editor_counts_it() -> None:
    text = HEADER.strip() + ",note\n" + ALI.strip() + ',"a\nb\nc"\n' + "\n" + "12345,90,vip,UTC,\n"
    assert [line for line, _, _ in findings(text)] == [6]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "The file is empty. Its first line must name the columns: phone_number"),
        ("\n" + HEADER, 1, "Missing: phone_number, mobile_operator_code, tag, timezone."),
        (HEADER, 2, "The file has a header, but no clients below it."),
        (HEADER + "\n,,,\n", 4, "The file has a header, but no clients below it."),
        (ALI, 1, "Missing: phone_number, mobile_operator_code, tag, timezone."),
        ("phone_number,tag,zone\n" + ALI, 1, "Missing: mobile_operator_code, timezone."),
        (HEADER.replace(",", "\t") + ALI, 1, "Missing: phone_number"),
        ("tag," + HEADER + ALI, 1, "names the column tag more than once"),
        ((HEADER + ALI.replace("vip", "вип")).encode("cp1251"), 2, "The file is not in UTF-8."),
        ((HEADER + ALI).encode("utf-16"), 1, "The file is not in UTF-8."),
        ((HEADER + ALI).encode("utf-16-le"), 1, "The file is not in UTF-8."),
        (HEADER + ALI + '"+998 90 123,90,vip,UTC\n' + ALI, 3, "this is not CSV"),
        (HEADER + '"+998" 90,90,vip,UTC\n', 2, "this is not CSV"),
        ((HEADER + ALI).replace("\n", "\r"), 1, "Missing: phone_number, mobile_operator_code, tag, timezone."),
        (HEADER + ALI.replace("\n", "\r") + ALI, 2, "this is not CSV"),
        (HEADER + ALI + "x" * (LONGEST_LINE + 1), 3, "This line is longer than 65536 bytes."),
    ],
)
def test_what_is_wrong_with_the_file_is_told_with_the_cure(text: str | bytes, line: int, message: str) -> None:
    found, told = wrong(text)
    assert found == line
    assert message in told


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
def test_every_error_speaks_the_language_that_is_asked_for(language: str) -> None:
    assert len({wrong(b"\xff", language)[1] for language in ("uz", "ru", "en")}) == 3
    assert "UTF-8" in wrong(b"\xff", language)[1]


def test_a_file_has_a_hundred_thousand_clients_at_most() -> None:
    assert findings(HEADER + ALI * MOST_ROWS) == []
    line, message = wrong(HEADER + ALI * (MOST_ROWS + 1))
    assert line == MOST_ROWS + 2
    assert "more than 100000 clients" in message


@given(st.text(max_size=300), st.integers(1, 50))
def test_no_file_is_too_odd_to_be_told_what_is_wrong_with_it(text: str, size: int) -> None:
    content = (HEADER + text).encode("utf-8", "surrogatepass")
    with suppress(Unreadable):
        assert all(line.client or line.findings for line in clients(pieces(content, size)))
