"""The list of managers as a CSV file."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, NamedTuple

from pydantic import BeforeValidator, Field

from kalit.kit.api import Reply
from kalit.kit.fields import Input, Moment, Output

from .directory import normal

FILE = "managers.csv"
CSV = "text/csv; charset=utf-8"
HEADER = ("URL", "Username", "OneTimePassword", "Current Role")
NONE_LEFT = "Not available"
LARGEST = 5_000_000  # bytes of an answer as Lambda sends it on, which is JSON; its own limit is 6 MB
BOM = "\ufeff"


class ExportQuery(Input):
    """Which managers, and for which reader."""

    username: Annotated[str, Field(max_length=254), BeforeValidator(normal)] = Field(
        "", description="This manager alone.", examples=["dilshod"]
    )
    bom: bool = Field(
        False, description="A byte order mark in front: Excel then reads letters that are not Latin.", examples=[True]
    )


@dataclass(frozen=True)
class File(Reply):
    """The file, or where it is too large for an answer, a link to it."""

    media_type: str = CSV


class Download(Output):
    """Where the file lies for five minutes."""

    url: str
    size: int
    expires_at: Moment


class Manager(NamedTuple):
    """A row; without a password when it was used, has run out, or was never there."""

    username: str
    one_time_password: str
    role: str


def written(managers: Sequence[Manager], url: str, bom: bool) -> str:
    """The file. `url` is where managers log in first."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(HEADER)
    for username, password, role in managers:
        rows.writerow(map(_harmless, (url, username, password or NONE_LEFT, role)))
    return f"{BOM if bom else ''}{text.getvalue()}"


def fits(text: str) -> bool:
    """Whether it may be an answer."""
    return len(json.dumps(text)) <= LARGEST


def attached(text: str) -> File:
    return File(text, headers={"Content-Disposition": f'attachment; filename="{FILE}"'})


def linked(url: str, size: int, expires_at: datetime) -> File:
    return File(Download(url=url, size=size, expires_at=expires_at), media_type="application/json")


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, "CSV Injection")."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
