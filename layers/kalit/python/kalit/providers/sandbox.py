"""The twins that reach nobody: what they "deliver" lies in outboxes for administrators to read.

A phone's last digits decide, as with other providers' test numbers:

    …0000  is never taken
    …0001  is not taken at the first try, then is
    …0002  is taken, and the answer gets lost
"""

import json
import re
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel, Field
from pynamodb.attributes import UnicodeAttribute

from kalit.kit import clock
from kalit.kit.fields import Moment, Output
from kalit.kit.ids import ordered
from kalit.kit.pages import Page, PageQuery, part_of
from kalit.kit.resources import Grant, Table
from kalit.kit.tables import Commit, Row, TableName

from .outcomes import NotTaken, Unanswered

READ: tuple[Grant, ...] = (Table.OPS.query,)
PAGE_SIZE = 50
Delivered = TypeVar("Delivered", bound=BaseModel)


class _Delivery(Row):
    """A delivery, at pk = OUTBOX#<kind># of all, and once more at OUTBOX#<kind>#<to> of one."""

    class Meta:
        table_name = TableName(Table.OPS)

    told = UnicodeAttribute()


def send_sms(phone: str, text: str, campaign: int | None, message: str, attempt: int, at: datetime) -> None:
    """Raises `NotTaken` or `Unanswered`, as the phone's last digits say. One transaction."""
    digits = _digits(phone)
    if digits.endswith("0000") or (digits.endswith("0001") and attempt == 1):
        raise NotTaken("sandbox")
    told = {"phone": phone, "text": text, "campaign": campaign, "message": message, "attempt": attempt}
    _keep("sms", digits, {**told, "delivered_at": clock.wire(at)}, at)
    if digits.endswith("0002"):
        raise Unanswered


def send_email(to: str, subject: str, body: str, at: datetime) -> None:
    """One transaction."""
    _keep("email", to.lower(), {"to": to, "subject": subject, "body": body, "sent_at": clock.wire(at)}, at)


class SmsOutbox(PageQuery):
    phone: str = Field("", description="Only what went to this phone.", examples=["+998901234567"])


class EmailOutbox(PageQuery):
    to: str = Field("", description="Only what went to this address.", examples=["ali@example.com"])


class DeliveredSms(Output):
    phone: str
    text: str
    campaign: int | None
    message: str
    attempt: int
    delivered_at: Moment


class DeliveredEmail(Output):
    to: str
    subject: str
    body: str
    sent_at: Moment


def sms(query: SmsOutbox) -> Page[DeliveredSms]:
    """The SMS outbox, the newest first. Reads all of it, or of one phone: it is for looking at, in sandboxes only."""
    return _page(DeliveredSms, "sms", _digits(query.phone), query)


def emails(query: EmailOutbox) -> Page[DeliveredEmail]:
    """The e-mail outbox, likewise."""
    return _page(DeliveredEmail, "email", query.to.lower(), query)


def _keep(kind: str, to: str, told: dict[str, Any], at: datetime) -> None:
    id, text = str(ordered(at)), json.dumps(told, ensure_ascii=False)
    with Commit() as commit:
        for whose in ("", to):
            commit.put(_Delivery(f"OUTBOX#{kind}#{whose}", id, told=text))


def _page(model: type[Delivered], kind: str, to: str, query: PageQuery) -> Page[Delivered]:
    rows = list(_Delivery.query(f"OUTBOX#{kind}#{to}", consistent_read=True, scan_index_forward=False))
    newest = part_of(rows, query, PAGE_SIZE)
    return Page.of(newest, [model.model_validate_json(row.told) for row in newest.things])


def _digits(phone: str) -> str:
    return re.sub(r"\D", "", phone)
