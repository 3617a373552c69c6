from uuid import UUID

from kalit.accounts import people_store
from kalit.accounts.people import User
from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.errors import InvalidPage
from kalit.kit.v1 import Paged, PagedQuery
from kalit.locks import history_store
from kalit.locks.devices import DeviceNotFound, NotYourDevice
from kalit.locks.history import Logged


@api.get(
    "/api/v1/devices/{id}/logs/",
    uses=[*history_store.LIST, *people_store.SHOW],
    raises=[DeviceNotFound, NotYourDevice, InvalidPage],
)
def handler(id: UUID, query: PagedQuery, caller: Caller) -> Paged[Logged[User]]:
    """What happened at a lock, the newest first."""
    return history_store.listed(id, query, caller, people_store.users, clock.now())
