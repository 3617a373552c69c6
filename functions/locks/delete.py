from uuid import UUID

from kalit.kit import api, clock
from kalit.kit.api import Reply
from kalit.kit.caller import Caller
from kalit.locks import device_store, store
from kalit.locks.devices import DeviceNotFound, NotYourDevice
from kalit.locks.rights import Right


@api.delete("/api/v1/devices/{id}/", uses=device_store.DELETE, raises=[DeviceNotFound, NotYourDevice], status=204)
def handler(id: UUID, caller: Caller) -> Reply:
    """Delete a lock of yours: its certificate is revoked, its connection ended, and nobody reaches it any more."""
    at = clock.now()
    device_store.delete(store.reached(id, caller, Right.OWN, at).row, caller, at)
    return Reply("", status=204)
