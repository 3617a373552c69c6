from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.errors import InvalidPage
from kalit.kit.v1 import Paged
from kalit.locks.access import try_store
from kalit.locks.access.tries import ListTries, Tried
from kalit.locks.devices import DeviceNotFound, NotYourDevice


@api.get("/api/v1/access/logs/", uses=try_store.LIST, raises=[DeviceNotFound, NotYourDevice, InvalidPage])
def handler(query: ListTries, caller: Caller) -> Paged[Tried]:
    """Every try at the doors whose logs you may read, good or bad, the newest first."""
    at = clock.now()
    return try_store.listed(query, query.device, query.span(at), caller, at)
