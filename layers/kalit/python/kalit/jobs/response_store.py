"""The jobs table: the codes that `send_sms` made, each in a row of its own, so that no writer loses another's.

pk          sk                 what
RESPONSES   <made at>#<job>    a code
CODE#<job>  CODE               which code a job made
SMS#<job>   SMS                the SMS with it, on its way
"""

import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from kalit.kit import clock, jobs, queues
from kalit.kit.ids import derived
from kalit.kit.resources import Grant, Queue, Table
from kalit.kit.tables import Commit, Followed, Row, TableName
from kalit.providers import sms

from .work import CODE_TEXT, Response, SendSms

WRITE: tuple[Grant, ...] = (Table.JOBS.put, Table.JOBS.get)
LIST: tuple[Grant, ...] = (Table.JOBS.query,)
KEPT = timedelta(days=1)  # of an SMS that was handed over


class ResponseRow(Row):
    class Meta:
        table_name = TableName(Table.JOBS)

    code = NumberAttribute()


class MadeRow(Row):
    class Meta:
        table_name = TableName(Table.JOBS)

    code = NumberAttribute()
    ttl = NumberAttribute()


class SmsRow(Followed):
    class Meta:
        table_name = TableName(Table.JOBS)

    phone = UnicodeAttribute()
    text = UnicodeAttribute()
    ttl = NumberAttribute()


class Made(Exception):
    """This job made its code before."""


def respond(order: SendSms, at: datetime) -> int:
    """Make a code and keep it, and ask for its SMS; done twice, it stays the first one. A transaction."""
    code = secrets.randbelow(900_000) + 100_000
    made = MadeRow(f"CODE#{order.id}", "CODE", code=code, ttl=int((at + jobs.KEPT).timestamp()))
    with suppress(Made), Commit() as commit:
        commit.put(made, MadeRow.pk.does_not_exist(), unmet=Made())
        commit.put(ResponseRow("RESPONSES", f"{clock.wire(at)}#{order.id}", code=code))
        if order.phone:
            text = CODE_TEXT.say(order.language, code=code)
            notice = SmsRow(f"SMS#{order.id}", "SMS", phone=order.phone, text=text, outbox="sms")
            notice.ttl = int((at + KEPT).timestamp())
            commit.put(notice)
        return code
    return int(MadeRow.get(made.pk, made.sk, consistent_read=True).code)


def responses() -> list[Response]:
    """All codes in the order in which they were made. A Query, and one more for each megabyte."""
    return [Response(response=int(row.code)) for row in ResponseRow.query("RESPONSES", consistent_read=True)]


def send(image: dict[str, Any]) -> None:
    """Hand a code's SMS to its queue."""
    row = SmsRow.of(image)
    id = row.pk.replace("#", "-").lower()
    queues.send(Queue.SMS, sms.Message(id=id, phone=row.phone, text=row.text), job=derived("sms", id))
