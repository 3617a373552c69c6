from uuid import UUID

from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.v1 import Given
from kalit.locks import device_store, store
from kalit.locks.devices import DeviceNotFound, Glance, NotYourDevice
from kalit.locks.rights import Right


@api.get("/api/v1/devices/{id}/status/", uses=store.REACH, raises=[DeviceNotFound, NotYourDevice])
def handler(id: UUID, caller: Caller) -> Given[Glance]:
    """What a lock last reported."""
    at = clock.now()
    return Given(data=device_store.glance(store.reached(id, caller, Right.SEE, at), at))
