from uuid import UUID

from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.v1 import Given
from kalit.locks import command_store, store
from kalit.locks.commands import Command, CommandNotFound
from kalit.locks.devices import DeviceNotFound, NotYourDevice


@api.get(
    "/api/v1/devices/{id}/commands/{command_id}/",
    uses=store.REACH_WITH,
    raises=[DeviceNotFound, NotYourDevice, CommandNotFound],
)
def handler(id: UUID, command_id: UUID, caller: Caller) -> Given[Command]:
    """What became of a command: accepted, published, executed, failed or expired."""
    return Given(data=command_store.shown(id, command_id, caller, clock.now()))
