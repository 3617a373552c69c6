from uuid import UUID

from kalit.kit import api, clock
from kalit.kit.api import Unread
from kalit.kit.caller import Caller
from kalit.kit.errors import Conflict
from kalit.kit.resources import Table
from kalit.kit.v1 import Done
from kalit.locks import device_store, store
from kalit.locks.devices import Detailed, DeviceChange, DeviceNotFound, NotYourDevice
from kalit.locks.rights import Right


@api.patch(
    "/api/v1/devices/{id}/",
    also=[("PUT", "/api/v1/devices/{id}/")],
    uses=[*device_store.SHOW, Table.LOCKS.update, Table.LOCKS.check],
    raises=[DeviceNotFound, NotYourDevice, Conflict],
)
def handler(id: UUID, body: Unread[DeviceChange], caller: Caller) -> Done[Detailed]:
    """Change a lock's name, place, battery threshold or status; what you leave out stays."""
    at = clock.now()
    lock = store.reached(id, caller, Right.CHANGE, at)
    return Done(message="Device updated successfully", data=device_store.change(lock, body.read(), at))
