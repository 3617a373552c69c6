from uuid import UUID

from kalit.accounts import store
from kalit.accounts.directory import NewAccount, Registered
from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.doors import Host
from kalit.kit.resources import Table


@api.post("/api/register/", uses=[*store.ADD, Table.ACCOUNTS.get], status=201, once=True, host=Host(memory=1024))
def handler(body: NewAccount, caller: Caller | None, key: UUID | None) -> Registered:
    """Open an account with a name and a password."""
    return Registered.model_validate(store.add(body, clock.now(), key=key))
