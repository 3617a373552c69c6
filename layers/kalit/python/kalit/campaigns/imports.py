"""An import of clients: the file is uploaded, checked as a whole, then its clients are made page by page.

    waiting     for the file, and for its start
    checking    nothing has been made yet
    importing
    done
    failed      something is wrong in the file, so nothing was made; it says what, line by line

A phone that one of the owner's clients has already, or that stood in the file before, is no error: the line is left out
and told as a duplicate. Phones are compared by their digits.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import BaseModel, Field

from kalit.kit.errors import Conflict, NotFound
from kalit.kit.fields import Moment, Output
from kalit.kit.words import Text

from .clients import NewClient, digits
from .clients_csv import MOST_BYTES, Finding, Unreadable, clients, filled

UPLOAD_HOLDS = timedelta(minutes=15)
PAGE = 2_000  # clients that one step makes
MOST_TOLD = 1_000  # errors, and duplicates, that are kept; the others are only counted

TOO_BIG = Text(
    "The file is larger than {most} bytes. Split it into several files.",
    ru="Файл больше {most} байт. Разделите его на несколько файлов.",
    uz="Fayl {most} baytdan katta. Uni bir nechta faylga boʻling.",
)


class ImportNotFound(NotFound):
    """No such import."""

    ru = "Такого импорта нет."
    uz = "Bunday import yoʻq."


class NothingUploaded(Conflict):
    """The file has not been uploaded yet. Send it to the address that the import was made with, then start."""

    ru = "Файл ещё не загружен. Отправьте его по адресу, полученному при создании импорта, затем запустите."
    uz = "Fayl hali yuklanmagan. Uni import yaratilganda berilgan manzilga yuboring, soʻng boshlang."


class AlreadyStarted(Conflict):
    """This import was started before. Make another one for another file."""

    ru = "Этот импорт уже запущен. Для другого файла создайте новый."
    uz = "Bu import allaqachon boshlangan. Boshqa fayl uchun yangisini yarating."


class State(StrEnum):
    WAITING = "waiting"
    CHECKING = "checking"
    IMPORTING = "importing"
    DONE = "done"
    FAILED = "failed"


class Upload(Output):
    """A form that takes the file: POST it as multipart/form-data with these fields, and the file last, as `file`."""

    url: str = Field(examples=["https://prod-imports.s3.amazonaws.com/"])
    fields: dict[str, str] = Field(examples=[{"key": "019c1f3e/clients.csv", "policy": "eyJ…"}])


class NewImport(Output):
    id: UUID = Field(examples=["019c1f3e-6a35-7cb5-9b66-0a54cf0d1a11"])
    upload: Upload
    expires_at: Moment = Field(description="Until when the file can be uploaded.", examples=["2026-11-21T09:15:00Z"])


class Import(Output):
    id: UUID = Field(examples=["019c1f3e-6a35-7cb5-9b66-0a54cf0d1a11"])
    state: State = Field(examples=[State.FAILED])
    created_at: Moment = Field(examples=["2026-11-21T09:00:00Z"])
    started_at: Moment | None = Field(examples=["2026-11-21T09:01:00Z"])
    finished_at: Moment | None = Field(examples=["2026-11-21T09:01:02Z"])
    rows: int | None = Field(description="Clients in the file, once it is checked.", examples=[3])
    accepted: int | None = Field(description="Of them, those that are made.", examples=[1])
    imported: int = Field(description="Of those, how many there are now.", examples=[0])
    error_count: int = Field(examples=[1])
    duplicate_count: int = Field(examples=[1])


class LineError(Output):
    """What is wrong at a line, counted from 1; of the line or the whole file, where no column is named."""

    line: int = Field(examples=[4])
    column: str = Field(examples=["timezone"])
    message: str = Field(examples=["Unknown time zone. Such as: Asia/Tashkent, Europe/Berlin, UTC."])


class LineDuplicate(Output):
    """A line that was left out, since an earlier line, or a client of yours, has its phone."""

    line: int = Field(examples=[3])
    first_line: int | None = Field(examples=[2])
    client: int | None = Field(examples=[None])


class ImportDetails(Import):
    """The lists have the first thousand of each."""

    errors: list[LineError]
    duplicates: list[LineDuplicate]


class Order(BaseModel):
    """What its state machine was told: which import it is about."""

    id: UUID


class Checked(BaseModel):
    """The numbers of the pages that are to be made."""

    pages: list[int]


class PageOrder(BaseModel):
    id: UUID
    page: int


class Duplicate(NamedTuple):
    line: int
    first_line: int | None
    client: int | None


@dataclass
class Check:
    """What a file holds. It is accepted as a whole or not at all."""

    rows: int = 0
    accepted: dict[str, tuple[int, NewClient]] = field(default_factory=dict)  # by digits, with the line
    errors: list[Finding] = field(default_factory=list)
    error_count: int = 0
    duplicates: list[Duplicate] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        return self.error_count > 0

    def leave_out(self, known: Mapping[str, int]) -> None:
        """The phones of clients that there are (digits -> id) are duplicates too."""
        for phone, client in known.items():
            line, _ = self.accepted.pop(phone)
            self.duplicates.append(Duplicate(line, None, client))
        self.duplicates.sort()

    def _find(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self.error_count += 1
            if len(self.errors) < MOST_TOLD:
                self.errors.append(finding)


def checked(pieces: Iterable[bytes]) -> Check:
    """A file that comes in pieces, by itself."""
    check = Check()
    try:
        for line in clients(pieces):
            check.rows += 1
            check._find(line.findings)
            if line.client:
                first, _ = check.accepted.setdefault(digits(line.client.phone_number), (line.number, line.client))
                if first != line.number:
                    check.duplicates.append(Duplicate(line.number, first, None))
    except Unreadable as unreadable:
        check._find([unreadable.finding])
    return check


def too_big() -> Check:
    check = Check()
    check._find([Finding(1, "", filled(TOO_BIG, {"most": MOST_BYTES}))])
    return check


def report(check: Check) -> str:
    """What is kept of errors and duplicates: as JSON, with each text once."""
    texts = list(dict.fromkeys(finding.text for finding in check.errors))
    errors = [[line, column, texts.index(text)] for line, column, text in check.errors]
    told = {"texts": texts, "errors": errors, "duplicates": check.duplicates[:MOST_TOLD]}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def reported(told: str, language: str) -> dict[str, list[Any]]:
    """The same as it is shown."""
    kept = json.loads(told)
    texts = [Text(*text).say(language) for text in kept["texts"]]
    return {
        "errors": [LineError(line=line, column=column, message=texts[at]) for line, column, at in kept["errors"]],
        "duplicates": [
            LineDuplicate(line=line, first_line=first, client=client) for line, first, client in kept["duplicates"]
        ],
    }


class Piece(NamedTuple):
    """A page's part of the file of those who are to be made."""

    first: int  # of all who are made, from 0
    clients: int
    content: bytes


def paged(accepted: Sequence[NewClient]) -> Iterator[Piece]:
    """Those who are to be made, page by page, each as a line of JSON."""
    for first in range(0, len(accepted), PAGE):
        some = accepted[first : first + PAGE]
        lines = (json.dumps(list(client.model_dump().values()), ensure_ascii=False) for client in some)
        yield Piece(first, len(some), "".join(f"{line}\n" for line in lines).encode())


def of_page(content: bytes) -> list[NewClient]:
    """The clients of a page, checked before."""
    names = tuple(NewClient.model_fields)
    rows = map(json.loads, content.splitlines())
    return [NewClient.model_construct(**dict(zip(names, row, strict=True))) for row in rows]
