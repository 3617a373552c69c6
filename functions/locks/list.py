from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.v1 import Listed as ListOf
from kalit.locks import device_store
from kalit.locks.devices import Listed


@api.get("/api/v1/devices/", uses=device_store.LIST)
def handler(caller: Caller) -> ListOf[Listed]:
    """Your locks and those shared with you, the newest first."""
    return ListOf[Listed].of(device_store.all_of(caller, clock.now()))
