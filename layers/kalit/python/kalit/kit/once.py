"""`Idempotency-Key`: the same request again gets the first answer again.

The kept answer is a cache, never the guarantee: after a crash between the effect and the keeping,
the body runs again. So a door that takes `key: UUID | None` must make its effect unique by that key
in its own transaction; the key is the same for the same caller, route, header and body.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID, uuid4

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError

from .errors import Invalid, KeyReused, StillRunning
from .ids import derived
from .resources import Grant, Table
from .sealed import seal, unseal
from .tables import Row, TableName, condition_failed
from .words import Text

GRANTS: tuple[Grant, ...] = (Table.OPS.put, Table.OPS.get, Table.OPS.delete)
KEPT = timedelta(hours=24)
LARGEST_ANSWER = 380_000  # bytes; a DynamoDB item holds 400 KB, and what is kept as one object is under 256 KB
NOT_REPLAYED = {401, 403, 429}
MALFORMED = Text(
    "Idempotency-Key must be 1 to 255 printable ASCII characters.",
    ru="Idempotency-Key должен содержать от 1 до 255 печатных символов ASCII.",
    uz="Idempotency-Key 1 tadan 255 tagacha ASCII belgidan iborat boʻlishi kerak.",
)


class _Kept(Row):
    """One answer, at pk = ONCE#<key>. `until` is the end of the lease while running, of the keeping after."""

    class Meta:
        table_name = TableName(Table.OPS)

    body = UnicodeAttribute()
    claim = UnicodeAttribute()  # whose it is: a lost answer makes the SDK claim it twice for one request
    until = NumberAttribute()
    answer = UnicodeAttribute(null=True)
    ttl = NumberAttribute()


@dataclass(frozen=True)
class Once:
    """A claimed key: run the body, then `finish` with its answer; a `secret` answer is kept sealed."""

    key: UUID
    row: _Kept
    secret: bool

    @classmethod
    def claim(
        cls, header: str, scope: str, body: str, at: datetime, lease: int, secret: bool = False
    ) -> "Self | dict[str, Any]":
        """The claimed key, or the answer kept under it.

        `scope` is caller and route, `body` the body's digest, `lease` seconds that the door may run.
        Raises `Invalid`, `KeyReused` or `StillRunning`. One PutItem, and one GetItem when it is not the first.
        """
        if not re.fullmatch(r"[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?", header):
            raise Invalid.field("Idempotency-Key", MALFORMED)
        now, key = int(at.timestamp()), derived("once", scope, header, body)
        row = _Kept(f"ONCE#{derived('once', scope, header)}", "ONCE", body=body, claim=uuid4().hex)
        row.until, row.ttl = now + lease, now + int(KEPT.total_seconds())
        died = (_Kept.until <= now) & (_Kept.body == body)
        free = _Kept.pk.does_not_exist() | (_Kept.ttl <= now) | died
        for _ in range(2):
            try:
                row.save(free)
                return cls(key, row, secret)
            except PutError as error:
                if not condition_failed(error):
                    raise
            first = _Kept.find(row.pk, row.sk)
            if first is None:
                continue  # released in between: claim it now
            if first.claim == row.claim:
                return cls(key, row, secret)
            if first.body != body:
                raise KeyReused
            if first.answer:
                answer: dict[str, Any] = json.loads(
                    unseal(first.answer, f"answer {first.pk}") if secret else first.answer
                )
                return answer
            break
        raise StillRunning(headers={"Retry-After": "1"})

    def finish(self, answer: dict[str, Any]) -> None:
        """Keep what will be the same next time; let go of what may differ. One PutItem or DeleteItem."""
        text = json.dumps(answer, ensure_ascii=False)
        status, size = answer["statusCode"], len(text.encode())
        if status >= 500 or status in NOT_REPLAYED or size > LARGEST_ANSWER:
            self.row.delete()
        else:
            self.row.answer = seal(text, f"answer {self.row.pk}") if self.secret else text
            self.row.until = self.row.ttl
            self.row.save()
