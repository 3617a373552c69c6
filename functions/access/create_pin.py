from uuid import UUID

from kalit.accounts import people_store
from kalit.kit import api, clock
from kalit.kit.api import Unread
from kalit.kit.caller import Caller
from kalit.kit.errors import Conflict
from kalit.kit.v1 import Done
from kalit.locks import store
from kalit.locks.access import code_store
from kalit.locks.access.codes import NewPin, Pin
from kalit.locks.devices import DeviceNotFound, NotYourDevice
from kalit.locks.rights import Right


@api.post(
    "/api/v1/access/devices/{id}/pin/",
    uses=[*code_store.CREATE_SECRET, *people_store.SHOW],
    raises=[DeviceNotFound, NotYourDevice, Conflict],
    status=201,
    once=True,
)
def handler(id: UUID, body: Unread[NewPin], caller: Caller, key: UUID | None) -> Done[Pin]:
    """Make a PIN for a lock of yours, or one whose access you manage. Nobody is told it again."""
    at = clock.now()
    lock = store.reached(id, caller, Right.MANAGE_ACCESS, at)
    made = code_store.create_pin(lock, body.read(), caller, people_store.users, at, key)
    return Done(message="PIN code created successfully", data=made)
