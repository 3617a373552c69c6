from datetime import datetime

from kalit.accounts import store
from kalit.accounts.directory import NewAccount
from kalit.kit import steps
from kalit.kit.doors import Host
from kalit.kit.errors import Invalid
from kalit.kit.fields import Output


class Administrator(NewAccount):
    """The first administrator, from the deployment's configuration."""

    email: str = ""


class Bootstrapped(Output):
    created: bool


@steps.task(uses=store.ADD, host=Host(memory=1024))
def handler(first: Administrator, at: datetime) -> Bootstrapped:
    """Make the first administrator, unless that name is there already."""
    try:
        store.add(first, at, role="admin", email=first.email)
    except Invalid:
        return Bootstrapped(created=False)
    return Bootstrapped(created=True)
