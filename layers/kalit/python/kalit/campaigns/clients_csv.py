"""A file of clients: CSV with a header, in UTF-8, read line by line.

    phone_number,mobile_operator_code,tag,timezone
    +998 90 123-45-67,90,vip,Asia/Tashkent

Columns stand in any order, with commas or semicolons between; others are ignored, and so are empty lines. Every client
is checked as one that is made by itself. What is wrong is told by line: of one client, or of the file, which then is
read no further.
"""

import csv
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kalit.kit.errors import Invalid
from kalit.kit.fields import read
from kalit.kit.words import Text

from .clients import NewClient

MOST_ROWS = 100_000
MOST_BYTES = 20 * 1024 * 1024
LONGEST_LINE = 64 * 1024  # bytes
COLUMNS = tuple(NewClient.model_fields)
DELIMITERS = ",;"
MARK = b"\xef\xbb\xbf"  # which some programs put before UTF-8

EMPTY = Text(
    "The file is empty. Its first line must name the columns: {columns}.",
    ru="Файл пуст. Первая строка должна называть столбцы: {columns}.",
    uz="Fayl boʻsh. Birinchi qatorda ustunlar nomi boʻlishi kerak: {columns}.",
)
NO_CLIENTS = Text(
    "The file has a header, but no clients below it.",
    ru="В файле есть заголовок, но под ним нет ни одного клиента.",
    uz="Faylda sarlavha bor, lekin uning ostida birorta mijoz yoʻq.",
)
NO_COLUMNS = Text(
    "The first line must name the columns {columns}, with commas or semicolons between. Missing: {missing}.",
    ru="Первая строка должна называть столбцы {columns} через запятую или точку с запятой. Не хватает: {missing}.",
    uz="Birinchi qatorda vergul yoki nuqtali vergul bilan ustunlar nomi turishi kerak: {columns}. "
    "Yetishmayapti: {missing}.",
)
TWICE = Text(
    "The first line names the column {name} more than once. Keep one of them.",
    ru="В первой строке столбец {name} назван несколько раз. Оставьте один.",
    uz="Birinchi qatorda {name} ustuni bir necha marta yozilgan. Bittasini qoldiring.",
)
NOT_UTF_8 = Text(
    "The file is not in UTF-8. Save it again as “CSV UTF-8”.",
    ru="Файл не в кодировке UTF-8. Сохраните его как «CSV UTF-8».",
    uz="Fayl UTF-8 kodlashida emas. Uni «CSV UTF-8» sifatida qayta saqlang.",
)
NOT_CSV = Text(
    "From here on this is not CSV: a quote may not be closed, or lines may end with CR alone. Save it again as CSV.",
    ru="Начиная отсюда это не CSV: возможно, не закрыта кавычка или строки кончаются одним CR. Сохраните его как CSV.",
    uz="Shu yerdan boshlab bu CSV emas: qoʻshtirnoq yopilmagan yoki qatorlar faqat CR bilan tugaydi. CSV sifatida "
    "qayta saqlang.",
)
LONG_LINE = Text(
    "This line is longer than {most} bytes. Remove what is no client's data.",
    ru="Эта строка длиннее {most} байт. Удалите из неё лишнее.",
    uz="Bu qator {most} baytdan uzun. Undan ortiqchasini olib tashlang.",
)
MANY_ROWS = Text(
    "The file has more than {most} clients. Split it into several files.",
    ru="В файле больше {most} клиентов. Разделите его на несколько файлов.",
    uz="Faylda {most} tadan ortiq mijoz bor. Uni bir nechta faylga boʻling.",
)
RAGGED = Text(
    "This line has {cells} values, the header {wanted}. Add what is missing, or quote a value that has a {delimiter}.",
    ru="В строке {cells} значений, а в заголовке {wanted}. Добавьте недостающее или возьмите в кавычки значение, "
    "в котором есть {delimiter}.",
    uz="Qatorda {cells} ta qiymat, sarlavhada {wanted} ta. Yetishmaganini qoʻshing yoki ichida {delimiter} bor "
    "qiymatni qoʻshtirnoqqa oling.",
)


