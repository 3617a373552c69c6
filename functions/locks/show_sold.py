from uuid import UUID

from kalit.kit import api, clock
from kalit.kit.caller import Staff
from kalit.locks import device_store, store
from kalit.locks.devices import DeviceNotFound, Sold


@api.get("/api/admin/devices/{id}/", uses=store.REACH, raises=[DeviceNotFound])
def handler(id: UUID, caller: Staff) -> Sold:
    """Anybody's lock, as staff see it."""
    return device_store.sold_one(id, clock.now())
