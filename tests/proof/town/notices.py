"""The doors of e-mail and SMS to single people."""

from kalit.kit.resources import Queue, Table

from .accounts import client
from .town import Town
from .visits import Asked, visit


def asked_for(town: Town, queue: Queue, channel: str) -> Asked:
    """What goes to somebody who forgot his password."""
    told = {"email": town.email(client(town, phone=town.phone())), "channel": channel}
    town.ask("accounts.ask_reset", told, by="anonymous")
    town.place.call("accounts.dispatch", {"Records": town.place.changes(Table.ACCOUNTS)})
    return town.place.messages(queue)


@visit("notices.email")
def email(town: Town) -> Asked:
    return asked_for(town, Queue.EMAIL, "email")


@visit("notices.sms")
def sms(town: Town) -> Asked:
    return asked_for(town, Queue.SMS, "sms")


@visit("notices.email_outbox", by="boss")
def email_outbox(town: Town) -> Asked:
    return {"query": {"to": town.email("owner")}}


@visit("notices.sms_outbox", by="boss")
def sms_outbox(town: Town) -> Asked:
    return {"query": {"phone": town.phone()}}
