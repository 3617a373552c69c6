from uuid import UUID

from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.resources import Table
from kalit.kit.v1 import Listed
from kalit.locks import command_store, store
from kalit.locks.commands import Command
from kalit.locks.devices import DeviceNotFound, NotYourDevice
from kalit.locks.rights import Right


@api.get(
    "/api/v1/devices/{id}/commands/",
    uses=[*store.REACH, Table.LOCKS.query],
    raises=[DeviceNotFound, NotYourDevice],
)
def handler(id: UUID, caller: Caller) -> Listed[Command]:
    """The newest hundred commands to a lock, and what became of them."""
    at = clock.now()
    return Listed[Command].of(command_store.listed(store.reached(id, caller, Right.VIEW_LOGS, at), at))
