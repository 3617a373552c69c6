from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.errors import InvalidPage
from kalit.kit.v1 import Paged
from kalit.locks.access import try_store
from kalit.locks.access.tries import ListRecent, Tried
from kalit.locks.devices import DeviceNotFound, NotYourDevice


@api.get("/api/v1/access/logs/recent/", uses=try_store.LIST, raises=[DeviceNotFound, NotYourDevice, InvalidPage])
def handler(query: ListRecent, caller: Caller) -> Paged[Tried]:
    """Every try of the last 24 hours at the doors whose logs you may read, the newest first."""
    at = clock.now()
    return try_store.listed(query, query.device, query.span(at), caller, at)
