from uuid import UUID

from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.v1 import Given
from kalit.locks import device_store, store
from kalit.locks.devices import Detailed, DeviceNotFound, NotYourDevice
from kalit.locks.rights import Right


@api.get("/api/v1/devices/{id}/", uses=device_store.SHOW, raises=[DeviceNotFound, NotYourDevice])
def handler(id: UUID, caller: Caller) -> Given[Detailed]:
    """A lock of yours, or shared with you, with all that is known of it."""
    at = clock.now()
    return Given(data=device_store.shown(store.reached(id, caller, Right.SEE, at), at))
