from datetime import datetime

from kalit.accounts import store
from kalit.accounts.directory import NewAccount
from kalit.kit import steps
from kalit.kit.doors import Host
from kalit.kit.errors import Invalid
from kalit.kit.fields import Output
from kalit.kit.resources import Table


class Administrator(NewAccount):
    """The first administrator, from the deployment's configuration."""

    email: str = ""


class Bootstrapped(Output):
    """Whether an account was made, and the role of the account of that name."""

    created: bool
    role: str


@steps.task(uses=[*store.ADD, Table.ACCOUNTS.get], host=Host(memory=1024))
def handler(first: Administrator, at: datetime) -> Bootstrapped:
    """Make the first administrator, unless that name is there already."""
    try:
        return Bootstrapped(created=True, role=store.add(first, at, role="admin", email=first.email).role)
    except Invalid:
        return Bootstrapped(created=False, role=store.role_of(first.username))
