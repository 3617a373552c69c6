from uuid import UUID

from kalit.kit import api, clock, limits
from kalit.kit.caller import Caller
from kalit.kit.errors import Throttled
from kalit.kit.v1 import Done
from kalit.locks import command_store, store
from kalit.locks.commands import LOCK, DeviceOffline, Sent
from kalit.locks.devices import DeviceNotFound, NotYourDevice


@api.post(
    "/api/v1/devices/{id}/lock/",
    uses=[*command_store.SEND_AS_SHARED, *limits.COUNT],
    raises=[DeviceNotFound, NotYourDevice, DeviceOffline, Throttled],
    once=True,
)
def handler(id: UUID, caller: Caller, key: UUID | None) -> Done[Sent]:
    """Close a lock: now or never.

    The answer says that the command is accepted: follow it by its `command_id`.
    """
    at = clock.now()
    lock = store.reached(id, caller, LOCK.right, at)
    sent = command_store.send(lock, LOCK, caller, at, key)
    return Done(message="Lock command sent successfully", data=Sent.model_validate(sent))
