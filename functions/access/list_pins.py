from uuid import UUID

from kalit.accounts import people_store
from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.v1 import Listed
from kalit.locks import store
from kalit.locks.access import show_store
from kalit.locks.access.codes import Pin
from kalit.locks.devices import DeviceNotFound, NotYourDevice
from kalit.locks.rights import Right


@api.get(
    "/api/v1/access/devices/{id}/pin/",
    uses=[*show_store.LIST, *people_store.SHOW],
    raises=[DeviceNotFound, NotYourDevice],
)
def handler(id: UUID, caller: Caller) -> Listed[Pin]:
    """The PINs of a lock but those of guests, the newest first."""
    at = clock.now()
    lock = store.reached(id, caller, Right.MANAGE_ACCESS, at)
    return Listed[Pin].of(show_store.pins(lock, people_store.users, at))
