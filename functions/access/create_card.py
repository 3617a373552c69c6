from uuid import UUID

from kalit.accounts import people_store
from kalit.kit import api, clock
from kalit.kit.api import Unread
from kalit.kit.caller import Caller
from kalit.kit.errors import Conflict
from kalit.kit.v1 import Done
from kalit.locks import store
from kalit.locks.access import code_store
from kalit.locks.access.codes import Card, NewCard
from kalit.locks.devices import DeviceNotFound, NotYourDevice
from kalit.locks.rights import Right


@api.post(
    "/api/v1/access/devices/{id}/nfc/",
    uses=[*code_store.CREATE_CARD, *people_store.SHOW],
    raises=[DeviceNotFound, NotYourDevice, Conflict],
    status=201,
    once=True,
)
def handler(id: UUID, body: Unread[NewCard], caller: Caller, key: UUID | None) -> Done[Card]:
    """Let a card open a lock of yours, or one whose access you manage."""
    at = clock.now()
    lock = store.reached(id, caller, Right.MANAGE_ACCESS, at)
    made = code_store.create_card(lock, body.read(), caller, people_store.users, at, key)
    return Done(message="NFC card created successfully", data=made)
