from uuid import UUID

from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.v1 import Given
from kalit.locks import command_store, store
from kalit.locks.commands import Command, CommandNotFound
from kalit.locks.devices import DeviceNotFound, NotYourDevice
from kalit.locks.rights import Right


@api.get(
    "/api/v1/devices/{id}/commands/{command_id}/",
    uses=store.REACH,
    raises=[DeviceNotFound, NotYourDevice, CommandNotFound],
)
def handler(id: UUID, command_id: UUID, caller: Caller) -> Given[Command]:
    """What became of a command: accepted, published, executed, failed or expired."""
    at = clock.now()
    lock = store.reached(id, caller, Right.VIEW_LOGS, at)
    return Given(data=command_store.shown(lock, command_id, at))
