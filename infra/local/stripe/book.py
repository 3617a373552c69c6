"""What the sandbox remembers: objects, answers by idempotency key, and what webhooks are still to be delivered.

One SQLite file, so that a request is kept whole or not at all, whatever becomes of the process.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from .objects import Object, Refused

KEPT = 24 * 60 * 60  # seconds that an idempotency key is remembered
SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    ordinal INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, kind TEXT, about TEXT, ends REAL, body TEXT
);
CREATE INDEX IF NOT EXISTS by_kind ON objects (kind, ordinal);
CREATE INDEX IF NOT EXISTS by_about ON objects (kind, about);
CREATE INDEX IF NOT EXISTS by_end ON objects (ends) WHERE ends IS NOT NULL;
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, asked TEXT, status INTEGER, body TEXT, request TEXT, created REAL
);
CREATE TABLE IF NOT EXISTS deliveries (
    ordinal INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT, due REAL, tried INTEGER
);
CREATE INDEX IF NOT EXISTS by_due ON deliveries (due);
"""


class Delivery(NamedTuple):
    """An event that the webhook has not taken yet. `due`: real unix time of the next try."""

    ordinal: int
    event: str
    due: float
    tried: int


class Answer(NamedTuple):
    """What was answered under an idempotency key, and to which request."""

    asked: str
    status: int
    body: str
    request: str
    created: float


class Book:
    """Objects by kind and id. For one thread."""

    def __init__(self, file: Path) -> None:
        self.database = sqlite3.connect(file, isolation_level=None)
        self.database.execute("PRAGMA journal_mode = WAL")
        self.database.executescript(SCHEMA)

    def close(self) -> None:
        self.database.close()

    @contextmanager
    def change(self) -> Iterator[None]:
        """All that is written inside is kept together; nothing of it when something is raised."""
        self.database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.database.execute("ROLLBACK")
            raise
        self.database.execute("COMMIT")

    def keep(self, told: Object, about: str = "", ends: int | None = None) -> None:
        """Write an object, new or changed. `about`: the payment that it belongs to; `ends`: when it does by itself."""
        self.database.execute(
            "INSERT INTO objects (id, kind, about, ends, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) "
            "DO UPDATE SET about = excluded.about, ends = excluded.ends, body = excluded.body",
            (told["id"], told["object"], about, ends, json.dumps(told)),
        )

    def get(self, kind: str, id: str, param: str = "") -> Object:
        """An object. Raises `Refused`; `param` is where its id stood, when not in the address."""
        row = self.database.execute("SELECT body FROM objects WHERE id = ? AND kind = ?", (id, kind)).fetchone()
        if row is None:
            raise Refused(
                f"No such {kind}: '{id}'", status=400 if param else 404, code="resource_missing", param=param or "id"
            )
        found: Object = json.loads(row[0])
        return found

    def all(self, kind: str, about: str = "") -> list[Object]:
        """Objects of a kind, the newest first; `about`: of one payment."""
        where, values = ("AND about = ?", (kind, about)) if about else ("", (kind,))
        rows = self.database.execute(
            f"SELECT body FROM objects WHERE kind = ? {where} ORDER BY ordinal DESC",  # noqa: S608 - no values in it
            values,
        )
        return [json.loads(body) for (body,) in rows]

    def ended(self, now: float) -> list[str]:
        """The ids of what is past its end."""
        return [id for (id,) in self.database.execute("SELECT id FROM objects WHERE ends <= ?", (now,))]

    def answered(self, key: str, now: float) -> Answer | None:
        row = self.database.execute(
            "SELECT asked, status, body, request, created FROM answers WHERE key = ? AND created > ?", (key, now - KEPT)
        ).fetchone()
        return Answer(*row) if row else None

    def remember(self, key: str, answer: Answer) -> None:
        self.database.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?)", (key, *answer))

    def deliver(self, event: str, due: float) -> None:
        self.database.execute("INSERT INTO deliveries (event, due, tried) VALUES (?, ?, 0)", (event, due))

    def next_delivery(self) -> Delivery | None:
        row = self.database.execute(
            "SELECT ordinal, event, due, tried FROM deliveries ORDER BY due, ordinal LIMIT 1"
        ).fetchone()
        return Delivery(*row) if row else None

    def delivered(self, delivery: Delivery, again: float | None = None) -> None:
        """Taken, or given up; or to be tried `again` then."""
        if again is None:
            self.database.execute("DELETE FROM deliveries WHERE ordinal = ?", (delivery.ordinal,))
        else:
            self.database.execute(
                "UPDATE deliveries SET due = ?, tried = tried + 1 WHERE ordinal = ?", (again, delivery.ordinal)
            )

    def waiting(self) -> Mapping[str, int]:
        """Events that the webhook has not taken yet -> how many times it is still to be told."""
        return dict(self.database.execute("SELECT event, count(*) FROM deliveries GROUP BY event").fetchall())
