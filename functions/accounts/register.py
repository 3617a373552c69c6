from kalit.accounts import store
from kalit.accounts.directory import NewAccount, Registered
from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.doors import Host


@api.post("/api/register/", uses=store.ADD, status=201, host=Host(memory=1024))
def handler(body: NewAccount, caller: Caller | None) -> Registered:
    """Open an account with a name and a password."""
    return Registered.model_validate(store.add(body, clock.now()))
