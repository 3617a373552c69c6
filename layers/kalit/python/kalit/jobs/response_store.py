"""The jobs table: the codes that `send_sms` made, each in a row of its own, so that no writer loses another's.

pk          sk                 what
RESPONSES   <asked at>#<job>   a code
SMS#<job>   SMS                the SMS with it, on its way
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from kalit.kit import clock, queues
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
    row = ResponseRow(
        "RESPONSES", f"{clock.wire(order.asked_at)}#{order.id}", code=secrets.randbelow(900_000) + 100_000
    )
    try:
        with Commit() as commit:
            commit.put(row, ResponseRow.pk.does_not_exist(), unmet=Made())
            if order.phone:
                text = CODE_TEXT.say(order.language, code=int(row.code))
                notice = SmsRow(f"SMS#{order.id}", "SMS", phone=order.phone, text=text, outbox="sms")
                notice.ttl = int((at + KEPT).timestamp())
                commit.put(notice)
    except Made:
        row = ResponseRow.get(row.pk, row.sk, consistent_read=True)
    return int(row.code)


def responses() -> list[Response]:
    """All codes in the order in which they were asked for. A Query, and one more for each megabyte."""
    return [Response(response=int(row.code)) for row in ResponseRow.query("RESPONSES", consistent_read=True)]


def send(image: dict[str, Any]) -> None:
    """Hand a code's SMS to its queue."""
    row = SmsRow.of(image)
    id = row.pk.replace("#", "-").lower()
    queues.send(Queue.SMS, sms.Message(id=id, phone=row.phone, text=row.text), job=derived("sms", id))
