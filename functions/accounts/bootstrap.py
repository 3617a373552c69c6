from datetime import datetime
from typing import Literal

from kalit.accounts import store
from kalit.accounts.directory import Email, NewAccount
from kalit.kit import steps
from kalit.kit.doors import Host
from kalit.kit.errors import Invalid
from kalit.kit.fields import Output
from kalit.kit.resources import Table


class Administrator(NewAccount):
    """The first administrator, from the deployment's configuration. The e-mail is a second name to log in by."""

    email: Email | Literal[""] = ""


class Bootstrapped(Output):
    """Whether an account was made, and the role of the account of that name."""

    created: bool
    role: str


@steps.task(uses=[*store.ADD, Table.ACCOUNTS.get], host=Host(memory=1024))
def handler(first: Administrator, at: datetime) -> Bootstrapped:
    """Make the first administrator, unless that name is there already."""
    try:
        store.add(first.username, first.password, at, role="admin", email=first.email)
    except Invalid:
        known = store.by_name(first.username)
        return Bootstrapped(created=False, role=known.role if known else "")
    return Bootstrapped(created=True, role="admin")
