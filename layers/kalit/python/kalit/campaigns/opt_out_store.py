"""Phones that want no messages, in the campaigns table; and the key of the links by which they say so.

A sender claims a message, and reads after that whether its phone opted out. So when a wish was written and nothing that
goes to the phone is in a sender's hands any more, nothing will be handed to the provider: only then it is confirmed.
"""

import time
from datetime import datetime
from functools import cache

from pynamodb.exceptions import DeleteError, UpdateError
from pynamodb.expressions.update import Action

from kalit.kit import aws, clock, metrics
from kalit.kit.caller import Caller
from kalit.kit.resources import Grant, Mac, Table
from kalit.kit.tables import condition_failed

from . import client_store, opt_outs, stop_words
from .clients import FEWEST_DIGITS, digits
from .inbound import Answer, Heard
from .messages import State
from .opt_outs import By, LinkNotValid, OptedOutByPhone, OptOut
from .sending import BEGUN
from .stop_words import Wish
from .store import ClientRow, MessageRow, OptedRow, PhoneRow, owner_of

LOOK_AGAIN = 0.1  # seconds between two looks at what senders have in their hands
# No sender calls the provider later than `BEGUN` after its claim; the provider answers within seconds.
LONGEST_WAIT = BEGUN.total_seconds() + 3

LINK: tuple[Grant, ...] = (Mac.LINKS.generate,)
READ: tuple[Grant, ...] = (Table.CAMPAIGNS.get, *LINK)
STOP: tuple[Grant, ...] = (*READ, Table.CAMPAIGNS.update, Table.CAMPAIGNS.query)
START: tuple[Grant, ...] = (Table.CAMPAIGNS.get, Table.CAMPAIGNS.delete)
HEAR: tuple[Grant, ...] = (Table.CAMPAIGNS.update, Table.CAMPAIGNS.query, Table.CAMPAIGNS.delete)


def show(id: int, caller: Caller, origin: str) -> OptOut:
    """Raises `ClientNotFound`. Two reads."""
    return _shown(client_store.found(id, caller), origin)


def stop_client(id: int, caller: Caller, origin: str, at: datetime) -> OptOut:
    """An account's word for whoever has the phone. Raises `ClientNotFound`. Two reads, and what `_stop` costs."""
    row = client_store.found(id, caller)
    _stop(row.digits, By.ACCOUNT, at, account=owner_of(caller))
    return _shown(row, origin)


def start_client(id: int, caller: Caller) -> None:
    """Undo a wish. Raises `ClientNotFound` or `OptedOutByPhone`. Two reads and a DeleteItem."""
    row = client_store.found(id, caller)
    opted = OptedRow.find(*OptedRow.key(row.digits))
    if opted and not opt_outs.undone_by(caller, By(opted.by), opted.account):
        raise OptedOutByPhone
    if opted:
        try:
            opted.delete(OptedRow.by == opted.by)
        except DeleteError as error:
            if not condition_failed(error):
                raise
            raise OptedOutByPhone from None  # just now


def is_stopped(token: str) -> bool:
    """Whether the phone behind a link has opted out. Raises `LinkNotValid`. Two reads."""
    return OptedRow.find(*OptedRow.key(_linked(token).digits)) is not None


def stop_link(token: str, at: datetime) -> None:
    """Raises `LinkNotValid`. A read, and what `_stop` costs."""
    _stop(_linked(token).digits, By.LINK, at)


def hear(answer: Answer, at: datetime) -> Heard:
    """Do what an SMS to us wishes. Nothing, a DeleteItem, or what `_stop` costs."""
    wish, phone = stop_words.wish(answer.text), digits(answer.phone)
    if wish is None or len(phone) < FEWEST_DIGITS:
        return Heard(wish=None)
    if wish is Wish.STOP:
        _stop(phone, By.WORD, at)
    else:
        OptedRow(*OptedRow.key(phone)).delete()
        metrics.count("opted_in")
    return Heard(wish=wish)


def token_of(client: int) -> str:
    """What a client's link carries."""
    return opt_outs.token(client, _key())


def _linked(token: str) -> ClientRow:
    row = ClientRow.find(*ClientRow.key(opt_outs.client_of(token, _key())))
    if row is None:
        raise LinkNotValid
    return row


@cache
def _key() -> bytes:
    """One kms:GenerateMac in a process."""
    asked = {"KeyId": Mac.LINKS.id, "Message": b"opt-out links", "MacAlgorithm": "HMAC_SHA_256"}
    mac: bytes = aws.client("kms").generate_mac(**asked)["Mac"]
    return mac


def _shown(row: ClientRow, origin: str) -> OptOut:
    opted = OptedRow.find(*OptedRow.key(row.digits))
    at = datetime.fromisoformat(opted.at) if opted else None
    return OptOut(opted_out=opted is not None, opted_out_at=at, link=opt_outs.link(origin, token_of(row.id)))


def _stop(phone: str, by: By, at: datetime, account: str | None = None) -> None:
    """Write a wish, then wait until no sender has anything for the phone in his hands.

    An UpdateItem, a Query for the phone's clients, and one for each of them as often as somebody is waited for.
    """
    row = OptedRow(*OptedRow.key(phone))
    changes: list[Action] = [OptedRow.at.set(OptedRow.at | clock.wire(at)), OptedRow.by.set(by)]
    changes.append(OptedRow.account.set(account) if account else OptedRow.account.remove())
    try:
        # What whoever has the phone said himself stays as he said it.
        row.update(changes, OptedRow.pk.does_not_exist() if account else None)
        metrics.count("opted_out")
    except UpdateError as error:
        if not condition_failed(error):
            raise
    _wait(phone)


def _wait(phone: str) -> None:
    until = time.monotonic() + LONGEST_WAIT
    found = PhoneRow.query(f"PHONE#{phone}", PhoneRow.sk.startswith("OWNER#"), consistent_read=True)
    clients = [int(id) for row in found for id in row.clients or ()]
    while any(_in_hands(client) for client in clients) and time.monotonic() < until:
        time.sleep(LOOK_AGAIN)


def _in_hands(client: int) -> bool:
    """Whether a sender has a message to the client in his hands, and his lease holds."""
    claimed = (MessageRow.state == State.SENDING) & (MessageRow.until > int(clock.now().timestamp()))
    rows = MessageRow.query(
        f"CLIENT#{client}", MessageRow.sk.startswith("MESSAGE#"), filter_condition=claimed, consistent_read=True
    )
    return next(iter(rows), None) is not None