class Finding(NamedTuple):
    """What is wrong at a line, counted from 1: with one column, or with the line or the whole file (no column)."""

    line: int
    column: str
    text: Text


class Unreadable(ValueError):
    """The file cannot be read from some line on."""

    def __init__(self, line: int, text: Text, **values: object) -> None:
        super().__init__(text.default)
        self.finding = Finding(line, "", filled(text, values))


class Header(NamedTuple):
    """What the first line says: between values, how many there are, and which of them are `COLUMNS`."""

    delimiter: str
    width: int
    places: tuple[int, ...]


class Line(NamedTuple):
    """A client, or what is wrong with him."""

    number: int
    client: NewClient | None
    findings: list[Finding]


def filled(text: Text, values: dict[str, object]) -> Text:
    """The text with its values, in every language."""
    return Text(*(told.format(**values) for told in text))


class Lines:
    """Lines of text out of the pieces of a file; `number` is the next one's. Raises `Unreadable`."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.number = 1
        self._lines = self._split(pieces)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        text = self._decoded(line.removeprefix(MARK) if self.number == 1 else line)
        self.number += 1
        return text

    def _decoded(self, line: bytes) -> str:
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            raise Unreadable(self.number, NOT_UTF_8) from None
        if "\0" in text:  # as UTF-16 has them
            raise Unreadable(self.number, NOT_UTF_8)
        return text

    def _split(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        rest = b""
        for piece in pieces:
            *whole, rest = (rest + piece).split(b"\n")
            for line in whole:
                yield self._bounded(line + b"\n")
            self._bounded(rest)
        if rest:
            yield rest

    def _bounded(self, line: bytes) -> bytes:
        if len(line) > LONGEST_LINE:
            raise Unreadable(self.number, LONG_LINE, most=LONGEST_LINE)
        return line


def clients(pieces: Iterable[bytes]) -> Iterator[Line]:
    """The clients of a file that comes in pieces. Raises `Unreadable`, also where there are none."""
    lines = Lines(pieces)
    header = _header(lines)
    reader = csv.reader(lines, delimiter=header.delimiter, strict=True)
    rows, number = 0, lines.number
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows += 1
                if rows > MOST_ROWS:
                    raise Unreadable(number, MANY_ROWS, most=MOST_ROWS)
                yield _client(header, cells, number)
            number = lines.number
    except csv.Error:
        raise Unreadable(number, NOT_CSV) from None
    if not rows:
        raise Unreadable(number, NO_CLIENTS)


def _header(lines: Lines) -> Header:
    first = next(lines, None)
    if first is None:
        raise Unreadable(1, EMPTY, columns=", ".join(COLUMNS))
    names, delimiter = max(
        ((_names(first.strip(), delimiter), delimiter) for delimiter in DELIMITERS),
        key=lambda read: len(set(COLUMNS) & set(read[0])),
    )
    if missing := [name for name in COLUMNS if name not in names]:
        raise Unreadable(1, NO_COLUMNS, columns=", ".join(COLUMNS), missing=", ".join(missing))
    if twice := next((name for name in COLUMNS if names.count(name) > 1), None):
        raise Unreadable(1, TWICE, name=twice)
    return Header(delimiter, len(names), tuple(map(names.index, COLUMNS)))


def _names(first: str, delimiter: str) -> list[str]:
    try:
        return [name.strip().lower() for name in next(csv.reader([first], delimiter=delimiter, strict=True))]
    except csv.Error:
        return []


def _client(header: Header, cells: list[str], number: int) -> Line:
    if len(cells) != header.width:
        told = {"cells": len(cells), "wanted": header.width, "delimiter": header.delimiter}
        return Line(number, None, [Finding(number, "", filled(RAGGED, told))])
    try:
        values = {name: cells[place] for name, place in zip(COLUMNS, header.places, strict=True)}
        return Line(number, read(NewClient, values, source="form"), [])
    except Invalid as error:
        wrong = [(column, *one) for column, messages in error.fields.items() for one in messages]
        return Line(number, None, [Finding(number, column, filled(text, told)) for column, text, told in wrong])
