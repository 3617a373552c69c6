from uuid import UUID

from kalit.accounts import people_store
from kalit.accounts.people import User
from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.v1 import Listed
from kalit.locks import share_store
from kalit.locks.devices import DeviceNotFound
from kalit.locks.sharing import OwnerOnly, Shared


@api.get(
    "/api/v1/devices/{id}/sharing/",
    uses=[*share_store.LIST, *people_store.SHOW],
    raises=[DeviceNotFound, OwnerOnly],
)
def handler(id: UUID, caller: Caller) -> Listed[Shared[User]]:
    """With whom you share a lock, and as what."""
    lock = share_store.owned(id, caller)
    return Listed[Shared[User]].of(share_store.listed(lock, people_store.users, clock.now()))
