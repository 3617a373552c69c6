"""Passwords that may be set anew: the reset rows of the accounts table.

A row is written for names that nobody has as well, so that asking tells nothing; only its outbox stays empty.
"""

import hmac
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError

from kalit.kit import clock, limits, metrics, queues
from kalit.kit.caller import Standing
from kalit.kit.errors import Invalid, Throttled
from kalit.kit.ids import derived
from kalit.kit.request import Request
from kalit.kit.resources import Grant, Queue, Table
from kalit.kit.tables import Commit, Followed, TableName, condition_failed
from kalit.providers import email, sms

from . import key_store, passwords, resets, store
from .directory import folded
from .people import check_strength
from .resets import Channel, Reset, ResetNotValid, ResetRequest
from .store import AccountRow

ASK: tuple[Grant, ...] = (*limits.COUNT, Table.ACCOUNTS.get, Table.ACCOUNTS.put)
SEND: tuple[Grant, ...] = (*key_store.DERIVE, Table.ACCOUNTS.get, Queue.EMAIL.send, Queue.SMS.send)
SET: tuple[Grant, ...] = (*key_store.DERIVE, Table.ACCOUNTS.get, Table.ACCOUNTS.update, Table.ACCOUNTS.delete)


class ResetRow(Followed):
    class Meta:
        table_name = TableName(Table.ACCOUNTS)

    account = UnicodeAttribute(null=True)
    channel = UnicodeAttribute()
    nonce = UnicodeAttribute()
    tries = NumberAttribute(default=0)
    origin = UnicodeAttribute()
    language = UnicodeAttribute()
    asked_at = UnicodeAttribute()
    expires_at = UnicodeAttribute()
    ttl = NumberAttribute()

    @staticmethod
    def key(id: UUID) -> tuple[str, str]:
        return f"RESET#{id}", "RESET"

    @property
    def id(self) -> str:
        return self.pk.removeprefix("RESET#")


def ask(told: ResetRequest, request: Request, at: datetime) -> None:
    """Let the way to a new password be sent, if there is somebody to send it to. Raises `Throttled`.

    The same calls whether there is or not: a count, three reads, a write.
    """
    limits.spend(resets.REQUESTS, f"{folded(told.username)} {request.address}", at)
    account = store.by_name(told.username)
    id = resets.reset_id(told.username, told.channel)
    was = ResetRow.find(*ResetRow.key(id))
    row = ResetRow(*ResetRow.key(id), channel=told.channel, origin=request.origin, language=request.language)
    row.asked_at, row.expires_at = clock.wire(at), clock.wire(at + resets.LASTS)
    row.ttl = int((at + resets.LASTS).timestamp())
    if account and account.is_active and (account.email if told.channel is Channel.EMAIL else account.phone):
        row.account, row.outbox = account.uuid, f"reset-{told.channel}"
    if was and was.account == row.account and was.expires_at > clock.wire(at) and was.tries < resets.MOST_TRIES:
        row.nonce, row.tries = was.nonce, was.tries  # what was sent before holds on
    elif told.channel is Channel.EMAIL or _may_have_a_code(told.username, at):
        row.nonce = uuid4().hex
    else:
        row.nonce, row.outbox, row.account = uuid4().hex, None, None
    row.save()


def send(row: ResetRow) -> None:
    """Put a reset's message on its way. One read, one key, one SendMessage."""
    account = AccountRow.find(*Standing.key(row.account))
    if account is None:
        return
    proof = resets.proof(Channel(row.channel), key_store.derive("reset", row.nonce))
    id = str(derived("reset notice", row.id, row.asked_at))
    if row.channel == Channel.SMS:
        text = resets.CODE_BODY.say(row.language, code=proof)
        queues.send(Queue.SMS, sms.Message(id=id, phone=account.phone, text=text))
    else:
        body = resets.LINK_BODY.say(row.language, link=f"{row.origin}/reset/{row.id}.{proof}/")
        subject = resets.SUBJECT.say(row.language)
        queues.send(Queue.EMAIL, email.Message(id=id, to=account.email, subject=subject, body=body))


def set_password(told: Reset, at: datetime) -> None:
    """Set the new password and end all sessions. Raises `ResetNotValid`, or `Invalid` for a weak one.

    Two reads, one key, a write for each try of a code, one transaction.
    """
    row = ResetRow.find(*ResetRow.key(told.id))
    if row is None or row.expires_at <= clock.wire(at):
        raise ResetNotValid
    if row.channel == Channel.SMS:
        _count_try(row)
    proof = resets.proof(Channel(row.channel), key_store.derive("reset", row.nonce))
    if not hmac.compare_digest(told.proof.encode(), proof.encode()) or row.account is None:
        raise ResetNotValid
    account = store.by_uuid(UUID(row.account))
    try:
        check_strength(told.new_password, account.account)
    except Invalid:
        row.update([ResetRow.tries.set(0)])  # not a wrong code
        raise
    verified = AccountRow.phone_verified if row.channel == Channel.SMS else AccountRow.email_verified
    with Commit() as commit:
        commit.delete(row, ResetRow.nonce == row.nonce, unmet=ResetNotValid())
        commit.update(
            AccountRow(*Standing.key(account.uuid)),
            [
                AccountRow.password.set(passwords.hashed(told.new_password)),
                AccountRow.session_version.add(1),
                AccountRow.kept_session.remove(),
                AccountRow.ended_sessions.remove(),
                AccountRow.updated_at.set(clock.wire(at)),
                verified.set(True),
            ],
        )
    metrics.count("passwords_reset")


def row_of(image: dict[str, Any]) -> ResetRow:
    """A reset's row from DynamoDB's JSON, as streams carry it."""
    row = ResetRow()
    row.deserialize(image)
    return row


def _may_have_a_code(name: str, at: datetime) -> bool:
    try:
        limits.spend(resets.CODES, folded(name), at)
    except Throttled:
        return False
    return True


def _count_try(row: ResetRow) -> None:
    try:
        row.update([ResetRow.tries.add(1)], (ResetRow.nonce == row.nonce) & (ResetRow.tries < resets.MOST_TRIES))
    except UpdateError as error:
        if condition_failed(error):
            raise ResetNotValid from None
        raise
