from uuid import UUID

from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.v1 import Done
from kalit.locks import command_store, store
from kalit.locks.commands import REBOOT, DeviceOffline, Sent
from kalit.locks.devices import DeviceNotFound, NotYourDevice


@api.post(
    "/api/v1/devices/{id}/reboot/",
    uses=command_store.SEND,
    raises=[DeviceNotFound, NotYourDevice, DeviceOffline],
    once=True,
)
def handler(id: UUID, caller: Caller, key: UUID | None) -> Done[Sent]:
    """Restart a lock's firmware.

    Sent up to four times, a minute apart, until the lock answers; it restarts once.
    """
    at = clock.now()
    lock = store.reached(id, caller, REBOOT.right, at)
    sent = command_store.send(lock, REBOOT, caller, at, key)
    return Done(message="Reboot command sent successfully", data=Sent.model_validate(sent))
