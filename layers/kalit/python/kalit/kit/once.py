"""`Idempotency-Key`: the same request again gets the first answer again (CONTRACT 10, 12.20).

The kept answer is a cache, never the guarantee: after a crash between the effect and the keeping,
the body runs again. So a door that takes `key: UUID | None` must make its effect unique by that key
in its own transaction; the key is the same for the same caller, route and header.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError

from .errors import Invalid, KeyReused, StillRunning
from .ids import derived
from .resources import Grant, Table
from .tables import Row, TableName, condition_failed
from .words import Text

GRANTS: tuple[Grant, ...] = (Table.OPS.put, Table.OPS.get, Table.OPS.delete)
KEPT = timedelta(hours=24)
LARGEST_ANSWER = 300_000  # bytes; a DynamoDB item holds 400 KB
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
    until = NumberAttribute()
    answer = UnicodeAttribute(null=True)
    ttl = NumberAttribute()


@dataclass(frozen=True)
class Once:
    """A claimed key: run the body, then `keep` its answer or `release` the key."""

    key: UUID
    row: _Kept

    @classmethod
    def claim(cls, header: str, scope: str, body: str, at: datetime, lease: int) -> "Self | dict[str, Any]":
        """The claimed key, or the answer kept under it.

        `scope` is caller and route, `body` what must be the same, `lease` seconds that the door may run.
        Raises `Invalid`, `KeyReused` or `StillRunning`. One PutItem, and one GetItem when it is not the first.
        """
        if not re.fullmatch(r"[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?", header):
            raise Invalid.field("Idempotency-Key", MALFORMED)
        now, key = int(at.timestamp()), derived("once", scope, header)
        digest = hashlib.sha256(body.encode()).hexdigest()
        row = _Kept(f"ONCE#{key}", "ONCE", body=digest, until=now + lease, ttl=now + int(KEPT.total_seconds()))
        kept_over = _Kept.until <= now
        for _ in range(2):
            try:
                row.save(_Kept.pk.does_not_exist() | (kept_over & (_Kept.answer.exists() | (_Kept.body == digest))))
                return cls(key, row)
            except PutError as error:
                if not condition_failed(error):
                    raise
            first = _Kept.find(row.pk, row.sk)
            if first is None:
                continue  # released in between: claim it now
            if first.body != digest:
                raise KeyReused
            if first.answer:
                answer: dict[str, Any] = json.loads(first.answer)
                return answer
            break
        raise StillRunning(headers={"Retry-After": "1"})

    def finish(self, answer: dict[str, Any]) -> None:
        """Keep what will be the same next time; let go of what may differ. One PutItem or DeleteItem."""
        text = json.dumps(answer)
        if answer["statusCode"] >= 500 or answer["statusCode"] in NOT_REPLAYED or len(text) > LARGEST_ANSWER:
            self.row.delete()
        else:
            self.row.answer = text
            self.row.until = self.row.ttl
            self.row.save()
