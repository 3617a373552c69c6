from uuid import UUID

from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.doors import Host
from kalit.kit.v1 import Done
from kalit.locks import device_store
from kalit.locks.devices import NewDevice, Registered


@api.post(
    "/api/v1/devices/",
    uses=device_store.CREATE,
    status=201,
    once=True,
    secret=True,
    host=Host(mqtt=True),
)
def handler(body: NewDevice, caller: Caller, key: UUID | None) -> Done[Registered]:
    """Register a lock as yours; its secret and its certificate are told this once.

    `device_secret` signs its commands and reports, `mqtt` lets it connect (docs/locks.md). With an `Idempotency-Key` an
    answer that got lost can be asked for again for a day; without, a lock whose credentials are lost is deleted and
    registered anew.
    """
    return Done(message="Device created successfully", data=device_store.create(body, caller, clock.now(), key))
