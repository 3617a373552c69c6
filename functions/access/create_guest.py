from uuid import UUID

from kalit.kit import api, clock
from kalit.kit.api import Unread
from kalit.kit.caller import Caller
from kalit.kit.errors import Conflict
from kalit.kit.v1 import Done
from kalit.locks import store
from kalit.locks.access import code_store
from kalit.locks.access.codes import NewGuest, NewGuestShown
from kalit.locks.devices import DeviceNotFound, NotYourDevice
from kalit.locks.rights import Right


@api.post(
    "/api/v1/access/devices/{id}/guest/",
    uses=code_store.CREATE_GUEST,
    raises=[DeviceNotFound, NotYourDevice, Conflict],
    status=201,
    once=True,
    secret=True,
)
def handler(id: UUID, body: Unread[NewGuest], caller: Caller, key: UUID | None) -> Done[NewGuestShown]:
    """Let a guest in for a time, by PIN or card; a PIN made here is told this once."""
    at = clock.now()
    lock = store.reached(id, caller, Right.MANAGE_ACCESS, at)
    made = code_store.create_guest(lock, body.read(), caller, at, key)
    return Done(message="Guest access created successfully", data=made)
