"""Passwords that may be set anew: the reset rows of the accounts table.

A row is written for names that nobody has as well, so that asking tells nothing; only its outbox stays empty.
"""

import hmac
from contextlib import suppress
from datetime import datetime
from uuid import UUID, uuid4

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from kalit.kit import clock, limits, metrics, queues
from kalit.kit.caller import Standing
from kalit.kit.errors import Invalid, Throttled
from kalit.kit.request import Request
from kalit.kit.resources import Grant, Queue, Table
from kalit.kit.tables import Commit, Followed, TableName
from kalit.providers import email, sms

from . import event_store, events, key_store, one_time, passwords, reset_page, resets, store
from .directory import folded
from .people import check_strength
from .resets import Channel, Reset, ResetNotValid, ResetRequest
from .sessions import Client
from .store import AccountRow

ASK: tuple[Grant, ...] = (*limits.COUNT, Table.ACCOUNTS.get, Table.ACCOUNTS.put)
SEND: tuple[Grant, ...] = (*key_store.DERIVE, Table.ACCOUNTS.get, Queue.EMAIL.send, Queue.SMS.send)
SET: tuple[Grant, ...] = (
    *key_store.DERIVE,
    Table.ACCOUNTS.get,
    Table.ACCOUNTS.put,
    Table.ACCOUNTS.update,
    Table.ACCOUNTS.delete,
)


class ResetRow(Followed):
    class Meta:
        table_name = TableName(Table.ACCOUNTS)

    account = UnicodeAttribute(null=True)
    version = NumberAttribute(null=True)  # of the account's sessions; a new password makes it another
    channel = UnicodeAttribute()
    tries = NumberAttribute(default=0)
    origin = UnicodeAttribute()
    language = UnicodeAttribute()
    expires_at = UnicodeAttribute()
    ttl = NumberAttribute()

    @staticmethod
    def key(id: UUID) -> tuple[str, str]:
        return f"RESET#{id}", "RESET"

    @property
    def id(self) -> str:
        return self.pk.removeprefix("RESET#")


def ask(told: ResetRequest, request: Request, at: datetime) -> UUID:
    """Let the way to a new password be sent, if there is somebody to send it to. Raises `Throttled`.

    Returns which reset it is. The same calls whether there is somebody or not: two counts, two reads, a write.
    """
    limits.spend(resets.REQUESTS, f"{folded(told.username)} {request.address}", at)
    account = store.by_name(told.username)
    id, expires_at = uuid4(), at + resets.LASTS
    row = ResetRow(*ResetRow.key(id), channel=told.channel, origin=request.origin, language=request.language)
    row.expires_at, row.ttl = clock.wire(expires_at), int(expires_at.timestamp())
    whom = account.uuid if account else folded(told.username)
    if _may_be_sent(told.channel, whom, at) and account and account.is_active and _reachable(account, told.channel):
        row.account, row.version = account.uuid, account.session_version
        row.outbox = f"reset-{told.channel}"
    row.save()
    return id


def send(row: ResetRow) -> None:
    """Put a reset's message on its way. One read, one key, one SendMessage."""
    account = AccountRow.find(*Standing.key(row.account))
    if account is None or not _reachable(account, Channel(row.channel)):
        return
    proof = resets.proof(Channel(row.channel), key_store.derive("reset", row.id))
    id = f"reset-{row.id}"
    if row.channel == Channel.SMS:
        text = resets.CODE_BODY.say(row.language, code=proof)
        queues.send(Queue.SMS, sms.Message(id=id, phone=account.phone, text=text))
    else:
        body = resets.LINK_BODY.say(row.language, link=f"{row.origin}/reset/{row.id}.{proof}/")
        subject = reset_page.TITLE.say(row.language)
        queues.send(Queue.EMAIL, email.Message(id=id, to=account.email, subject=subject, body=body))


def set_password(told: Reset, client: Client, at: datetime) -> None:
    """Set the new password and end all sessions. Raises `ResetNotValid`, or `Invalid` for a weak one.

    Two reads, one key, a transaction for each try of a code and one for the password.
    """
    row = ResetRow.find(*ResetRow.key(told.id))
    if row is None or row.expires_at <= clock.wire(at):
        raise ResetNotValid
    by_code = row.channel == Channel.SMS
    if by_code:
        with Commit() as commit:
            one_more: list[Action] = [ResetRow.tries.add(1), ResetRow.outbox.remove()]
            commit.update(row, one_more, ResetRow.tries < resets.MOST_TRIES, unmet=ResetNotValid())
    proof = resets.proof(Channel(row.channel), key_store.derive("reset", row.id))
    if not hmac.compare_digest(told.proof.encode(), proof.encode()) or row.account is None:
        raise ResetNotValid
    account = store.by_uuid(UUID(row.account))
    try:
        check_strength(told.new_password, account.account)
        if account.must_change_password and passwords.matches(account.password, told.new_password):
            raise one_time.not_new()
    except Invalid:
        if by_code:
            with suppress(UpdateError):  # used in between
                row.update([ResetRow.tries.set(0)], ResetRow.pk.exists())  # it was no wrong code
        raise
    changes: list[Action] = [
        *store.new_password(told.new_password, at),
        (AccountRow.phone_verified if by_code else AccountRow.email_verified).set(True),
    ]
    if not (by_code or account.phone_verified):
        # Who opened the account in this address's name may have told a phone of his own.
        changes.append(AccountRow.phone_recovers.set(False))
    with Commit() as commit:
        commit.delete(row, ResetRow.pk.exists(), unmet=ResetNotValid())
        store.forget_one_time(commit, account)
        unchanged = AccountRow.session_version == row.version
        commit.update(AccountRow(*Standing.key(account.uuid)), changes, unchanged, unmet=ResetNotValid())
        event_store.write(commit, events.RESET, account.uuid, client, at)
    metrics.count("passwords_reset")


def _reachable(account: AccountRow, channel: Channel) -> bool:
    return bool(account.email if channel is Channel.EMAIL else account.phone and account.phone_recovers)


def _may_be_sent(channel: Channel, whom: str, at: datetime) -> bool:
    try:
        limits.spend(resets.SENT[channel], whom, at)
    except Throttled:
        return False
    return True
