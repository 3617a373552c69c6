from uuid import UUID

from kalit.kit import api, clock, limits
from kalit.kit.api import Unread
from kalit.kit.caller import Caller
from kalit.kit.errors import Throttled
from kalit.kit.v1 import Done
from kalit.locks import command_store, store
from kalit.locks.commands import UNLOCK, DeviceOffline, Unlock, UnlockSent
from kalit.locks.devices import DeviceNotFound, NotYourDevice


@api.post(
    "/api/v1/devices/{id}/unlock/",
    uses=[*command_store.SEND_AS_SHARED, *limits.COUNT],
    raises=[DeviceNotFound, NotYourDevice, DeviceOffline, Throttled],
    once=True,
)
def handler(id: UUID, body: Unread[Unlock], caller: Caller, key: UUID | None) -> Done[UnlockSent]:
    """Open a lock for some seconds: now or never.

    The answer says that the command is accepted, not that the lock is open: follow it by its `command_id`. A lock that
    does not hear it within 15 seconds will not open later.
    """
    at = clock.now()
    lock = store.reached(id, caller, UNLOCK.right, at)
    sent = command_store.send(lock, UNLOCK, caller, at, key, body.read().duration)
    return Done(message="Unlock command sent successfully", data=UnlockSent.model_validate(sent))
