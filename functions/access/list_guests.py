from uuid import UUID

from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.v1 import Listed
from kalit.locks import store
from kalit.locks.access import show_store
from kalit.locks.access.codes import Guest
from kalit.locks.devices import DeviceNotFound, NotYourDevice
from kalit.locks.rights import Right


@api.get(
    "/api/v1/access/devices/{id}/guest/",
    uses=show_store.LIST,
    raises=[DeviceNotFound, NotYourDevice],
)
def handler(id: UUID, caller: Caller) -> Listed[Guest]:
    """The guests of a lock, the newest first."""
    at = clock.now()
    lock = store.reached(id, caller, Right.MANAGE_ACCESS, at)
    return Listed[Guest].of(show_store.guests(lock, at))
