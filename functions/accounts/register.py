from kalit.accounts import store
from kalit.accounts.directory import REGISTRATIONS, NewAccount, Registered
from kalit.kit import api, clock, limits
from kalit.kit.caller import Caller
from kalit.kit.doors import Host
from kalit.kit.errors import Invalid, Throttled
from kalit.kit.request import Request


@api.post("/api/register/", uses=[*store.ADD, *limits.COUNT], raises=[Throttled], status=201, host=Host(memory=1024))
def handler(body: NewAccount, caller: Caller | None, request: Request) -> Registered:
    """Open an account with a name and a password."""
    at = clock.now()
    with limits.tries(REGISTRATIONS, request.address, at, failure=Invalid):
        row = store.add(body.username, body.password, at)
    return Registered.model_validate(row.account)
